import CFreeTDS
import Databases

/// Connects, and makes sessions alike on every server.
struct SessionOpener {
  let url: SQLServerURL

  private var place: ErrorPlace { ErrorPlace(endpoint: url.name, operation: "connect") }

  func open() throws(DatabaseError) -> ServerSession {
    guard LibraryEvents.isLibraryReady else { throw failure(.permanent, "db-lib does not start") }
    let section: String
    do throws(LibraryConfiguration.Unavailable) {
      section = try LibraryConfiguration.section(url)
    } catch {
      throw failure(.permanent, error.reason)
    }
    guard let login = dblogin() else { throw failure(.permanent, "there is no memory for a login") }
    defer { dbloginfree(login) }
    guard describe(login) else {
      throw failure(.configuration, "user, password or the database's name is too long for FreeTDS")
    }
    let events = LibraryEvents()
    // 1: as Microsoft's db-lib.
    let process = events.whileOpening { tdsdbopen(login, section, 1) }
    guard let process else { throw refusal(events) }
    let session = ServerSession(
      adopting: process, events: events, endpointName: url.name, secret: url.password)
    events.patience = url.options.timeout
    guard dbtds(process) >= SessionOpener.oldestProtocol else {
      throw failure(
        .configuration, "the server is older than SQL Server 2012, the oldest that is supported")
    }
    for statement in SessionOpener.settings(url.options) { try session.run(statement, operation: "connect") }
    return session
  }

  /// TDS 7.4: below it FreeTDS gets dates as text, and no types of more than 8000 bytes.
  private static let oldestProtocol = DBTDS_7_4

  private func describe(_ login: OpaquePointer) -> Bool {
    var isComplete = true
    func set(_ value: String, _ what: Int32) {
      if dbsetlname(login, value, what) != SUCCEED { isComplete = false }
    }
    set(url.user, DBSETUSER)
    set(url.password, DBSETPWD)
    set(url.database, DBSETDBNAME)
    set("proofload", DBSETAPP)
    set("UTF-8", DBSETCHARSET)
    _ = dbsetlbool(login, 1, DBSETBCP)
    _ = dbsetlbool(login, 1, DBSETUTF16)
    _ = dbsetlbool(login, url.options.isReadIntent ? 1 : 0, DBSETREADONLY)
    _ = dbsetllong(login, url.options.packetSize, DBSETPACKET)
    return isComplete
  }

  /// What db-lib's login leaves off, and what the login's or server's configuration may have set. Without
  /// ANSI_WARNINGS the server would cut texts and make NULL of overflows, and say nothing. The language comes before
  /// the date format, which it sets.
  static func settings(_ options: SQLServerOptions) -> [String] {
    let switches = [
      "ANSI_NULLS ON", "ANSI_NULL_DFLT_ON ON", "ANSI_PADDING ON", "ANSI_WARNINGS ON", "ARITHABORT ON",
      "CONCAT_NULL_YIELDS_NULL ON", "QUOTED_IDENTIFIER ON", "NUMERIC_ROUNDABORT OFF",
      "CURSOR_CLOSE_ON_COMMIT OFF", "IMPLICIT_TRANSACTIONS OFF", "NOCOUNT OFF", "ROWCOUNT 0",
      "TEXTSIZE 2147483647", "LANGUAGE us_english", "DATEFORMAT ymd", "DATEFIRST 7",
      // An error ends its transaction, also one that the server would go on after.
      "XACT_ABORT ON", "LOCK_TIMEOUT \(options.lockTimeout * 1000)",
      "TRANSACTION ISOLATION LEVEL READ COMMITTED",
    ]
    return [switches.map { "SET \($0)" }.joined(separator: "; ")]
  }

  // MARK: Refusals

  private func refusal(_ events: LibraryEvents) -> DatabaseError {
    let secret = url.password
    func redacted(_ text: String) -> String {
      secret.count > 2 ? text.replacing(secret, with: "***") : text
    }
    if let text = events.error {
      var error = DatabaseError(
        engine: SQLServerDialect.engine, code: String(text.number), message: redacted(text.safeText),
        place: place)
      if error.errorClass == .permanent { error.errorClass = .configuration }
      return error
    }
    // What failed comes first, that it failed last.
    let complaint = events.complaints.first
    let message = complaint.map { redacted($0.text) } ?? "the connection failed"
    switch complaint?.number {
    case SYBECONN, SYBESOCK, SYBETIME, SYBESEOF, SYBEREAD, SYBEWRIT:
      return failure(
        .connectionLost, message,
        remedy: "Check host and port in the URL, and that the server runs and accepts connections.")
    case SYBEUHST:
      return failure(.configuration, message, remedy: "Check the host in the URL.")
    default:
      return failure(
        .connectionLost, message,
        remedy: url.options.encryption == .off
          ? "Check host and port in the URL, and whether the server insists on encryption."
          : "Check host and port in the URL. If the server has no encryption, say encryption=off; if its certificate is not accepted, look at ca= and check-host=."
      )
    }
  }

  private func failure(
    _ errorClass: ErrorClass, _ message: String, remedy: String? = nil
  ) -> DatabaseError {
    DatabaseError(
      engine: SQLServerDialect.engine, errorClass: errorClass, message: message, remedy: remedy, place: place)
  }
}
