/// Whether a fault strikes before a call has its effect, or after it, when only the answer is lost.
package enum Effect: String, Sendable, Hashable, CaseIterable, Codable {
  case before, after
}

/// What goes wrong, in words that every engine has a number for.
package enum ErrorKind: String, Sendable, Hashable, CaseIterable, Codable {
  case deadlock, serialization
  case lockTimeout = "lock-timeout"
  case shutdown
  case readOnly = "read-only"
  case throttled
  case tooManyConnections = "too-many-connections"
  case diskFull = "disk-full"
  case outOfMemory = "out-of-memory"
  case timeout
  case internalError = "internal-error"
}

/// The error that a server is made to answer with: a kind, or the engine's own number.
package enum InjectedError: Sendable, Hashable, Codable {
  case kind(ErrorKind)
  /// A SQLSTATE or number, as `40P01` or `1205`.
  case code(String)
}

/// What becomes of a moment.
package enum Verdict: Sendable, Hashable, Codable {
  case pass
  /// It goes on after this long.
  case delay(Duration)
  /// The server answers with an error, and its transaction is in the state that this error leaves.
  case fail(InjectedError, Effect)
  /// The connection breaks; at `connect`, it is refused.
  case cut(Effect)
  /// The connection breaks after so many bytes of what this moment moves.
  case cutWithin(bytes: Int)
  /// Nothing is heard for this long; then the connection breaks.
  case stall(Duration)
  /// It happens twice, as behind a pooler that sends again what it got no answer to; the second answer arrives.
  case duplicate
  /// What this moment moves takes as long as at this rate.
  case throttle(bytesPerSecond: Int)
}
