import Databases
import Rows
import Testing

@testable import StackOverflow

@Suite struct DriverTests {
  @Test func `the catalog has nine tables in the shape of the original`() throws {
    var source = try TestSource()
    let tables = try source.driver.tables()
    #expect(
      tables.map(\.name.name) == [
        "Badges", "Comments", "LinkTypes", "PostLinks", "PostTypes", "Posts", "Users", "VoteTypes", "Votes",
      ])
    let posts = try #require(tables.first { $0.name.name == "Posts" })
    #expect(posts.columns.count == 20)
    #expect(posts.columns[0].identity == .byDefault)
    #expect(posts.column("Body")?.declared == "nvarchar(max)")
    #expect(posts.column("Tags")?.type == .text(maxLength: 150))
    #expect(posts.column("CreationDate")?.type == .timestamp(precision: 3))
    #expect(posts.primaryKey?.name == "PK_Posts__Id")
    #expect(posts.foreignKeys.map(\.name).contains("FK_Posts_ParentId"))
    #expect(tables.first { $0.name.name == "Users" }?.primaryKey?.name == "PK_Users_Id")
    #expect(tables.first { $0.name.name == "VoteTypes" }?.primaryKey?.name == "PK_VoteType__Id")
  }

  @Test(arguments: StackOverflowTable.allCases, [false, true])
  func `any parts, made in any order, add up to the whole`(table: StackOverflowTable, hostile: Bool) throws {
    var source = try TestSource(hostile: hostile)
    let whole = try source.fingerprint(table)
    let population = Population(seed: 2010, scale: try Scale("0.001"), hostile: hostile)
    #expect(whole.rows == population.count(table))
    for seed in 0..<4 {
      var draws = Draws(key: 77, row: seed)
      var cuts = (0..<3).map { _ in Int64(draws.below(whole.rows + whole.rows / 20 + 2)) }
      cuts += [Int64(Int32.max) - 1, -1]
      cuts = Set(cuts).sorted()
      var ranges = zip([nil] + cuts.map(Optional.some), cuts.map(Optional.some) + [nil]).map { from, to in
        KeyRange.span(from: from.map(KeyValue.integer), to: to.map(KeyValue.integer))
      }
      ranges.swapAt(0, draws.below(ranges.count))
      var sum = Fingerprint()
      for range in ranges + [.null] { sum += try source.fingerprint(table, range) }
      #expect(sum == whole, "cuts \(cuts)")
    }
  }

  @Test(arguments: StackOverflowTable.allCases, [false, true])
  func `a range holds the rows whose ids are in it, and no others`(
    table: StackOverflowTable, hostile: Bool
  ) throws {
    var source = try TestSource(hostile: hostile)
    var all: [Int] = []
    try source.forEachRow(table) { all.append($0.int("Id")!) }
    // 99 and 100 are in a gap of hostile ids, 14 in one of the lookup tables.
    for (from, to) in [(nil, 14), (1, 3), (14, 99), (99, 100), (100, nil), (-1, 1), (3, 1)]
      as [(Int64?, Int64?)]
    {
      var found: [Int] = []
      let range = KeyRange.span(from: from.map(KeyValue.integer), to: to.map(KeyValue.integer))
      try source.forEachRow(table, range) { found.append($0.int("Id")!) }
      #expect(found == all.filter { $0 >= from ?? .min && $0 < to ?? .max })
    }
  }

  @Test(arguments: StackOverflowTable.allCases)
  func `a split covers the table in parts of about one size`(table: StackOverflowTable) throws {
    var source = try TestSource(hostile: true)
    let request = SplitRequest(
      table: TableName(name: table.name), column: table.columns[0], partBytes: 4_000, maximumParts: 16)
    let split = try source.driver.split(request)
    let whole = try source.fingerprint(table)
    #expect(split.estimatedRows == whole.rows)
    #expect(split.cuts.count < 16)
    var sum = Fingerprint()
    let bounds = [nil] + split.cuts.map(Optional.some) + [nil]
    for (from, to) in zip(bounds, bounds.dropFirst()) {
      let part = try source.fingerprint(table, .span(from: from, to: to))
      #expect(part.rows > 0)
      #expect(abs(part.rows - whole.rows / (split.cuts.count + 1)) <= 1)
      sum += part
    }
    #expect(sum == whole)
  }

  @Test(
    arguments: [StackOverflowTable.users, .badges, .posts, .comments, .postLinks, .votes], [false, true])
  func `a split knows how many bytes a table has`(table: StackOverflowTable, hostile: Bool) throws {
    var source = try TestSource(scale: "0.02", hostile: hostile)
    let request = SplitRequest(
      table: TableName(name: table.name), column: nil, partBytes: 1, maximumParts: 1)
    let split = try source.driver.split(request)
    try source.driver.openRead(TestSource.read(table))
    var bytes = 0
    while let batch = try source.driver.nextBatch() { bytes += batch.bytes.count }
    #expect(abs(Double(bytes) / Double(split.estimatedBytes) - 1) < 0.15)
    #expect(split.cuts.isEmpty)
  }

  @Test func `some columns, in another order, are read alone`() throws {
    var source = try TestSource()
    var read = TestSource.read(.votes)
    read.columns = [read.columns[4], read.columns[0]]
    try source.driver.openRead(read)
    let batch = try source.driver.nextBatch()
    var fields = FieldCursor(try #require(batch).row(0))
    #expect(fields.fieldCount == 2)
    let type = fields.nextField()
    #expect((1...16).contains(try #require(type).bigEndian(as: Int32.self)))
    let id = fields.nextField()
    #expect(try #require(id).bigEndian(as: Int32.self) == 1)
  }

  @Test func `values are read as another type that holds them`() throws {
    var source = try TestSource()
    var read = TestSource.read(.badges)
    read.columns[0].type = .int64
    read.columns[3].type = .timestamp(precision: 7)
    try source.driver.openRead(read)
    let batch = try source.driver.nextBatch()
    var wide = FieldCursor(try #require(batch).row(0))
    let (id, _, _, date) = (wide.nextField(), wide.nextField(), wide.nextField(), wide.nextField())
    #expect(try #require(id).bigEndian(as: Int64.self) == 1)
    var microseconds = 0
    try source.forEachRow(.badges, .span(from: nil, to: .integer(2))) { microseconds = $0.time("Date")! }
    #expect(try #require(date).bigEndian(as: Int64.self) == Int64(microseconds) * 10)
  }

  @Test func `a value that does not fit is named by table, key, column and rule`() throws {
    var source = try TestSource()
    var read = TestSource.read(.badges)
    read.columns[1].type = .text(maxLength: 4)
    try source.driver.openRead(read)
    let error = #expect(throws: DatabaseError.self) { try source.driver.nextBatch() }
    #expect(error?.errorClass == .badRow)
    #expect(error?.place.table == "Badges")
    #expect(error?.message.hasPrefix("the row with Id ") == true)
    #expect(error?.message.contains("column Name") == true)
  }

  @Test func `a batch keeps its budget, and a read ends once`() throws {
    var source = try TestSource()
    try source.driver.openRead(TestSource.read(.badges, batchBytes: 1_000))
    var rows = 0
    while let batch = try source.driver.nextBatch() {
      #expect(batch.bytes.count < 1_200)
      rows += batch.rowCount
    }
    #expect(rows == 1_102)
    let (batch, fingerprint) = (try source.driver.nextBatch(), try source.driver.nextFingerprint())
    #expect(batch == nil)
    #expect(fingerprint == nil)
  }

  @Test func `what the generator cannot do is an error that says so`() throws {
    var source = try TestSource()
    let userId = StackOverflowTable.badges.columns[2]
    var read = TestSource.read(.badges)
    read.rows = TableRange(table: read.rows.table, column: userId, range: .null)
    var error = #expect(throws: DatabaseError.self) { try source.driver.openRead(read) }
    #expect(error?.message.contains("by Id, not by UserId") == true)
    read.rows = TableRange(table: TableName(name: "Bodges"))
    error = #expect(throws: DatabaseError.self) { try source.driver.openRead(read) }
    #expect(error?.message == "there is no such table")
    read.rows = TableRange(
      table: TableName(name: "Badges"), column: StackOverflowTable.badges.columns[0],
      range: .span(from: .text("a"), to: nil))
    error = #expect(throws: DatabaseError.self) { try source.driver.openRead(read) }
    #expect(error?.message.contains("is an integer") == true)
    error = #expect(throws: DatabaseError.self) { try source.driver.nextBatch() }
    #expect(error?.message == "no read is open")
    read = TestSource.read(.badges)
    read.columns[0].type = .uuid
    error = #expect(throws: DatabaseError.self) { try source.driver.openRead(read) }
    #expect(error?.errorClass == .configuration)
    read.columns[0].schema.name = "Idd"
    error = #expect(throws: DatabaseError.self) { try source.driver.openRead(read) }
    #expect(error?.message == "there is no column 'Idd'")
  }

  @Test func `every writing operation is refused as read-only`() throws {
    var source = try TestSource()
    let table = StackOverflowTable.users.schema
    let rows = TableRange(table: table.name)
    let entry = LedgerEntry(unit: UnitKey(table: "Users", index: 0), range: .all, signature: "", updated: "")
    func expectRefusal(_ error: DatabaseError?) { #expect(error?.errorClass == .readOnly) }
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.begin() })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.delete(rows) })
    expectRefusal(
      #expect(throws: DatabaseError.self) { try source.driver.openWrite(table.name, columns: []) })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.finishWrite() })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.commit() })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.create(table, job: "j") })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.obstacles(table.name) })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.restore(job: "j") })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.alignIdentity(table.name) })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.prepareLedger() })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.takeFence(job: "j") })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.claim(entry, job: "j") })
    expectRefusal(#expect(throws: DatabaseError.self) { try source.driver.record(entry, job: "j") })
    try source.driver.rollback()
    let entries = try source.driver.ledger(job: "j")
    #expect(entries.isEmpty)
  }

  @Test func `all readers see one snapshot`() throws {
    var source = try TestSource()
    let name = try source.driver.beginSnapshot()
    try source.driver.joinSnapshot(try #require(name))
    let verdict = try source.driver.endSnapshot()
    #expect(verdict == .consistent)
    #expect(throws: DatabaseError.self) { try source.driver.joinSnapshot("stackoverflow:?seed=1") }
  }
}
