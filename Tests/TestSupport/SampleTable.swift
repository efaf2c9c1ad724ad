import Databases
import Rows

/// A small table with its rows, each value in the text form of its column's type.
package struct SampleTable: Sendable {
  package var schema: TableSchema
  package var rows: [[String?]]

  package init(schema: TableSchema, rows: [[String?]]) {
    self.schema = schema
    self.rows = rows
  }

  package init(
    _ name: String, _ columns: [(name: String, type: ColumnType, isNullable: Bool)], key: [String] = [],
    rows: [[String?]] = []
  ) {
    schema = TableSchema(
      name: TableName(name: name), engine: Engine(rawValue: "sample"),
      columns: columns.map {
        ColumnSchema(name: $0.name, type: $0.type, declared: "\($0.type)", isNullable: $0.isNullable)
      },
      primaryKey: key.isEmpty ? nil : KeySchema(name: "\(name)_key", columns: key, isUnique: true))
    self.rows = rows
  }

  package func position(_ column: String) -> Int {
    guard let position = schema.columns.firstIndex(where: { $0.name == column }) else {
      preconditionFailure("the sample has no column \(column)")
    }
    return position
  }

  /// The same rows with the columns in another order.
  package func reordered(_ order: [Int]) -> SampleTable {
    var table = self
    table.schema.columns = order.map { schema.columns[$0] }
    table.rows = rows.map { row in order.map { row[$0] } }
    return table
  }

  /// The same rows under other names.
  package func renamed(_ rename: (String) -> String) -> SampleTable {
    var table = self
    table.schema.name.name = rename(schema.name.name)
    for index in table.schema.columns.indices {
      table.schema.columns[index].name = rename(schema.columns[index].name)
    }
    table.schema.primaryKey?.columns = (schema.primaryKey?.columns ?? []).map(rename)
    return table
  }

  /// Creates the table in a database and fills it, through the seam.
  package func load(into endpoint: any Endpoint) async throws {
    let connection = try await endpoint.connect(.write)
    do {
      var wanted = schema
      wanted.name.schema = endpoint.schema
      try await connection.prepareLedger()
      _ = try await connection.create(wanted, job: "sample")
      // Read back: the table's types are what the engine made of them.
      guard let created = try await connection.tables().first(where: { $0.name.name == schema.name.name })
      else { preconditionFailure("the table that was created is there") }
      let columns = zip(created.columns, schema.columns).compactMap { column, wanted in
        wanted.type.map { TransferColumn(schema: column, type: $0) }
      }
      try await connection.begin()
      try await connection.openWrite(created.name, columns: columns)
      if let batch = try batch() { try await connection.write(batch) }
      _ = try await connection.finishWrite()
      try await connection.commit()
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }

  private func batch() throws(BadValue) -> RowBatch? {
    var builder = RowBatchBuilder(columnCount: schema.columns.count)
    for row in rows {
      builder.beginRow()
      for (value, column) in zip(row, schema.columns) {
        guard let type = column.type else { preconditionFailure("a sample's columns have types") }
        try builder.append(sample: value, type: type)
      }
      builder.endRow()
    }
    return builder.take()
  }
}

extension RowBatchBuilder {
  /// Appends a value given as text; nil for NULL.
  package mutating func append(sample value: String?, type: ColumnType) throws(BadValue) {
    guard var value else { return appendNull() }
    var failure: BadValue?
    value.withUTF8 { bytes in
      do throws(BadValue) {
        try FieldEncoder.append(text: UnsafeRawBufferPointer(bytes), type: type, to: &self)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
