import CFreeTDS
import Databases
import Rows
import TDS

/// db-lib's bulk load of one table. A class, because what it has begun must be ended however it is let go.
///
/// The traps that it avoids are in docs/design.md: no value is converted or cut by db-lib, an empty text is
/// told from NULL, and one hint is all that can be given.
final class BulkLoad {
  struct Column {
    /// Position in the table, from 1.
    var number: Int32
    var writer: ValueWriter
  }

  /// A word that follows WITH.
  enum Hint: String {
    case keepNulls = "KEEP_NULLS"
    case tableLock = "TABLOCK"
  }

  private let session: ServerSession
  private let place: ErrorPlace
  private let columns: [Column]
  private let slots: UnsafeMutableRawPointer
  private var scratch = TDSWriter(capacity: 1 << 16)
  /// For each column where its value is in the scratch buffer; -1 for NULL.
  private var starts: [Int]
  private var counts: [Int]
  /// What db-lib was last told of each column's length.
  private var lengths: [Int32]
  private var isOpen = true
  /// INSERT BULK goes out with the first row. db-lib fails to end what has not begun.
  private var hasBegun = false
  /// Rows that the server says it took.
  private var taken = 0
  private var bytesInBatch = 0

  /// Bytes of one INSERT BULK. Wide rows make batches of few rows: larger ones gain nothing, and errors show late.
  private static let batchBytes = 4 << 20

  private init(_ columns: [Column], _ session: ServerSession, _ place: ErrorPlace) {
    self.columns = columns
    self.session = session
    self.place = place
    slots = .allocate(byteCount: columns.count * ValueWriter.slotSize, alignment: 16)
    slots.initializeMemory(as: UInt8.self, repeating: 0, count: columns.count * ValueWriter.slotSize)
    starts = Array(repeating: 0, count: columns.count)
    counts = starts
    lengths = Array(repeating: .min, count: columns.count)
  }

  deinit {
    end()
    slots.deallocate()
  }

  static func open(
    _ quotedTable: String, _ columns: [Column], keepsIdentity: Bool, _ hint: Hint?, _ session: ServerSession,
    at place: ErrorPlace
  ) throws(DatabaseError) -> BulkLoad {
    try session.requireOpen(at: place)
    session.abandon()
    session.events.begin()
    guard bcp_init(session.process, quotedTable, nil, nil, DB_IN) == SUCCEED else {
      throw session.failure(at: place)
    }
    let load = BulkLoad(columns, session, place)
    try load.bind()
    if keepsIdentity, bcp_control(session.process, BCPKEEPIDENTITY, 1) != SUCCEED { throw load.failure() }
    if let hint {
      var word = Array(hint.rawValue.utf8)
      let count = Int32(word.count)
      guard bcp_options(session.process, BCPHINTS, &word, count) == SUCCEED else { throw load.failure() }
    }
    return load
  }

  private func slot(_ index: Int) -> UnsafeMutableRawPointer { slots + index &* ValueWriter.slotSize }

  private func bind() throws(DatabaseError) {
    for (index, column) in columns.enumerated() { try bind(index, column.writer.hostType) }
  }

  private func bind(_ index: Int, _ type: Int32) throws(DatabaseError) {
    let isFixed = columns[index].writer.size != nil && ![SYBDECIMAL.number, SYBNUMERIC.number].contains(type)
    let length = isFixed ? -1 : Int32(columns[index].writer.size ?? 1)
    let bound = bcp_bind(
      session.process, slot(index).assumingMemoryBound(to: BYTE.self), 0, length, nil, 0, type,
      columns[index].number)
    guard bound == SUCCEED else { throw failure() }
  }

  // MARK: Rows

  /// Where a row could not be sent.
  enum Failure: Error {
    case server(DatabaseError)
    case value(column: Int, BadValue)
  }

