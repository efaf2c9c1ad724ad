import CSQLite
import Databases
import Rows

/// One table being written to: an INSERT of several rows that is prepared once, and one of a single row for
/// those that are left.
///
/// Sixteen rows a statement take two thirds of the time of one. Both stop at the first row that a constraint
/// forbids and keep those before it (OR FAIL): SQLite then needs no journal for each statement, and its count
/// names the row. Whoever gets the error rolls back.
struct BatchWriter: ~Copyable {
  let table: TableName
  private let handle: SQLiteHandle
  private let group: SQLiteStatement
  private let single: SQLiteStatement
  private let groupRows: Int
  private let columns: [TransferColumn]
  /// Positions of the table's key, to name a row by.
  private let key: [Int]
  private let values: [ValueWriter]
  /// The column that is the row's number, for which SQLite takes NULL as a wish for a new one.
  private let rowID: Int?
  /// From the types that the values travel as to those of the table's columns.
  private let transcoder: RowTranscoder
  private var transcoded: RowBatchBuilder
  private let slots: UnsafeMutableRawPointer
  /// Rows as SQLite counted them.
  private(set) var changes = 0

  /// What ended a call early; the driver knows the place.
  enum Failure: Error {
    case engine(Int32, row: String)
    case badRow(message: String)
  }

  init(
    group: consuming SQLiteStatement, of groupRows: Int, single: consuming SQLiteStatement,
    handle: SQLiteHandle,
    table: TableName, columns: [TransferColumn], key: [Int], values: [ValueWriter], transcoder: RowTranscoder
  ) {
    self.group = group
    self.groupRows = groupRows
    self.single = single
    self.handle = handle
    self.table = table
    self.columns = columns
    self.key = key
    self.values = values
    rowID = columns.firstIndex { $0.schema.identity != nil }
    self.transcoder = transcoder
    transcoded = RowBatchBuilder(
      columnCount: columns.count, budget: transcoder.isIdentity ? 0 : RowBatch.defaultBudget)
    slots = .allocate(byteCount: groupRows * columns.count * ValueWriter.slotSize, alignment: 16)
  }

  deinit { slots.deallocate() }

  mutating func write(_ batch: RowBatch) throws(Failure) {
    if transcoder.isIdentity {
      try insert(batch, types: columns.map(\.type))
    } else if let batch = try transcode(batch) {
      try insert(batch, types: columns.map { $0.schema.type ?? $0.type })
    }
  }

  private mutating func transcode(_ batch: RowBatch) throws(Failure) -> RowBatch? {
    defer { withExtendedLifetime(batch) {} }
    for index in 0..<batch.rowCount {
      do {
        try transcoder.transcode(batch.row(index), into: &transcoded)
      } catch {
        let row = name(batch.row(index), types: columns.map(\.type))
        throw .badRow(message: row.message(columns[error.column].schema.name, error.value))
      }
    }
    return transcoded.take()
  }

  private mutating func insert(_ batch: RowBatch, types: [ColumnType]) throws(Failure) {
    let (group, single) = (group.pointer, single.pointer)
    // The bindings point into the batch, which may go when this returns.
    defer {
      for statement in [group, single] {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
      }
      withExtendedLifetime(batch) {}
    }
    var next = 0
    while next < batch.rowCount {
      let count = batch.rowCount - next >= groupRows ? groupRows : 1
      let statement = count == groupRows ? group : single
      for row in 0..<count { try bind(batch.row(next + row), statement, at: row * columns.count, types) }
      let status = sqlite3_step(statement)
      let inserted = Int(sqlite3_changes64(handle.database))
      guard status == SQLITE_DONE else {
        let row = batch.row(next + min(inserted, count - 1))
        throw .engine(status, row: name(row, types: types).description)
      }
      changes += inserted
      next += count
      sqlite3_reset(statement)
    }
  }

  /// Binds a row's values to the parameters behind `first`.
  @inline(__always)
  private func bind(
    _ row: UnsafeRawBufferPointer, _ statement: OpaquePointer, at first: Int, _ types: [ColumnType]
  ) throws(Failure) {
    var fields = FieldCursor(row)
    precondition(fields.fieldCount == values.count, "a row has one value a column")
    for column in values.indices {
      let position = Int32(truncatingIfNeeded: first &+ column &+ 1)
      let status: Int32
      if let field = fields.nextField() {
        do {
          let slot = slots + (first &+ column) &* ValueWriter.slotSize
          status = try values[column].bind(field, statement, position, slot: slot)
        } catch {
          throw .badRow(message: name(row, types: types).message(columns[column].schema.name, error))
        }
      } else {
        guard column != rowID else {
          let rule = BadValue("is NULL, for which SQLite would make up a number")
          throw .badRow(message: name(row, types: types).message(columns[column].schema.name, rule))
        }
        status = sqlite3_bind_null(statement, position)
      }
      guard status == SQLITE_OK else { throw .engine(status, row: name(row, types: types).description) }
    }
  }

  private func name(_ row: UnsafeRawBufferPointer, types: [ColumnType]) -> RowName {
    RowName(columns.map(\.schema), key: key, types: types, row: row)
  }
}
