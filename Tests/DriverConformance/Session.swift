import Databases
import Rows

/// One check's connection, and the few steps that most checks begin with.
struct Session: Sendable {
  let endpoint: any Endpoint
  let connection: any Connection
  let driver: DriverUnderTest

  var quirks: Quirks { driver.quirks }

  func name(_ table: String) -> TableName { TableName(schema: quirks.schema, name: table) }

  /// A table with an integer key `id` and these columns.
  func schema(_ table: String, _ columns: [(name: String, type: ColumnType)]) -> TableSchema {
    let key = ColumnSchema(name: "id", type: .int64, isNullable: false)
    let others = columns.map { ColumnSchema(name: $0.name, type: $0.type) }
    // No real engine: declared types and defaults are nobody's.
    return TableSchema(
      name: name(table), engine: Engine(rawValue: "conformance"), columns: [key] + others,
      primaryKey: KeySchema(name: "\(table.prefix(60))_pk", columns: ["id"], isUnique: true))
  }

  /// Creates the table, and returns it as the catalog has it.
  @discardableResult
  func create(_ table: TableSchema) async throws -> TableSchema {
    try await connection.prepareLedger()
    _ = try await connection.create(table, job: "job")
    return try await found(table.name)
  }

  func found(_ name: TableName) async throws -> TableSchema {
    let tables = try await connection.tables()
    guard let table = tables.first(where: { $0.name == name }) else {
      throw ConformanceFailure(description: "\(name) is not among \(tables.map(\.name.description))")
    }
    return table
  }

  /// The table's columns, to travel as these types: as a rule those it was created with.
  func transfer(_ table: TableSchema, as types: [ColumnType]) throws -> [TransferColumn] {
    try requireEqual(table.columns.count, types.count, "columns of \(table.name)")
    return zip(table.columns, types).map { TransferColumn(schema: $0, type: $1) }
  }

  /// Writes rows in a transaction, and returns how many the engine says it took.
  @discardableResult
  func insert(_ rows: [[String?]], _ table: TableSchema, as types: [ColumnType]) async throws -> Int {
    try await connection.begin()
    let count = try await write(rows, table, as: types)
    try await connection.commit()
    return count
  }

  /// Writes rows in the open transaction.
  func write(_ rows: [[String?]], _ table: TableSchema, as types: [ColumnType]) async throws -> Int {
    try await connection.openWrite(table.name, columns: transfer(table, as: types))
    if let batch = try Session.batch(rows, types) { try await connection.write(batch) }
    return try await connection.finishWrite()
  }

  static func batch(_ rows: [[String?]], _ types: [ColumnType]) throws -> RowBatch? {
    var builder = RowBatchBuilder(columnCount: types.count)
    for row in rows {
      try requireEqual(row.count, types.count, "values of a row")
      builder.beginRow()
      for (text, type) in zip(row, types) {
        guard var text else {
          builder.appendNull()
          continue
        }
        let appended = text.withUTF8 { utf8 in
          Result { () throws(BadValue) in
            try FieldEncoder.append(text: UnsafeRawBufferPointer(utf8), type: type, to: &builder)
          }
        }
        try appended.get()
      }
      builder.endRow()
    }
    return builder.take()
  }

  /// All rows of a range as texts, ordered, and their fingerprint.
  func rows(
    _ table: TableSchema, as types: [ColumnType], _ range: TableRange? = nil,
    on other: (any Connection)? = nil,
    batchBytes: Int = RowBatch.defaultBudget
  ) async throws -> Contents {
    let connection = other ?? connection
    let columns = try transfer(table, as: types)
    try await connection.openRead(
      RangeRead(
        rows: range ?? TableRange(table: table.name), columns: columns, key: [0], batchBytes: batchBytes))
    var contents = Contents()
    while let batch = try await connection.nextBatch() {
      try require(batch.rowCount > 0, "a batch has a row")
      contents.batches.append((batch.rowCount, batch.bytes.count))
      contents.fingerprint += batch.fingerprint
      for index in 0..<batch.rowCount {
        var fields = FieldCursor(batch.row(index))
        var row: [String?] = []
        for type in types { row.append(try fields.nextField().map { try FieldText.render($0, as: type) }) }
        contents.rows.append(row)
      }
    }
    contents.rows.sort { left, right in
      left.map { $0 ?? "" }.lexicographicallyPrecedes(right.map { $0 ?? "" })
    }
    return contents
  }

  struct Contents {
    var rows: [[String?]] = []
    var fingerprint = Fingerprint()
    var batches: [(rows: Int, bytes: Int)] = []
  }

  /// Rows with an integer key from 1 and one column.
  static func numbered(_ values: [String?]) -> [[String?]] {
    values.enumerated().map { ["\($0.offset + 1)", $0.element] }
  }

  /// In the order in which `rows` returns them.
  static func sorted(_ rows: [[String?]]) -> [[String?]] {
    rows.sorted { left, right in left.map { $0 ?? "" }.lexicographicallyPrecedes(right.map { $0 ?? "" }) }
  }
}
