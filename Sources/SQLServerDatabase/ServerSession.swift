import CFreeTDS
import Databases
import Foundation
import Glibc

/// One connection of db-lib, with its errors made into ours. Its owner calls it from one thread at a time.
final class ServerSession {
  let endpointName: String
  let events: LibraryEvents
  private let secret: String
  /// Nil once it is closed.
  private(set) var process: OpaquePointer?
  private var identityTable: String?

  init(adopting process: OpaquePointer, events: LibraryEvents, endpointName: String, secret: String) {
    self.process = process
    self.events = events
    self.endpointName = endpointName
    self.secret = secret
    dbsetuserdata(process, Unmanaged.passUnretained(events).toOpaque().assumingMemoryBound(to: BYTE.self))
    events.watch(process)
    // FreeTDS lets children inherit its sockets: a child of ours would keep the session, and its locks, alive.
    _ = fcntl(dbiordesc(process), F_SETFD, FD_CLOEXEC)
  }

  deinit { close() }

  func close() {
    if let process { dbclose(process) }
    process = nil
  }

  /// Only a failed call shows that a connection is dead; a severe error ends it before db-lib notices.
  var isLost: Bool {
    guard let process else { return true }
    return dbdead(process) != 0 || events.endsSession
  }

  func place(_ operation: String, _ table: TableName? = nil) -> ErrorPlace {
    ErrorPlace(endpoint: endpointName, operation: operation, table: table?.description)
  }

  // MARK: Statements

  /// Runs a batch to its end.
  @discardableResult
  func run(
    _ sql: String, operation: String, table: TableName? = nil
  ) throws(DatabaseError) -> SQLResult {
    try run(sql, at: place(operation, table))
  }

  @discardableResult
  func run(_ sql: String, at place: ErrorPlace) throws(DatabaseError) -> SQLResult {
    try send(sql, at: place)
    var result = SQLResult()
    while try nextResult(at: place) {
      let columns = dbnumcols(process)
      if columns > 0 {
        while try nextRow(at: place) { result.rows.append((1...columns).map(value)) }
      } else if dbiscount(process) != 0 {
        result.changes = Int(dbcount(process))
      }
    }
    return result
  }

  /// Sends a batch, and waits for the first of its answers.
  func send(_ sql: String, at place: ErrorPlace) throws(DatabaseError) {
    guard !sql.utf8.contains(0) else {
      throw DatabaseError(
        engine: SQLServerDialect.engine, errorClass: .badRow,
        message: "a name or value holds a NUL, which would end the statement", place: place)
    }
    try requireOpen(at: place)
    abandon()
    events.begin()
    dbfreebuf(process)
    guard dbcmd(process, sql) == SUCCEED, dbsqlexec(process) == SUCCEED else { throw failure(at: place) }
  }

  /// Lets identities of a table be written as they are. A session does so for one table at a time, also after its
  /// transaction has ended; FreeTDS would say so too late, and never take it back.
  func insertIdentities(of quotedTable: String, at place: ErrorPlace) throws(DatabaseError) {
    try run("SET IDENTITY_INSERT \(quotedTable) ON", at: place)
    identityTable = quotedTable
  }

  func endInsertingIdentities(at place: ErrorPlace) throws(DatabaseError) {
    guard let table = identityTable else { return }
    try run("SET IDENTITY_INSERT \(table) OFF", at: place)
    identityTable = nil
  }

  /// Begins the next result of the batch; false at its end, which is certain: the server said that the batch is
  /// done, and no error among its messages.
  func nextResult(at place: ErrorPlace) throws(DatabaseError) -> Bool {
    switch dbresults(process) {
    case SUCCEED: return true
    case NO_MORE_RESULTS where !events.hasError && !isLost: return false
    default: throw failure(at: place)
    }
  }

  /// Reads the next row; false at the end of the result. An error behind rows looks like their end to db-lib, and
  /// only its handler knows.
  @inline(__always)
  func nextRow(at place: ErrorPlace) throws(DatabaseError) -> Bool {
    let status = dbnextrow(process)
    if status == REG_ROW { return true }
    guard status == NO_MORE_ROWS, !events.hasError else { throw failure(at: place) }
    return false
  }

  /// A value of the current row of a small statement.
  private func value(_ column: Int32) -> SQLValue {
    guard let data = dbdata(process, column) else { return .null }
    let bytes = UnsafeRawBufferPointer(start: data, count: Int(dbdatlen(process, column)))
    switch Int(dbcoltype(process, column)) {
    case Int(SYBINT1), Int(SYBBIT): return .integer(Int64(bytes.loadUnaligned(as: UInt8.self)))
    case Int(SYBINT2): return .integer(Int64(bytes.loadUnaligned(as: Int16.self)))
    case Int(SYBINT4): return .integer(Int64(bytes.loadUnaligned(as: Int32.self)))
    case Int(SYBINT8): return .integer(bytes.loadUnaligned(as: Int64.self))
    // Of other types the statements here select none.
    default: return .text(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// The bytes of a value of the current row; none for NULL.
  func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    guard let data = dbdata(process, column) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: data, count: Int(dbdatlen(process, column)))
  }

  /// Ends whatever is running, and throws its data and its errors away.
  func abandon() {
    guard let process, dbdead(process) == 0 else { return }
    _ = dbcancel(process)
  }

  func requireOpen(at place: ErrorPlace) throws(DatabaseError) {
    if events.interrupter.wasAsked { throw cancelled(at: place) }
    guard !isLost else {
      throw DatabaseError(
        engine: SQLServerDialect.engine, errorClass: .connectionLost, message: "the connection was lost",
        place: place)
    }
  }

  // MARK: Errors

  private func cancelled(at place: ErrorPlace) -> DatabaseError {
    DatabaseError(
      engine: SQLServerDialect.engine, errorClass: .cancelled, message: "cancelled", place: place)
  }

  /// The error of the call that has just failed. Leaves the connection ready for the next statement, if it lives.
  func failure(at place: ErrorPlace) -> DatabaseError {
    let error = describeFailure(at: place)
    abandon()
    return error
  }

  func describeFailure(at place: ErrorPlace) -> DatabaseError {
    var error = unredactedFailure(at: place)
    error.message = redacted(error.message)
    return error
  }

  private func unredactedFailure(at place: ErrorPlace) -> DatabaseError {
    if events.interrupter.wasAsked { return cancelled(at: place) }
    if let text = events.error {
      var error = DatabaseError(
        engine: SQLServerDialect.engine, code: String(text.number), message: text.safeText, place: place)
      // Whatever the number is, nothing more comes from this connection.
      if isLost, error.errorClass == .permanent { error.errorClass = .connectionLost }
      return error
    }
    if events.ranOutOfTime {
      return DatabaseError(
        engine: SQLServerDialect.engine, code: "-2", message: "the server was silent for too long",
        place: place)
    }
    // A statement can fail with no more than a piece of information.
    let complaint = events.complaints.first?.text ?? events.messages.last?.safeText
    guard isLost else {
      return DatabaseError(
        engine: SQLServerDialect.engine, errorClass: .permanent,
        message: complaint ?? "the server ended the statement without a reason", place: place)
    }
    return DatabaseError(
      engine: SQLServerDialect.engine, errorClass: .connectionLost,
      message: complaint.map { "the connection was lost: \($0)" } ?? "the connection was lost", place: place)
  }

  private func redacted(_ text: String) -> String {
    secret.count > 2 ? text.replacingOccurrences(of: secret, with: "***") : text
  }
}