  func send(_ row: UnsafeRawBufferPointer) throws(Failure) {
    var fields = FieldCursor(row)
    scratch.removeAll()
    for index in columns.indices {
      guard let field = fields.nextField() else {
        counts[index] = -1
        continue
      }
      do throws(BadValue) {
        if columns[index].writer.size != nil {
          try columns[index].writer.store(field, slot(index))
          counts[index] = 1
        } else {
          starts[index] = scratch.count
          try columns[index].writer.append(field, to: &scratch)
          counts[index] = scratch.count - starts[index]
        }
      } catch {
        throw .value(column: index, error)
      }
    }
    do throws(DatabaseError) {
      // Only now the scratch buffer stays where it is.
      try scratch.withBytes { bytes throws(DatabaseError) in try sendBound(bytes) }
      bytesInBatch += row.count
      if bytesInBatch >= BulkLoad.batchBytes { try endBatch() }
    } catch {
      throw .server(error)
    }
  }

  private func sendBound(_ scratch: UnsafeRawBufferPointer) throws(DatabaseError) {
    let process = session.process
    for index in columns.indices {
      let (writer, count) = (columns[index].writer, counts[index])
      // 0 is NULL, -1 "as long as its type", and for a text "up to the NUL behind it".
      var length: Int32 = 0
      if let size = writer.size {
        if count >= 0 { length = isCounted(writer) ? Int32(size) : -1 }
      } else if count > 0 {
        length = Int32(truncatingIfNeeded: count)
        let start = scratch.baseAddress! + starts[index]
        let pointer = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: BYTE.self))
        guard bcp_colptr(process, pointer, columns[index].number) == SUCCEED else { throw failure() }
      } else if count == 0 {
        length = -1
        let empty = slot(index).assumingMemoryBound(to: BYTE.self)
        guard bcp_colptr(process, empty, columns[index].number) == SUCCEED else { throw failure() }
      }
      if length == lengths[index] { continue }
      if writer.isBinary, (length == -1) != (lengths[index] == -1) {
        // db-lib measures texts only. An empty text is no digits, and so no bytes.
        try bindBinary(index, isEmpty: length == -1, scratch)
      }
      guard bcp_collen(process, length, columns[index].number) == SUCCEED else { throw failure() }
      lengths[index] = length
    }
    hasBegun = true
    guard bcp_sendrow(process) == SUCCEED else { throw failure() }
  }

  private func isCounted(_ writer: ValueWriter) -> Bool {
    writer.hostType == SYBDECIMAL.number || writer.hostType == SYBNUMERIC.number
  }

  private func bindBinary(
    _ index: Int, isEmpty: Bool, _ scratch: UnsafeRawBufferPointer
  ) throws(DatabaseError) {
    try bind(index, isEmpty ? SYBCHAR.number : SYBBINARY.number)
    guard !isEmpty, counts[index] > 0 else { return }
    let start = scratch.baseAddress! + starts[index]
    let pointer = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: BYTE.self))
    guard bcp_colptr(session.process, pointer, columns[index].number) == SUCCEED else { throw failure() }
  }

  // MARK: Ends

  private func endBatch() throws(DatabaseError) {
    if session.events.interrupter.wasAsked { throw failure() }
    let count = bcp_batch(session.process)
    guard count >= 0, !session.events.hasError else { throw failure() }
    taken += Int(count)
    bytesInBatch = 0
  }

  /// Returns the number of rows that the server says it took.
  func finish() throws(DatabaseError) -> Int {
    isOpen = false
    guard hasBegun else { return 0 }
    let count = bcp_done(session.process)
    guard count >= 0, !session.events.hasError, !session.isLost else { throw session.failure(at: place) }
    return taken + Int(count)
  }

  /// Ends the stream, without which the connection is of no use; whoever rolls back takes back its rows.
  private func end() {
    guard isOpen else { return }
    isOpen = false
    if hasBegun, session.process != nil, !session.isLost { _ = bcp_done(session.process) }
  }

  private func failure() -> DatabaseError {
    // Before the stream's end brings errors of its own.
    let error = session.describeFailure(at: place)
    end()
    return error
  }
}
