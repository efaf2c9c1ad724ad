import Databases
import Replication
import Rows
import Testing

@Suite struct PartitionTests {
  @Test func `ranges are open below and above and have one for NULL`() {
    let ranges = Partition.ranges(cuts: [.integer(10), .integer(20)], nullable: true)
    #expect(
      ranges == [
        .span(from: nil, to: .integer(10)), .span(from: .integer(10), to: .integer(20)),
        .span(from: .integer(20), to: nil), .null,
      ])
  }

  @Test func `a table without cuts is one unit that has NULLs, too`() {
    #expect(Partition.ranges(cuts: [], nullable: true) == [.all])
  }

  @Test func `what a ledger says is a partition only if it covers everything`() {
    let cuts = [KeyValue.text("A"), .text("a"), .text("é")]
    let whole = Partition.ranges(cuts: cuts, nullable: false)
    #expect(Partition.isComplete(whole, nullable: false))
    #expect(!Partition.isComplete(whole, nullable: true), "the NULL unit is missing")
    for index in whole.indices {
      var holed = whole
      holed.remove(at: index)
      #expect(!Partition.isComplete(holed, nullable: false), "range \(index) is missing")
    }
    #expect(!Partition.isComplete(whole.reversed(), nullable: false))
    #expect(!Partition.isComplete([], nullable: false))
    #expect(Partition.isComplete([.all], nullable: true))
  }

  private func pair(source: ColumnType, target: ColumnType, unique: Bool = false) throws -> TablePair {
    func table(_ type: ColumnType) -> TableSchema {
      var table = TableSchema(
        name: TableName(name: "t"), engine: Engine(rawValue: "test"),
        columns: [ColumnSchema(name: "k", type: type), ColumnSchema(name: "n", type: .int32)])
      let key = KeySchema(name: "key", columns: ["k"], isUnique: true)
      if unique { table.indexes = [key] } else { table.primaryKey = key }
      return table
    }
    return try TablePair(source: table(source), target: table(target))
  }

  @Test func `tables are cut by integers of any width and by text`() throws {
    #expect(Partition.column(of: try pair(source: .int32, target: .int64)) == 0)
    #expect(Partition.column(of: try pair(source: .int32, target: .int64, unique: true)) == 0)
    #expect(Partition.column(of: try pair(source: .text(maxLength: 4), target: .text(maxLength: nil))) == 0)
  }

  @Test(arguments: [
    (ColumnType.uuid, ColumnType.uuid), (.timestamp(precision: 6), .timestamp(precision: 6)),
    (.fixedText(length: 3), .text(maxLength: 3)), (.float64, .float64),
  ])
  func `a type that two engines may order differently is never cut by`(source: ColumnType, target: ColumnType)
    throws
  {
    #expect(Partition.column(of: try pair(source: source, target: target)) == nil)
  }
}
