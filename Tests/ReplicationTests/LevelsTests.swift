import Databases
import Replication
import Testing

@Suite struct LevelsTests {
  private func table(_ name: String, references: [String] = []) -> TableSchema {
    var table = TableSchema(
      name: TableName(name: name), engine: Engine(rawValue: "test"), columns: [])
    table.foreignKeys = references.map {
      ForeignKeySchema(
        name: "fk_\($0)", columns: ["x"], referencedTable: TableName(name: $0), referencedColumns: ["id"])
    }
    return table
  }

  private func levels(_ tables: TableSchema...) -> [[String]] {
    Levels.of(tables).map { $0.map(\.name) }
  }

  @Test func `a table comes after those it references`() {
    #expect(
      levels(
        table("votes", references: ["posts", "users"]), table("posts", references: ["users"]), table("users"))
        == [["users"], ["posts"], ["votes"]])
  }

  @Test func `a reference to itself counts for nothing`() {
    #expect(levels(table("posts", references: ["posts"])) == [["posts"]])
  }

  @Test func `a circle shares a level, and what references it comes later`() {
    #expect(
      levels(
        table("c", references: ["a"]), table("a", references: ["b"]), table("b", references: ["a", "root"]),
        table("root"))
        == [["root"], ["a", "b"], ["c"]])
  }

  @Test func `references to tables outside the job count for nothing`() {
    #expect(levels(table("a", references: ["elsewhere"])) == [["a"]])
    #expect(levels().isEmpty)
  }

  @Test func `a chain of ten thousand tables does not overflow the stack`() {
    let chain = (0..<10_000).map { table("t\($0)", references: $0 == 0 ? [] : ["t\($0 - 1)"]) }
    #expect(Levels.of(chain.reversed()).count == 10_000)
  }
}
