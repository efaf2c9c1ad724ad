import Databases
import ModelDatabase
import Rows
import Testing

@Suite struct ConstraintTests {
  static let children = TableName(name: "children")

  /// Children reference numbers by their value, which is unique.
  static func childSchema(deferred: Bool = false) -> TableSchema {
    var schema = Numbers.schema(children)
    var key = ForeignKeySchema(
      name: "parent", columns: ["value"], referencedTable: Numbers.name, referencedColumns: ["id"])
    key.isDeferrable = deferred
    key.isInitiallyDeferred = deferred
    schema.foreignKeys = [key]
    schema.indexes = [
      KeySchema(name: "by_value", columns: ["value"], isUnique: true),
      KeySchema(name: "plain", columns: ["value"], isUnique: false),
    ]
    schema.triggers = ["audit"]
    return schema
  }

  @Test func `a foreign key holds in both directions, from the end of each statement`() async throws {
    let scene = try Scene([(1, 1), (2, 2)])
    scene.database.add(ConstraintTests.childSchema())
    let connection = try await scene.connect()
    try await connection.insert([(10, 1), (11, nil)], into: ConstraintTests.children)
    let orphan = try await failure { try await connection.insert([(12, 7)], into: ConstraintTests.children) }
    #expect(orphan.code == "23503" && orphan.errorClass == .badRow)
    #expect(orphan.place.table == "children")
    #expect(try await failure { _ = try await connection.delete(Numbers.range(1, 2)) }.code == "23503")
    #expect(try await connection.delete(Numbers.range(2, 3)) == 1)
    #expect(scene.rows.keys.sorted() == [1])
  }

  @Test func `a deferred foreign key is checked when the transaction commits`() async throws {
    let scene = try Scene([(1, 1)])
    scene.database.add(ConstraintTests.childSchema(deferred: true))
    let connection = try await scene.connect()
    try await connection.begin()
    try await connection.insert([(10, 7)], into: ConstraintTests.children)
    _ = try await connection.delete(Numbers.range(1, 2))
    try await connection.insert([(7, 7), (1, 1)])
    try await connection.commit()
    try await connection.begin()
    _ = try await connection.delete(Numbers.range(7, 8))
    #expect(try await failure { try await connection.commit() }.code == "23503")
    #expect(scene.rows.keys.sorted() == [1, 7])
  }

  @Test func `a unique value is one row's, also before it is committed`() async throws {
    let scene = try Scene([(1, 1), (2, 2)])
    scene.database.add(ConstraintTests.childSchema())
    let (first, second) = (try await scene.connect(), try await scene.connect())
    try await first.begin()
    try await first.insert([(10, 1)], into: ConstraintTests.children)
    try await second.begin()
    async let waiting: Void = second.insert([(11, 1)], into: ConstraintTests.children)
    while scene.database.figures.waiting == 0 { await Task.yield() }
    try await first.commit()
    do {
      try await waiting
      Issue.record("the value is there twice")
    } catch let error as DatabaseError {
      #expect(error.code == "23505")
    }
    try await second.rollback()
    #expect(Numbers.rows(scene.database.contents(of: ConstraintTests.children)) == [10: 1])
  }

  @Test func `what is put aside forbids nothing, and comes back only if the rows allow it`() async throws {
    let scene = try Scene([(1, 1)])
    scene.database.add(ConstraintTests.childSchema())
    let before = scene.database.schemas
    let connection = try await scene.connect()
    try await connection.prepareLedger()
    let obstacles = try await connection.obstacles(ConstraintTests.children)
    #expect(obstacles.map(\.name) == ["parent", "audit", "by_value", "plain"])
    #expect(try await connection.obstacles(Numbers.name).map(\.name) == ["parent"])
    try await connection.putAside(obstacles, job: "job")
    #expect(scene.database.putAside(job: "job") == obstacles)
    try await connection.insert([(10, 7), (11, 7)], into: ConstraintTests.children)
    let error = try await failure { _ = try await connection.restore(job: "job") }
    #expect(error.errorClass == .badRow && error.remedy != nil)
    // The others do not wait for those that cannot be restored.
    #expect(scene.database.putAside(job: "job").map(\.name).sorted() == ["by_value", "parent"])
    _ = try await connection.delete(Numbers.range(10, nil, of: ConstraintTests.children))
    _ = try await connection.restore(job: "job")
    #expect(scene.database.schemas == before)
  }

  @Test func `putting aside waits for those who use the table`() async throws {
    let scene = try Scene([(1, 1)])
    var schema = Numbers.schema(ConstraintTests.children)
    schema.indexes = [KeySchema(name: "plain", columns: ["value"], isUnique: false)]
    scene.database.add(schema)
    let (writer, other) = (try await scene.connect(), try await scene.connect())
    try await other.prepareLedger()
    try await writer.begin()
    try await writer.insert([(10, 7)], into: ConstraintTests.children)
    let obstacles = try await other.obstacles(ConstraintTests.children)
    async let done: Void = other.putAside(obstacles, job: "job")
    for _ in 0..<20 { await Task.yield() }
    #expect(scene.database.putAside(job: "job") == [])
    try await writer.commit()
    try await done
    #expect(scene.database.putAside(job: "job") == obstacles)
  }

  @Test func `identities go on behind the largest`() async throws {
    let scene = try Scene([(41, 1)])
    let connection = try await scene.connect()
    #expect(scene.database.nextIdentity(of: Numbers.name) == 1)
    try await connection.alignIdentity(Numbers.name)
    #expect(scene.database.nextIdentity(of: Numbers.name) == 42)
  }

  @Test func `cuts divide a table into equal parts`() async throws {
    let scene = try Scene((1...100).map { ($0, nil) })
    let connection = try await scene.connect(.read)
    let split = try await connection.split(
      SplitRequest(
        table: Numbers.name, column: Numbers.schema().columns[0], partBytes: 500, maximumParts: 10))
    #expect(split.cuts == [26, 51, 76].map(KeyValue.integer))
    #expect(split.estimatedRows == 100 && split.estimatedBytes == 1800)
  }
}
