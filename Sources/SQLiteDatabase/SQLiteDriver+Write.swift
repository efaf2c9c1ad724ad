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
    let names = columns.map { dialect.quoted($0.schema.name) }.joined(separator: ", ")
    let marks = columns.indices.map { dialect.placeholder($0 + 1) }.joined(separator: ", ")
    let statement = try prepare(
      "INSERT INTO \(dialect.quoted(table)) (\(names)) VALUES (\(marks))", operation: "write", table: table)
    let key = try catalog("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", table.name)
      .compactMap { row in columns.firstIndex { $0.schema.name == row[0].text } }
    writer = BatchWriter(
      statement, of: handle, table: table, columns: columns, key: key, values: values, transcoder: transcoder)
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
