import Databases
import Rows
import TestSupport
import Testing

@testable import PostgresDatabase

/// A driver on a database of its own, and psql on the same database.
struct Fixture {
  let url: String

  init(_ script: String = "") async throws {
    url = try await PostgresServer.shared.database()
    if !script.isEmpty { try psql(script) }
  }

  @discardableResult
  func psql(_ sql: String) throws -> String { try PostgresServer.shared.psql(sql, url) }

  func driver(_ access: Access = .write, query: String = "") throws -> PostgresDriver {
    try PostgresDriver(try PostgresURL(url + query, password: nil), access)
  }
}

extension PostgresDriver {
  /// What the driver's own catalog says of a table.
  mutating func table(_ name: String) throws -> TableSchema {
    let tables = try tables()
    return try #require(tables.first { $0.name.name == name })
  }

  /// Reads a table in its own types, or in others.
  mutating func rows(
    _ name: String, as types: [String: ColumnType] = [:], range: KeyRange = .all, by column: String? = nil,
    batchBytes: Int = 1 << 16
  ) throws -> [[String]] {
    let read = try read(name, as: types, range: range, by: column, batchBytes: batchBytes)
    try openRead(read)
    var rows: [[String]] = []
    while let batch = try nextBatch() { rows += render(batch, read.columns.map(\.type)) }
    return rows
  }

  mutating func read(
    _ name: String, as types: [String: ColumnType] = [:], range: KeyRange = .all, by column: String? = nil,
    batchBytes: Int = 1 << 16
  ) throws -> RangeRead {
    let table = try table(name)
    return RangeRead(
      rows: TableRange(table: table.name, column: column.flatMap { table.column($0) }, range: range),
      columns: try transfer(table, as: types), key: [0], batchBytes: batchBytes)
  }

  /// Writes rows, given as text, in a transaction. Returns what the server acknowledged.
  @discardableResult
  mutating func insert(
    _ name: String, as types: [String: ColumnType] = [:], _ rows: [[String?]]
  ) throws -> Int {
    let table = try table(name)
    let columns = try transfer(table, as: types)
    let batch = try batch(rows, columns.map(\.type))
    return try write(table.name, columns, try #require(batch))
  }

  mutating func write(_ table: TableName, _ columns: [TransferColumn], _ batches: RowBatch...) throws -> Int {
    try begin()
    do {
      try openWrite(table, columns: columns)
      for batch in batches { try write(batch) }
      let count = try finishWrite()
      try commit()
      return count
    } catch {
      try rollback()
      throw error
    }
  }
}

/// Every column that can be written, as it is or as told.
func transfer(_ table: TableSchema, as types: [String: ColumnType] = [:]) throws -> [TransferColumn] {
  try table.columns.filter { !$0.isGenerated }.map { column in
    TransferColumn(schema: column, type: try #require(types[column.name] ?? column.type))
  }
}

func render(_ batch: RowBatch, _ types: [ColumnType]) -> [[String]] {
  (0..<batch.rowCount).map { index in
    var cursor = FieldCursor(batch.row(index))
    return types.map { type in
      cursor.nextField().map { (try? FieldText.render($0, as: type)) ?? "?" } ?? "NULL"
    }
  }
}

func batch(_ rows: [[String?]], _ types: [ColumnType]) throws -> RowBatch? {
  var builder = RowBatchBuilder(columnCount: types.count)
  for row in rows {
    builder.beginRow()
    for (value, type) in zip(row, types) {
      if let value {
        let bytes = try FieldEncoder.encode(text: value, type: type)
        bytes.withUnsafeBytes { builder.append($0) }
      } else {
        builder.appendNull()
      }
    }
    builder.endRow()
  }
  return builder.take()
}

/// The `DatabaseError` that the body throws.
func databaseError(_ body: () throws -> Void) throws -> DatabaseError {
  do {
    try body()
  } catch let error as DatabaseError {
    return error
  }
  throw NoError()
}

struct NoError: Error {}
