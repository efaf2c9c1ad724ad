import Databases
import Rows
import SQLiteDatabase
import TestSupport
import Testing

/// A database file in a directory of its own, filled by SQL that no driver has seen.
final class Scratch: Sendable {
  let directory: TemporaryDirectory
  let path: String

  init(_ sql: String = "", file: String = "test.db") throws {
    directory = try TemporaryDirectory()
    path = directory.file(file)
    if !sql.isEmpty { try run(sql) }
  }

  /// Runs statements on a connection of its own.
  func run(_ sql: String) throws { try sqlite(sql, at: path) }

  /// The values of a query's first column, as text.
  func query(_ sql: String) throws -> [String] { try sqlite(sql, at: path).map { $0[0] ?? "NULL" } }

  var endpoint: SQLiteEndpoint { SQLiteEndpoint(path: path) }

  func driver(_ access: Access = .read, busyTimeout: Int32 = 50) throws -> SQLiteDriver {
    try SQLiteDriver(path: path, name: "sqlite:\(path)", access: access, busyTimeout: busyTimeout)
  }

  /// The only table, or the one of this name.
  func table(_ name: String? = nil) throws -> TableSchema {
    var driver = try driver()
    let tables = try driver.tables()
    driver.close()
    return try #require(tables.first { name == nil || $0.name.name == name })
  }
}

extension TableSchema {
  /// A read of all columns in their own types.
  func read(_ range: TableRange? = nil, batchBytes: Int = RowBatch.defaultBudget) -> RangeRead {
    let columns = columns.compactMap { column in column.type.map { TransferColumn(schema: column, type: $0) }
    }
    let key = (primaryKey?.columns ?? []).compactMap { name in columns.firstIndex { $0.schema.name == name } }
    return RangeRead(
      rows: range ?? TableRange(table: name), columns: columns, key: key, batchBytes: batchBytes)
  }
}

extension SQLiteDriver {
  /// All rows of a read, each as its fields' texts joined by bars.
  mutating func texts(_ read: RangeRead) throws -> [String] {
    try openRead(read)
    var rows: [String] = []
    while let batch = try nextBatch() {
      for index in 0..<batch.rowCount {
        var fields = FieldCursor(batch.row(index))
        var texts: [String] = []
        for column in read.columns {
          texts.append(try fields.nextField().map { try FieldText.render($0, as: column.type) } ?? "NULL")
        }
        rows.append(texts.joined(separator: "|"))
      }
    }
    return rows
  }
}

/// The error that the body throws.
func failure(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws
  -> DatabaseError
{
  do { try body() } catch let error as DatabaseError { return error }
  return try #require(nil, "nothing was thrown", sourceLocation: sourceLocation)
}
