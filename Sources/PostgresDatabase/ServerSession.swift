import CPostgres
import Databases
import Glibc

/// One libpq connection, with its errors made into ours. Its owner calls it from one thread at a time.
final class ServerSession {
  let endpointName: String
  let interrupter: PostgresInterrupter
  let dialect: PostgresDialect
  private let notices: NoticeCollector
  private let secret: String?
  /// What is known of the tables that a snapshot shows; nil outside of one.
  var shapesOfSnapshot: [TableName: TableShape]?
  private var handle: OpaquePointer?

  init(adopting handle: OpaquePointer, notices: NoticeCollector, endpointName: String, secret: String?) {
    self.handle = handle
    self.notices = notices
    self.endpointName = endpointName
    self.secret = secret
    interrupter = PostgresInterrupter(connection: handle)
    dialect = PostgresDialect(isUTF8: ServerSession.encoding(handle) == "UTF8")
  }

  private static func encoding(_ handle: OpaquePointer?) -> String? {
    PQparameterStatus(handle, "server_encoding").map { String(cString: $0) }
  }
  /// As the server names it.
  var serverEncoding: String? { ServerSession.encoding(handle) }

  deinit { close() }

  func close() {
    interrupter.close()
    PQfinish(handle)
    handle = nil
  }

  var isInTransaction: Bool {
    let status = PQtransactionStatus(handle)
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
  }
  var isLost: Bool { PQstatus(handle) != CONNECTION_OK }
  var serverVersion: Int { Int(PQserverVersion(handle)) }

  /// Warnings and notices since the last call.
  func takeNotices() -> [String] { notices.take() }

  // MARK: Statements

