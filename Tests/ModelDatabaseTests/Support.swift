import Databases
import ModelDatabase
import Rows
import Runtime
import Testing

/// Time that passes only when somebody sleeps.
final class JumpingTime: TimeSource {
  private let moment = Guarded(Duration.zero)
  private let event = Guarded<(@Sendable () -> Void)?>(nil)

  var now: Duration { moment.withLock { $0 } }
  var wallClock: WallTime { WallTime(seconds: 0) }

  func sleep(for duration: Duration) async throws {
    try Task.checkCancellation()
    let wanted = now + duration
    event.withLock { $0.take() }?()
    // Others have a chance to come first.
    for _ in 0..<10 { await Task.yield() }
    moment.withLock { $0 = max($0, wanted) }
  }

  /// What happens while somebody sleeps next.
  func duringNextSleep(_ body: @escaping @Sendable () -> Void) { event.withLock { $0 = body } }

  func pass(_ duration: Duration) { moment.withLock { $0 += duration } }
}

/// What the tests' commits were.
final class CommitLog: Sendable {
  private let records = Guarded<[CommitRecord]>([])
  func append(_ record: CommitRecord) { records.withLock { $0.append(record) } }
  var all: [CommitRecord] { records.withLock { $0 } }
}

/// Numbers with values: `id` is the key.
enum Numbers {
  static let name = TableName(name: "numbers")

  static func schema(_ name: TableName = name) -> TableSchema {
    TableSchema(
      name: name, engine: Engine(rawValue: "model"),
      columns: [
        ColumnSchema(name: "id", type: .int64, isNullable: false, identity: .byDefault),
        ColumnSchema(name: "value", type: .int32),
      ], primaryKey: KeySchema(name: "\(name)_pk", columns: ["id"], isUnique: true))
  }

  static let columns = schema().columns.map { TransferColumn(schema: $0, type: $0.type ?? .int64) }

  static func batch(_ rows: [(Int64, Int32?)]) throws -> RowBatch {
    var builder = RowBatchBuilder(columnCount: 2, budget: 1024)
    for (id, value) in rows {
      builder.beginRow()
      builder.append(id)
      if let value { builder.append(value) } else { builder.appendNull() }
      builder.endRow()
    }
    let batch = builder.take()
    return try #require(batch)
  }

  static func range(_ from: Int64?, _ to: Int64?, of table: TableName = name) -> TableRange {
    TableRange(
      table: table, column: schema().columns[0],
      range: .span(from: from.map(KeyValue.integer), to: to.map(KeyValue.integer)))
  }

  static func read(_ range: TableRange = TableRange(table: name), batchBytes: Int = 1 << 20) -> RangeRead {
    RangeRead(rows: range, columns: columns, key: [0], batchBytes: batchBytes)
  }

  /// Identities and values, in order.
  static func rows(_ batch: RowBatch?) -> [Int64: Int32?] {
    guard let batch else { return [:] }
    var rows: [Int64: Int32?] = [:]
    for index in 0..<batch.rowCount {
      var fields = FieldCursor(batch.row(index))
      let id = fields.nextField()?.bigEndian(as: Int64.self) ?? 0
      rows[id] = .some(fields.nextField()?.bigEndian(as: Int32.self))
    }
    return rows
  }
}

/// A database with the table of numbers in it.
struct Scene {
  let time = JumpingTime()
  let log = CommitLog()
  let database: ModelDatabase

  init(_ rows: [(Int64, Int32?)] = [], seed: UInt64 = 1, _ change: (inout ModelOptions) -> Void = { _ in })
    throws
  {
    var options = ModelOptions()
    change(&options)
    let log = log
    database = ModelDatabase(name: "scene", options: options, time: time, seed: Seed(seed)) { log.append($0) }
    database.add(Numbers.schema())
    if !rows.isEmpty { database.put(try Numbers.batch(rows), into: Numbers.name) }
  }

  var rows: [Int64: Int32?] { Numbers.rows(database.contents(of: Numbers.name)) }

  func connect(_ access: Access = .write) async throws -> ModelConnection {
    try await ModelEndpoint(database).connection(access)
  }
}

extension ModelConnection {
  func insert(_ rows: [(Int64, Int32?)], into table: TableName = Numbers.name) async throws {
    try await openWrite(table, columns: Numbers.columns)
    try await write(Numbers.batch(rows))
    _ = try await finishWrite()
  }

  /// What a read of the table sees.
  func numbers(_ range: TableRange = TableRange(table: Numbers.name)) async throws -> [Int64: Int32?] {
    try await openRead(Numbers.read(range))
    var rows: [Int64: Int32?] = [:]
    while let batch = try await nextBatch() { rows.merge(Numbers.rows(batch)) { $1 } }
    return rows
  }
}

/// The error that the body throws.
func failure(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async throws -> DatabaseError {
  do { try await body() } catch let error as DatabaseError { return error }
  return try #require(nil, "nothing was thrown", sourceLocation: sourceLocation)
}

func entry(_ index: Int = 0, attempt: Int = 0, _ state: UnitState = .planned, rows: Int = 0) -> LedgerEntry {
  LedgerEntry(
    unit: UnitKey(table: "numbers", index: index), range: .all, state: state, attempt: attempt,
    fingerprint: Fingerprint(rows: rows, sum: 1), signature: "s", updated: "2024-01-01T00:00:00.000Z")
}
