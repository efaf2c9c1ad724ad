import CPostgres
import Databases
import Glibc

/// Connects, in a way that keeps the SQLSTATE of a refusal: `PQconnectdb` has only translated text.
struct SessionOpener {
  let url: PostgresURL
  let access: Access

  private var place: ErrorPlace { ErrorPlace(endpoint: url.name, operation: "connect") }

  func open() throws(DatabaseError) -> ServerSession {
    let notices = NoticeCollector()
    guard let handle = connected(notices) else {
      throw failure(.permanent, "there is no memory for a connection")
    }
    guard PQstatus(handle) == CONNECTION_OK else {
      defer { PQfinish(handle) }
      throw refusal(handle)
    }
    let session = ServerSession(
      adopting: handle, notices: notices, endpointName: url.name, secret: url.password)
    guard session.serverVersion >= 120000 else {
      throw failure(.configuration, "the server is older than PostgreSQL 12, the oldest that is supported")
    }
    guard session.serverEncoding != "SQL_ASCII" else {
      throw failure(
        .configuration, "the database's encoding is SQL_ASCII: nobody knows what the bytes of its text mean",
        remedy:
          "Move the database to UTF8 with pg_dump, pg_restore and a database created WITH ENCODING 'UTF8'.")
    }
    try session.run(settings(session.serverVersion), operation: "connect")
    _ = session.takeNotices()
    return session
  }

  // MARK: Parameters

  private var parameters: [PostgresURL.Parameter] {
    var parameters = url.parameters
    func set(_ keyword: String, _ value: String) {
      parameters.removeAll { $0.keyword == keyword }
      parameters.append(.init(keyword: keyword, value: value))
    }
    func setDefault(_ keyword: String, _ value: String) {
      if !parameters.contains(where: { $0.keyword == keyword }) { set(keyword, value) }
    }
    if let password = url.password { set("password", password) }
    set("client_encoding", "UTF8")
    setDefault("application_name", "proofload")
    setDefault("connect_timeout", "10")
    // A peer that vanished is noticed within a minute or so, not after the system's two hours.
    setDefault("keepalives_idle", "30")
    setDefault("keepalives_interval", "10")
    setDefault("keepalives_count", "3")
    setDefault("tcp_user_timeout", "60000")
    return parameters
  }

  /// What makes sessions alike on every server, whatever its configuration and the role's settings are.
  private func settings(_ version: Int) -> String {
    var settings = [
      // Every name is qualified; nothing that a user created can come between.
      "search_path = pg_catalog, pg_temp",
      "datestyle = 'ISO, YMD'", "intervalstyle = postgres", "timezone = 'UTC'", "bytea_output = hex",
      "standard_conforming_strings = on", "xmloption = content", "quote_all_identifiers = off",
      "client_min_messages = warning",
      "statement_timeout = 0", "idle_in_transaction_session_timeout = 0", "lock_timeout = '10s'",
      // A policy that hides rows is to be an error, not a smaller table.
      "row_security = off",
    ]
    if version >= 140000 { settings.append("idle_session_timeout = 0") }
    if version >= 170000 { settings.append("transaction_timeout = 0") }
    if access == .read { settings.append("default_transaction_read_only = on") }
    return settings.map { "SET \($0)" }.joined(separator: "; ")
  }

  // MARK: Connecting

  private func connected(_ notices: NoticeCollector) -> OpaquePointer? {
    let parameters = parameters
    let strings = parameters.flatMap { [strdup($0.keyword), strdup($0.value)] }
    defer { for string in strings { free(string) } }
    var keywords: [UnsafePointer<CChar>?] = []
    var values: [UnsafePointer<CChar>?] = []
    for index in parameters.indices {
      keywords.append(UnsafePointer(strings[2 * index]))
      values.append(UnsafePointer(strings[2 * index + 1]))
    }
    keywords.append(nil)
    values.append(nil)
    guard let handle = PQconnectStartParams(keywords, values, 0) else { return nil }
    notices.listen(to: handle)
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    let timeout = parameters.first { $0.keyword == "connect_timeout" }.flatMap { Int($0.value) } ?? 10
    if finish(handle, seconds: timeout) { return handle }
    // Only the blocking call goes on to the next host after a silent one.
    PQfinish(handle)
    let blocking = PQconnectdbParams(keywords, values, 0)
    if let blocking { notices.listen(to: blocking) }
    return blocking
  }

  /// Returns false if a host kept silent for longer than the timeout; 0 waits for ever, as in libpq.
  private func finish(_ handle: OpaquePointer, seconds: Int) -> Bool {
    var wanted = PGRES_POLLING_WRITING
    while PQstatus(handle) != CONNECTION_BAD {
      let events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT
      var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
      let ready = poll(&descriptor, 1, seconds > 0 ? Int32(clamping: seconds * 1000) : -1)
      if ready == 0 { return false }
      if ready < 0 && errno != EINTR { return true }
      if ready < 0 { continue }
      wanted = PQconnectPoll(handle)
      if wanted == PGRES_POLLING_OK || wanted == PGRES_POLLING_FAILED { return true }
    }
    return true
  }

  // MARK: Refusals

  private func refusal(_ handle: OpaquePointer) -> DatabaseError {
    let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
    let message = Refusal(text)
    if PQconnectionNeedsPassword(handle) != 0 {
      return failure(
        .configuration, "the server asks for a password", remedy: ErrorClassification.facts("28P01").remedy)
    }
    guard let sqlState = message.sqlState else { return unexplained(message.text, text) }
    var error = DatabaseError(
      engine: PostgresDialect.engine, code: sqlState, message: redacted(message.text, url.password),
      place: place)
    if error.errorClass == .permanent { error.errorClass = .configuration }
    return error
  }

  /// A server that did not answer, or one with which libpq could not agree how to talk: only words tell them apart.
  private func unexplained(_ message: String, _ text: String) -> DatabaseError {
    let isSecurity = ["SSL was required", "does not support SSL", "certificate", "GSS"]
      .contains(where: text.contains)
    guard isSecurity else {
      return failure(
        .connectionLost, message,
        remedy: "Check host and port in the URL, and that the server runs and accepts connections.")
    }
    var error = failure(.configuration, message, remedy: "Check sslmode and the certificates in the URL.")
    error.isClassifiedByText = true
    return error
  }

  private func failure(
    _ errorClass: ErrorClass, _ message: String, remedy: String? = nil
  ) -> DatabaseError {
    DatabaseError(
      engine: PostgresDialect.engine, errorClass: errorClass,
      message: redacted(message, url.password), remedy: remedy, place: place)
  }
}

/// A refused connection, from libpq's verbose text: `...: FATAL:  28P01: password authentication failed`.
struct Refusal {
  var sqlState: String?
  var text: String

  init(_ message: String) {
    let lines = message.split(separator: "\n")
    // With several addresses each has its line; the last one that the server itself wrote counts most.
    for line in lines.reversed() {
      guard let match = line.firstMatch(of: #/:  ([0-9A-Z]{5}): (.*)$/#) else { continue }
      sqlState = String(match.1)
      text = String(match.2)
      return
    }
    text = lines.first.map(String.init) ?? "the connection failed"
  }
}