  /// Runs a statement to its end; without parameters, several that semicolons separate.
  @discardableResult
  func run(
    _ sql: String, _ parameters: [SQLValue] = [], operation: String, table: TableName? = nil
  ) throws(DatabaseError) -> ResultSet {
    let place = place(operation, table)
    let result = try send(sql, parameters, at: place)
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return ResultSet(adopting: result)
    default: throw failure(consuming: result, at: place)
    }
  }

  /// Starts a COPY; `expected` is its direction.
  func startCopy(_ sql: String, expecting expected: ExecStatusType, at place: ErrorPlace)
    throws(DatabaseError)
  {
    let result = try send(sql, [], at: place)
    guard PQresultStatus(result) == expected else { throw failure(consuming: result, at: place) }
    PQclear(result)
  }

  /// Sends statements, and does not wait for their end: `finishStatements` does.
  func startStatements(_ sql: String, operation: String) throws(DatabaseError) {
    guard PQsendQuery(handle, sql) == 1 else { throw connectionFailure(at: place(operation)) }
  }

  func finishStatements(operation: String) throws(DatabaseError) {
    while let result = PQgetResult(handle) {
      guard PQresultStatus(result) == PGRES_FATAL_ERROR else {
        PQclear(result)
        continue
      }
      let error = failure(consuming: result, at: place(operation))
      drain()
      throw error
    }
  }

  private func send(
    _ sql: String, _ parameters: [SQLValue], at place: ErrorPlace
  ) throws(DatabaseError) -> OpaquePointer {
    try requireNoNUL(sql, at: place)
    var values: [UnsafeMutablePointer<CChar>?] = []
    defer { for value in values { free(value) } }
    for parameter in parameters {
      switch parameter {
      case .null: values.append(nil)
      case .integer(let value): values.append(strdup(String(value)))
      case .text(let value):
        try requireNoNUL(value, at: place)
        values.append(strdup(value))
      }
    }
    let result =
      parameters.isEmpty
      ? PQexec(handle, sql)
      : PQexecParams(handle, sql, Int32(values.count), nil, values.map { UnsafePointer($0) }, nil, nil, 0)
    guard let result else { throw connectionFailure(at: place) }
    return result
  }

  /// libpq would end the text at the NUL.
  private func requireNoNUL(_ text: String, at place: ErrorPlace) throws(DatabaseError) {
    guard !text.utf8.contains(0) else {
      throw DatabaseError(
        engine: PostgresDialect.engine, errorClass: .badRow,
        message: "a name or value holds a NUL, which PostgreSQL's text cannot", place: place)
    }
  }

  // MARK: COPY

  /// What `nextCopyData` found. The bytes belong to the caller, who frees them with `PQfreemem`.
  enum CopyData {
    case data(UnsafeMutableRawBufferPointer)
    case end(rows: Int)
  }

  func nextCopyData(at place: ErrorPlace) throws(DatabaseError) -> CopyData {
    var buffer: UnsafeMutablePointer<CChar>?
    let length = PQgetCopyData(handle, &buffer, 0)
    if length > 0, let buffer {
      return .data(UnsafeMutableRawBufferPointer(start: buffer, count: Int(length)))
    }
    if length == -1 { return .end(rows: try finishCommand(at: place)) }
    // The server's own words, where it has some, come with the result.
    _ = try finishCommand(at: place)
    throw connectionFailure(at: place)
  }

  /// The result of the command that was copying: success or an error, and then nothing more.
  private func finishCommand(at place: ErrorPlace) throws(DatabaseError) -> Int {
    guard let result = PQgetResult(handle) else { throw connectionFailure(at: place) }
    guard PQresultStatus(result) == PGRES_COMMAND_OK else {
      let error = failure(consuming: result, at: place)
      drain()
      throw error
    }
    drain()
    return ResultSet(adopting: result).changes
  }

  func put(_ bytes: UnsafeRawBufferPointer, at place: ErrorPlace) throws(DatabaseError) {
    // libpq copies and sends in pieces that fit its buffer; a larger one would grow that buffer for good.
    var rest = bytes
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 18))
      let sent = PQputCopyData(handle, piece.bindMemory(to: CChar.self).baseAddress, Int32(piece.count))
      guard sent == 1 else { throw copyFailure(at: place) }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
    }
  }

  /// Ends a COPY to the server, and returns the number of rows that it says it took.
  func finishPut(at place: ErrorPlace) throws(DatabaseError) -> Int {
    guard PQputCopyEnd(handle, nil) == 1 else { throw copyFailure(at: place) }
    return try finishCommand(at: place)
  }

  /// Sending failed: the server's reason may be waiting to be read.
  private func copyFailure(at place: ErrorPlace) -> DatabaseError {
    guard let result = PQgetResult(handle) else { return connectionFailure(at: place) }
    guard PQresultStatus(result) == PGRES_FATAL_ERROR else {
      PQclear(result)
      return connectionFailure(at: place)
    }
    return failure(consuming: result, at: place)
  }

  /// Ends whatever is running, and throws its data and its errors away.
  func abandonCommand() {
    guard PQtransactionStatus(handle) == PQTRANS_ACTIVE else { return }
    if PQputCopyEnd(handle, "given up") != 1 { interrupter.cancelStatement() }
    drain()
  }

  private func drain() {
    while let result = PQgetResult(handle) {
      let status = PQresultStatus(result)
      PQclear(result)
      if status == PGRES_COPY_OUT {
        var buffer: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(handle, &buffer, 0) > 0 { PQfreemem(buffer) }
      }
      if status == PGRES_COPY_IN { _ = PQputCopyEnd(handle, "given up") }
      if isLost { return }
    }
  }

  // MARK: Errors

  func place(_ operation: String, _ table: TableName? = nil) -> ErrorPlace {
    ErrorPlace(endpoint: endpointName, operation: operation, table: table?.description)
  }

  private func failure(consuming result: OpaquePointer, at place: ErrorPlace) -> DatabaseError {
    defer { PQclear(result) }
    let message = ServerMessage(result)
    if message.sqlState.isEmpty { return connectionFailure(at: place) }
    var error = DatabaseError(
      engine: PostgresDialect.engine, code: message.sqlState, message: redacted(message.safeText, secret),
      place: place)
    let errorClass = ErrorClassification.errorClass(
      message.sqlState, schema: message.schema, wasInterrupted: interrupter.wasAsked)
    // The catalog's advice is for what it takes the error for.
    if errorClass != error.errorClass { (error.errorClass, error.remedy) = (errorClass, nil) }
    if errorClass == .cancelled { interrupter.forget() }
    if error.errorClass == .permanent, isLost { error.errorClass = .connectionLost }
    error.remedy = (error.remedy ?? message.safeHint).map { redacted($0, secret) }
    return error
  }

  /// What libpq says when the connection broke, or the server said nothing.
  ///
  /// The server's last words may have come just before the end. libpq makes no result of them then, but they are in
  /// its text, which is verbose and has the SQLSTATE.
  func connectionFailure(at place: ErrorPlace) -> DatabaseError {
    let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
    if let last = ServerMessage(lastWords: text) {
      var error = DatabaseError(
        engine: PostgresDialect.engine, code: last.sqlState, message: redacted(last.safeText, secret),
        place: place)
      if isLost, error.errorClass == .permanent { error.errorClass = .connectionLost }
      return error
    }
    let message = redacted(ServerMessage(libpq: text).safeText, secret)
    guard isLost else {
      return DatabaseError(engine: PostgresDialect.engine, wordsOnly: message, place: place)
    }
    return DatabaseError(
      engine: PostgresDialect.engine, errorClass: .connectionLost, message: message, place: place)
  }
}

/// The text without the password, wherever somebody may have put it.
func redacted(_ text: String, _ secret: String?) -> String {
  guard let secret, !secret.isEmpty else { return text }
  return text.replacing(secret, with: "***")
}

/// What libpq would print to standard error. Touched only inside libpq's calls, on their thread.
final class NoticeCollector {
  private static let limit = 100
  private var texts: [String] = []

  func take() -> [String] {
    defer { texts = [] }
    return texts
  }

  fileprivate func add(_ text: String) {
    if texts.count < NoticeCollector.limit { texts.append(text) }
  }

  /// The collector has to outlive the connection.
  func listen(to connection: OpaquePointer) {
    PQsetNoticeReceiver(connection, collectNotice, Unmanaged.passUnretained(self).toOpaque())
  }
}

// A file-scope function: a closure could inherit an isolation that libpq's thread does not have.
private func collectNotice(_ context: UnsafeMutableRawPointer?, _ notice: OpaquePointer?) {
  func field(_ code: Int32) -> String { PQresultErrorField(notice, code).map { String(cString: $0) } ?? "" }
  guard let context else { return }
  let text = "\(field(proofload_pg_diag_severity)):  \(field(proofload_pg_diag_message_primary))"
  Unmanaged<NoticeCollector>.fromOpaque(context).takeUnretainedValue().add(text)
}
