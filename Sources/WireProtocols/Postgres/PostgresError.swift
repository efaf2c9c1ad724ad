import Databases
import FaultInjection

/// An injected error as PostgreSQL would report it.
struct PostgresError {
  private static let engine = Engine(rawValue: "postgres")

  let code: String
  /// It ends the session: the server says so in the severity, and hangs up.
  let isFatal: Bool
  private let message: String

  init(_ error: InjectedError, at operation: FaultInjection.Operation) {
    let (code, facts) = error.answer(of: PostgresError.engine, at: operation)
    self.code = code
    message = facts.meaning
    // Whatever is wrong with a connection's beginning is its end.
    isFatal = facts.rollback == .connection || operation == .connect
  }

  func response(isFatal: Bool) -> [UInt8] {
    PostgresError.response(
      severity: isFatal ? "FATAL" : "ERROR", code: code, message: message,
      detail: "Injected by proofload proxy; nothing is wrong with the server.")
  }

  static func response(severity: String, code: String, message: String, detail: String? = nil) -> [UInt8] {
    var body: [UInt8] = []
    for (field, text) in [("S", severity), ("V", severity), ("C", code), ("M", message), ("D", detail)] {
      guard let text else { continue }
      body += Array(field.utf8) + PostgresMessage.terminated(text)
    }
    return PostgresMessage.make("E", body + [0])
  }
}
