import Databases
import FaultInjection
import TDS

/// An injected error as SQL Server would report it.
struct TDSError {
  private static let engine = Engine(rawValue: "sqlserver")

  /// What the session knows that errors tell.
  struct Place {
    var database = "master"
    var user = ""
    var session: UInt16 = 0
    var table: String?
  }

  /// What of the transaction the server takes back.
  enum Undo {
    case everything
    /// The statement; more if XACT_ABORT is on.
    case asSessionWants
  }

  let message: ServerMessage
  /// The server hangs up after it.
  let isFatal: Bool
  let undo: Undo

  init(_ error: InjectedError, at operation: FaultInjection.Operation, _ place: Place) {
    let (code, facts) = error.answer(of: TDSError.engine, at: operation)
    // A SQLSTATE is no number of this server: 50000 is what users raise.
    let number = Int32(code) ?? 50_000
    let grade = ErrorGrade.of(number)
    let known = TDSError.text(number, place)
    let text = Int32(code) == nil ? "\(code): an error of another engine's" : facts.meaning
    message = ServerMessage(
      number: number, severity: grade.severity, state: grade.state, text: known ?? TDSError.sentence(text),
      server: TDSError.speaker)
    // Whatever is wrong with a connection's beginning is its end.
    isFatal = facts.rollback == .connection || operation == .connect || message.endsSession
    let undoesAll =
      facts.rollback == .transaction || TDSError.endingBatch.contains(number) || operation == .commit
    undo = undoesAll ? .everything : .asSessionWants
  }

  /// In the place of the server's name: whoever shows it tells the two apart.
  static let speaker = "proofload proxy"

  /// The proxy's own reason why the connection cannot go on.
  init(reason: String) {
    message = ServerMessage(
      number: 50_000, severity: 20, state: 1, text: "proofload proxy: \(reason)", server: TDSError.speaker)
    isFatal = true
    undo = .everything
  }

  /// Conversions that fail, after which the server keeps no transaction.
  private static let endingBatch: Set<Int32> = [241, 242, 245, 8114]

  private static func sentence(_ text: String) -> String {
    (text.first?.uppercased() ?? "") + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
  }

  /// The reply's last tokens: the error, what it changed, and the end.
  func tokens(_ version: TDSVersion, changes: [UInt8] = [], kind: Done.Kind = .statement) -> [UInt8] {
    var writer = TDSWriter(version: version, capacity: 512)
    writer.message(message)
    writer.bytes(changes)
    writer.done(Done(kind, .error))
    return writer.bytes
  }

  // MARK: Texts

  /// The server's own words, with the names in them that are known here.
  private static func text(_ number: Int32, _ place: Place) -> String? {
    transactionText(number, place) ?? resourceText(number, place) ?? sessionText(number, place)
  }

  private static func transactionText(_ number: Int32, _ place: Place) -> String? {
    switch number {
    case 1205:
      "Transaction (Process ID \(place.session)) was deadlocked on lock resources with another process and has been "
        + "chosen as the deadlock victim. Rerun the transaction."
    case 3960:
      "Snapshot isolation transaction aborted due to update conflict. You cannot use snapshot isolation to access "
        + "table '\(place.table ?? "unknown")' directly or indirectly in database '\(place.database)' to update, "
        + "delete, or insert the row that has been modified or deleted by another transaction. Retry the transaction "
        + "or change the isolation level for the update/delete statement."
    case 1222: "Lock request time out period exceeded."
    case 3906: "Failed to update database \"\(place.database)\" because the database is read-only."
    case 3930:
      "The current transaction cannot be committed and cannot support operations that write to the log file. "
        + "Roll back the transaction."
    case -2:
      "Execution Timeout Expired.  The timeout period elapsed prior to completion of the operation or the server is "
        + "not responding."
    default: nil
    }
  }

  private static func resourceText(_ number: Int32, _ place: Place) -> String? {
    switch number {
    case 701: "There is insufficient system memory in resource pool 'default' to run this query."
    case 1105:
      "Could not allocate space for object '\(place.table ?? "unknown")' in database '\(place.database)' because the "
        + "'PRIMARY' filegroup is full. Create disk space by deleting unneeded files, dropping objects in the "
        + "filegroup, adding additional files to the filegroup, or setting autogrowth on for existing files in the "
        + "filegroup."
    case 9002: "The transaction log for database '\(place.database)' is full due to 'ACTIVE_TRANSACTION'."
    case 10928:
      "Resource ID: 1. The request limit for the database is 100 and has been reached. See "
        + "'http://go.microsoft.com/fwlink/?LinkId=267637' for assistance."
    case 40197:
      "The service has encountered an error processing your request. Please try again. Error code 40143."
    case 40501:
      "The service is currently busy. Retry the request after 10 seconds. "
        + "Incident ID: 00000000-0000-0000-0000-000000000000. Code: 0."
    case 40613:
      "Database '\(place.database)' on server 'proofload' is not currently available. Please retry the connection "
        + "later. If the problem persists, contact customer support, and provide them the session tracing ID of '0'."
    case 17066:
      "SQL Server Assertion: File: <proofload>, line=1 Failed Assertion = 'injected'. This error may be "
        + "timing-related."
    default: nil
    }
  }

  private static func sessionText(_ number: Int32, _ place: Place) -> String? {
    switch number {
    case 596: "Cannot continue the execution because the session is in the kill state."
    case 4060: "Cannot open database \"\(place.database)\" requested by the login. The login failed."
    case 6005: "SHUTDOWN is in progress."
    case 18_456: "Login failed for user '\(place.user)'."
    default: nil
    }
  }
}
