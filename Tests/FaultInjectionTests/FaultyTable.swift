import Databases
import FaultInjection
import Rows
import Runtime
import SQLiteDatabase
import TestSupport

/// A SQLite file with the table Votes of 100 rows, and connections to it that follow a plan.
struct FaultyTable {
  static let rows = 100

  let directory: TemporaryDirectory
  let base: SQLiteEndpoint
  let time = VirtualTime()

  init() async throws {
    directory = try TemporaryDirectory()
    base = SQLiteEndpoint(path: directory.file("votes.db"))
    try await FaultyTable.sample("Votes", ids: 1...FaultyTable.rows).load(into: base)
  }

  static func sample(_ name: String, ids: ClosedRange<Int>) -> SampleTable {
    SampleTable(
      name, [("id", .int64, false), ("note", .text(maxLength: nil), true)], key: ["id"],
      rows: ids.map { ["\($0)", "note \($0)"] })
  }

  func endpoint(_ rules: [String], side: Side = .target) throws -> FaultyEndpoint {
    let text = "rules:\n" + rules.map { "  - {name: \"\($0)\", \($0)}\n" }.joined()
    let plan = try FaultPlan.load(text, file: "plan.yml", name: "plan")
    return FaultyEndpoint(base, side: side, injector: PlannedFaults(plan, time: time), time: time)
  }

  func connect(_ rules: String..., side: Side = .target) async throws -> any Connection {
    try await endpoint(rules, side: side).connect(.write)
  }

  var name: TableName { TableName(name: "Votes") }

  func columns(_ connection: any Connection) async throws -> [TransferColumn] {
    let table = try await connection.tables().first { $0.name.name == "Votes" }
    return zip(table?.columns ?? [], [ColumnType.int64, .text(maxLength: nil)]).map {
      TransferColumn(schema: $0, type: $1)
    }
  }

  /// What is in the table, as an undisturbed connection sees it.
  func count() async throws -> Int {
    let witness = try await base.connect(.read)
    let read = try await read(witness)
    let rows = try await witness.fingerprint(of: read).rows
    await witness.close()
    return rows
  }

  func read(_ connection: any Connection, batchBytes: Int = RowBatch.defaultBudget) async throws -> RangeRead
  {
    RangeRead(
      rows: TableRange(table: name), columns: try await columns(connection), key: [0], batchBytes: batchBytes)
  }

  /// Rows of 28 or 29 bytes each.
  static func batch(_ ids: ClosedRange<Int>) throws -> RowBatch {
    var builder = RowBatchBuilder(columnCount: 2)
    for id in ids {
      builder.beginRow()
      builder.append(Int64(id))
      try builder.append(sample: "note \(id)", type: .text(maxLength: nil))
      builder.endRow()
    }
    guard let batch = builder.take() else { preconditionFailure("the range has a row") }
    return batch
  }

  /// Inserts ten rows, up to the commit.
  func insert(_ connection: any Connection) async throws {
    let columns = try await columns(connection)
    try await connection.begin()
    try await connection.openWrite(name, columns: columns)
    try await connection.write(FaultyTable.batch(101...110))
    _ = try await connection.finishWrite()
  }
}

/// The error of a body that has to throw one.
func databaseError(_ body: () async throws -> Void) async throws -> DatabaseError {
  do { try await body() } catch let error as DatabaseError { return error }
  throw NothingThrown()
}

struct NothingThrown: Error {}
