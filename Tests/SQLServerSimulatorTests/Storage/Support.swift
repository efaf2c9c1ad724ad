import ModelDatabase

@testable import SQLServerSimulator

extension RowChunk {
  /// Rows of int columns.
  static func of(_ rows: [[Int?]]) -> RowChunk {
    var builder = RowChunkBuilder()
    for row in rows {
      for value in row {
        guard let value else {
          builder.appendNull()
          continue
        }
        withUnsafeBytes(of: Int32(value).littleEndian) { builder.append($0) }
      }
      builder.endRow()
    }
    return builder.finish()
  }
}

extension ServerRow {
  var values: [Int?] {
    withBytes { bytes in
      var (fields, values) = (StoredFields(bytes), [Int?]())
      while !fields.isAtEnd {
        values.append(fields.nextField().map { Int(Int32(littleEndian: $0.loadUnaligned(as: Int32.self))) })
      }
      return values
    }
  }
}

extension KeyMaker {
  static func columns(_ columns: Int...) -> KeyMaker { KeyMaker(columns.map { KeyColumn($0, .int) }) }
}

extension IndexDescription {
  static func primaryKey(_ columns: Int...) -> IndexDescription {
    IndexDescription(
      "PK", KeyMaker(columns.map { KeyColumn($0, .int) }), isUnique: true, constraint: .primaryKey)
  }
  static func index(_ name: String, _ columns: Int..., isUnique: Bool = false) -> IndexDescription {
    IndexDescription(name, KeyMaker(columns.map { KeyColumn($0, .int) }), isUnique: isUnique)
  }
}

extension ServerTable {
  func key(_ value: Int) -> RowKey { RowKey(bytes: prefix(value)) }
  func prefix(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: Int32(value).littleEndian) { (clustered?.keys ?? .columns(0)).prefix([Array($0)]) }
  }

  /// What is wrong between rows and indexes.
  var disagreements: [String] {
    var found: [String] = []
    let all = Array(rows.run(.all))
    if zip(all, all.dropFirst()).contains(where: { !($0.key < $1.key) }) { found.append("order") }
    if all.count != rows.count { found.append("count") }
    for index in indexes where !index.isDisabled {
      var scratch: [UInt8] = []
      let wanted = all.compactMap { index.entry(for: $0, &scratch) }.sorted { $0.key < $1.key }
      let there = Array(index.entries.run(.all))
      if there.count != index.entries.count || there.count != wanted.count
        || zip(there, wanted).contains(where: { $0.key != $1.key || $0.row != $1.row })
      {
        found.append(index.about.name)
      }
    }
    return found
  }
}

/// A table t of ints, with the first column as its key unless it is a heap, and some sessions.
struct Scene {
  var storage = Storage()
  let sessions: [Int]
  let database: Int
  private(set) var table = 0
  var now = Duration.zero

  init(_ rows: [[Int?]] = [], sessions count: Int = 2, isHeap: Bool = false) throws {
    database = storage.createDatabase("db") ?? 0
    var opened: [Int] = []
    for _ in 0..<count { opened.append(storage.connect()) }
    sessions = opened
    table = try make("t", isHeap: isHeap)
    if !rows.isEmpty { _ = try insert(0, rows) }
  }

  mutating func make(_ name: String, isHeap: Bool = false) throws -> Int {
    let database = database
    let attempt = try run(0) { (storage: inout Storage, session) throws(SQLError) in
      let table = try storage.createTable(session, database, QualifiedName("dbo", name))
      if !isHeap { _ = try storage.setClustered(session, table, .primaryKey(0)) }
      return .done(table)
    }
    guard case .done(let table) = attempt else { preconditionFailure("nobody else is there") }
    return table
  }

  /// A statement of one session, by position.
  mutating func run<Value: Sendable>(
    _ session: Int, _ body: (inout Storage, Int) throws(SQLError) -> Attempt<Value>
  ) throws(SQLError) -> Attempt<Value> {
    let number = sessions[session]
    return try storage.statement(number, now: now) { (storage: inout Storage) throws(SQLError) in
      try body(&storage, number)
    }
  }

  mutating func begin(_ session: Int) { storage.begin(sessions[session]) }
  mutating func commit(_ session: Int) throws { try storage.commit(sessions[session]) }
  mutating func rollback(_ session: Int, to name: String? = nil) throws {
    try storage.rollback(sessions[session], to: name)
  }

  /// Whether the statement was done.
  mutating func insert(_ session: Int, _ rows: [[Int?]], into other: Int? = nil) throws(SQLError) -> Bool {
    let table = other ?? table
    return try run(session) { (storage: inout Storage, number) throws(SQLError) in
      try storage.insert(number, into: table, .of(rows))
    }.isDone
  }

  mutating func delete(_ session: Int, _ key: Int) throws(SQLError) -> Bool {
    let table = table
    return try run(session) { (storage: inout Storage, number) throws(SQLError) in
      try storage.delete(number, from: table, [storage.table(table).key(key)])
    }.isDone
  }

  mutating func update(_ session: Int, _ key: Int, _ row: [Int?], hints: LockHints = []) throws(SQLError)
    -> Bool
  {
    let table = table
    return try run(session) { (storage: inout Storage, number) throws(SQLError) in
      try storage.update(
        number, table, [RowUpdate(storage.table(table).key(key), row: 0)], .of([row]), hints: hints)
    }.isDone
  }

  /// Nil if it waits.
  mutating func read(
    _ session: Int, _ keys: ClosedRange<Int>? = nil, hints: LockHints = [], isForUpdate: Bool = false
  ) throws(SQLError) -> [[Int?]]? {
    var scan = Scan(table)
    scan.hints = hints
    scan.isForUpdate = isForUpdate
    if let keys { scan.interval = interval(keys) }
    return try read(session, scan)
  }

  mutating func read(_ session: Int, _ scan: Scan) throws(SQLError) -> [[Int?]]? {
    let attempt = try run(session) { (storage: inout Storage, number) throws(SQLError) in
      try storage.scan(number, scan)
    }
    guard case .done(let result) = attempt else { return nil }
    return result.rows.map(\.values)
  }

  func interval(_ keys: ClosedRange<Int>) -> KeyInterval {
    let table = storage.table(table)
    return KeyInterval(
      from: .from(table.prefix(keys.lowerBound)), to: .behind(table.prefix(keys.upperBound)))
  }

  var contents: [[Int?]] { storage.table(table).rows.run(.all).map(\.values) }
  var woken: [Int] {
    mutating get { storage.takeWoken().compactMap { sessions.firstIndex(of: $0) } }
  }

  /// Nothing is left of the work of sessions that are in no transaction.
  var leftovers: [String] {
    var found = storage.lockViews.map { "\($0)" }
    if !storage.locks.waiting.isEmpty { found.append("somebody waits") }
    for table in storage.tables.compactMap({ $0 }) { found += table.disagreements }
    return found
  }
}

extension Attempt {
  var isDone: Bool {
    if case .done = self { return true }
    return false
  }
}

/// The number of the error that this throws.
func errorNumber<Value>(_ body: () throws -> Value) -> Int32? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? SQLError)?.number
  }
}
