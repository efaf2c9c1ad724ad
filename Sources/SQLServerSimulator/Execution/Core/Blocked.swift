/// Inside an attempt, what needs a lock that somebody else has throws this: everything that runs there has
/// one type of error. It never reaches a client.
extension SQLError {
  package static let blocked = SQLError(
    number: -1, severity: 0, state: 0, message: "blocked", effect: .information)

  package var isBlocked: Bool { number == -1 }
}

extension Attempt {
  /// The value, or the error `blocked`.
  package func value() throws(SQLError) -> Value {
    switch self {
    case .done(let value): return value
    case .blocked: throw .blocked
    }
  }
}
