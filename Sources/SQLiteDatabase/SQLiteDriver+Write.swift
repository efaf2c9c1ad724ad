import CSQLite
import Databases
import Rows

/// Writing batches.
extension SQLiteDriver {
  package mutating func openWrite(_ table: TableName, columns: [TransferColumn]) throws(DatabaseError) {
    writer = nil
    guard !columns.isEmpty else {
      throw failure(.configuration, "no columns were named", operation: "write", table: table)
    }
    var values: [ValueWriter] = []
    var types: [ColumnType] = []
    for column in columns {
      guard let type = column.schema.type,
        let value = ValueWriter(type, Affinity(declared: column.schema.declared))
      else { throw unwritable(column, table) }
      values.append(value)
      types.append(type)
    }
    let transcoder: RowTranscoder
    do {
      transcoder = try RowTranscoder(from: columns.map(\.type), to: types)
    } catch {
      throw failure(.configuration, error.reason, operation: "write", table: table)
    }
    let groupRows = SQLiteDriver.groupRows(columns.count)
    let group = try prepareInsert(of: groupRows, table, columns)
    let single = try prepareInsert(of: 1, table, columns)
    let key = try catalog("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", table.name)
      .compactMap { row in columns.firstIndex { $0.schema.name == row[0].text } }
    writer = BatchWriter(
      group: group, of: groupRows, single: single, handle: handle, table: table, columns: columns, key: key,
      values: values, transcoder: transcoder)
  }

  /// Rows of one INSERT: sixteen, fewer where a table has so many columns that the parameters run out.
  private static func groupRows(_ columns: Int) -> Int { max(1, min(16, 2048 / columns)) }

  private func prepareInsert(
    of rows: Int, _ table: TableName, _ columns: [TransferColumn]
  ) throws(DatabaseError) -> SQLiteStatement {
    let names = columns.map { dialect.quoted($0.schema.name) }.joined(separator: ", ")
    let row = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
    let values = repeatElement(row, count: rows).joined(separator: ", ")
    return try prepare(
      "INSERT OR FAIL INTO \(dialect.quoted(table)) (\(names)) VALUES \(values)", operation: "write",
      table: table)
  }

  private func unwritable(_ column: TransferColumn, _ table: TableName) -> DatabaseError {
    let schema = column.schema
    return failure(
      .configuration,
      "column \(schema.name) is declared as \(schema.declared), in which SQLite cannot keep \(column.type)",
      remedy: "Declare the column with another type, or leave it out.", operation: "write", table: table)
  }

  package mutating func write(_ batch: RowBatch) throws(DatabaseError) {
    guard var current = writer.take() else {
      throw failure(.permanent, "no write is open, or an error has ended it", operation: "write")
    }
    let table = current.table
    do throws(BatchWriter.Failure) {
      try current.write(batch)
      writer = consume current
    } catch {
      switch error {
      case .engine(let status, let row):
        var failed = self.error(status, operation: "write", table: table)
        if failed.errorClass == .badRow { failed.message += ", \(row)" }
        throw failed
      case .badRow(let message): throw failure(.badRow, message, operation: "write", table: table)
      }
    }
  }

  package mutating func finishWrite() throws(DatabaseError) -> Int {
    guard let current = writer.take() else {
      throw failure(.permanent, "no write is open, or an error has ended it", operation: "write")
    }
    return current.changes
  }
}
