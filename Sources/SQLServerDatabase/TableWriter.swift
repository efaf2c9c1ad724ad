import Databases
import Rows
import TDS

/// One table being written to: by a bulk load, or by INSERT statements where that cannot be.
struct TableWriter: ~Copyable {
  private let session: ServerSession
  private let place: ErrorPlace
  private let columns: [TransferColumn]
  /// The table's key among the columns, to name a row by.
  private let key: [Int]
  private let types: [ColumnType]
  private let transcoder: RowTranscoder
  private var transcoded: RowBatchBuilder
  private let bulk: BulkLoad?
  private var insert: InsertText?
  private var scratch = TDSWriter(capacity: 1 << 12)
  /// Rows that the server says it took by INSERT statements.
  private var taken = 0

  private init(
    _ plan: Plan, _ columns: [TransferColumn], _ bulk: BulkLoad?, _ insert: InsertText?,
    _ session: ServerSession, _ place: ErrorPlace
  ) {
    self.session = session
    self.place = place
    self.columns = columns
    key = plan.key
    types = plan.types
    transcoder = plan.transcoder
    transcoded = RowBatchBuilder(
      columnCount: columns.count, budget: plan.transcoder.isIdentity ? 0 : RowBatch.defaultBudget)
    self.bulk = bulk
    self.insert = insert
  }

  /// What the table's shape says of a write.
  struct Plan {
    var quotedTable: String
    var targets: [(number: Int32, column: TableShape.Column, writer: ValueWriter)] = []
    var types: [ColumnType] = []
    var transcoder: RowTranscoder
    var key: [Int] = []
    var keepsIdentity = false
    var needsInsert = false
    var hint: BulkLoad.Hint?
  }

  /// `isAlone` says that nobody else is writing to the table.
  static func open(
    _ table: TableName, _ columns: [TransferColumn], _ session: ServerSession, _ options: SQLServerOptions,
    isAlone: Bool
  ) throws(DatabaseError) -> TableWriter {
    let place = session.place("write", table)
    let plan = try plan(table, columns, session, options, isAlone: isAlone, at: place)
    if plan.keepsIdentity { try session.insertIdentities(of: plan.quotedTable, at: place) }
    if plan.needsInsert {
      let insert = InsertText(
        plan.quotedTable,
        zip(plan.targets, plan.types).map { .init(schema: $0.column, type: $1, writer: $0.writer) })
      return TableWriter(plan, columns, nil, insert, session, place)
    }
    let bulk = try BulkLoad.open(
      plan.quotedTable, plan.targets.map { .init(number: $0.number, writer: $0.writer) },
      keepsIdentity: plan.keepsIdentity, plan.hint, session, at: place)
    return TableWriter(plan, columns, bulk, nil, session, place)
  }

  private static func plan(
    _ table: TableName, _ columns: [TransferColumn], _ session: ServerSession, _ options: SQLServerOptions,
    isAlone: Bool, at place: ErrorPlace
  ) throws(DatabaseError) -> Plan {
    let shape = try TableShape(table, session, operation: place.operation)
    var targets: [(number: Int32, column: TableShape.Column, writer: ValueWriter)] = []
    var types: [ColumnType] = []
    for wanted in columns {
      let column = try shape.column(wanted.schema.name, at: place)
      types.append(try TableShape.columnType(column, options, at: place))
      guard !column.isComputed else {
        throw refusal("column \(column.name) is computed by the server", at: place)
      }
      do throws(BadValue) {
        let number = Int32((shape.columns.firstIndex { $0.name == column.name } ?? 0) + 1)
        targets.append((number, column, try ValueWriter(column.type)))
      } catch {
        throw refusal("column \(column.name) \(error.rule)", at: place)
      }
    }
    let transcoder: RowTranscoder
    do throws(Unpairable) {
      transcoder = try RowTranscoder(from: columns.map(\.type), to: types)
    } catch {
      throw refusal(error.reason, at: place)
    }
    var plan = Plan(
      quotedTable: SQLServerDialect().quoted(table), targets: targets, types: types, transcoder: transcoder)
    plan.key = try key(of: table, columns, session)
    plan.keepsIdentity = targets.contains { $0.column.isIdentity }
    // A bulk load puts a column's default in the place of NULL, unless it is told to keep it; and then also where a
    // column is left out.
    let keepsNulls = targets.contains { $0.column.isNullable && $0.column.hasDefault }
    let needsDefaults = shape.columns.contains { column in
      column.hasDefault && !column.isNullable && !targets.contains { $0.column.name == column.name }
    }
    let carriesEverything = !shape.columns.contains { $0.type.needsInsert }
    plan.needsInsert = !carriesEverything || keepsNulls && needsDefaults
    plan.hint = keepsNulls ? .keepNulls : isAlone ? .tableLock : nil
    return plan
  }

