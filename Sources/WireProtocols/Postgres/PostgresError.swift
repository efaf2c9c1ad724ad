import FaultInjection

/// An injected error as PostgreSQL would report it.
struct PostgresError {
  let code: String
  let message: String

  init(_ error: InjectedError) {
    switch error {
    case .kind(let kind): (code, message) = PostgresError.known(kind)
    case .code(let code):
      self.code = code
      message = "an error with SQLSTATE \(code)"
    }
  }

  /// Ends the session: the server says so in the severity, and hangs up.
  var isFatal: Bool {
    ["57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "53300", "3D000"].contains(code)
      || code.hasPrefix("28") || code.hasPrefix("08")
  }

  func response(isFatal: Bool) -> [UInt8] {
    PostgresError.response(
      severity: isFatal ? "FATAL" : "ERROR", code: code, message: message,
      detail: "Injected by proofload proxy; nothing is wrong with the server.")
  }

  static func response(severity: String, code: String, message: String, detail: String? = nil) -> [UInt8] {
    var fields = [("S", severity), ("V", severity), ("C", code), ("M", message)]
    if let detail { fields.append(("D", detail)) }
    let body = fields.flatMap { Array($0.0.utf8) + PostgresMessage.terminated($0.1) } + [0]
    return PostgresMessage.make("E", body)
  }

  private static func known(_ kind: ErrorKind) -> (code: String, message: String) {
    switch kind {
    case .deadlock: ("40P01", "deadlock detected: this transaction is the victim")
    case .serialization: ("40001", "the transaction conflicts with a concurrent one")
    case .lockTimeout: ("55P03", "a lock did not come free in time")
    case .shutdown: ("57P01", "the server is shutting down and ends this connection")
    case .readOnly: ("25006", "a read-only transaction cannot write")
    case .throttled: ("53400", "a configured limit is reached; ask for less")
    case .tooManyConnections: ("53300", "too many clients are connected already")
    case .diskFull: ("53100", "there is no space left on the server's disk")
    case .outOfMemory: ("53200", "the server is out of memory")
    case .timeout: ("57014", "the statement took longer than its timeout and was cancelled")
    case .internalError: ("XX000", "an internal error of the server")
    }
  }
}