  /// The positions of the table's key among the columns.
  private static func key(
    of table: TableName, _ columns: [TransferColumn], _ session: ServerSession
  ) throws(DatabaseError) -> [Int] {
    let names = try session.run(CatalogQueries.key(of: table), operation: "write", table: table).rows
    return names.compactMap { row in columns.firstIndex { $0.schema.name == row[0].text } }
  }

  private static func refusal(_ message: String, at place: ErrorPlace) -> DatabaseError {
    DatabaseError(
      engine: SQLServerDialect.engine, errorClass: .configuration, message: message,
      remedy: "Change the column's type on one side, or leave the column out.", place: place)
  }

  // MARK: Writing

  mutating func write(_ batch: RowBatch) throws(DatabaseError) {
    if transcoder.isIdentity {
      try send(batch)
    } else if let batch = try transcode(batch) {
      try send(batch)
    }
  }

  private mutating func transcode(_ batch: RowBatch) throws(DatabaseError) -> RowBatch? {
    defer { withExtendedLifetime(batch) {} }
    for index in 0..<batch.rowCount {
      do throws(BadField) {
        try transcoder.transcode(batch.row(index), into: &transcoded)
      } catch {
        transcoded.discardRow()
        throw badRow(batch.row(index), as: columns.map(\.type), error.column, error.value)
      }
    }
    return transcoded.take()
  }

  private mutating func send(_ batch: RowBatch) throws(DatabaseError) {
    defer { withExtendedLifetime(batch) {} }
    for index in 0..<batch.rowCount {
      let row = batch.row(index)
      if let bulk {
        do throws(BulkLoad.Failure) {
          try bulk.send(row)
        } catch {
          switch error {
          case .server(let error): throw error
          case .value(let column, let value): throw badRow(row, as: types, column, value)
          }
        }
      } else {
        do throws(BadField) {
          try insert?.append(row, &scratch)
        } catch {
          throw badRow(row, as: types, error.column, error.value)
        }
        if insert?.isFull == true { try flush() }
      }
    }
  }

  private mutating func flush() throws(DatabaseError) {
    guard let (sql, rows) = insert?.take() else { return }
    let result = try session.run(sql, at: place)
    guard result.changes == rows else {
      throw DatabaseError(
        engine: SQLServerDialect.engine, errorClass: .permanent,
        message: "the server says it took \(result.changes) rows of \(rows)", place: place)
    }
    taken += rows
  }

  /// Returns the number of rows that the server says it took.
  consuming func finish() throws(DatabaseError) -> Int {
    if let bulk { taken = try bulk.finish() } else { try flush() }
    try session.endInsertingIdentities(at: place)
    return taken
  }

  private func badRow(
    _ row: UnsafeRawBufferPointer, as types: [ColumnType], _ column: Int, _ value: BadValue
  ) -> DatabaseError {
    let name = RowName(row, columns, key: key, types: types)
    return DatabaseError(
      engine: SQLServerDialect.engine, errorClass: .badRow,
      message: "\(name), column \(columns[column].schema.name) \(value.rule)", place: place)
  }
}
