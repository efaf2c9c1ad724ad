import TDS

/// Whom a session answers, and where it waits: a connection, or a test.
package protocol SessionClient: AnyObject {
  /// An error, or with a severity up to 10 a message.
  func send(_ message: SQLError)
  /// Throws `cancelled` when the client has lost interest.
  ///
  /// - Parameter limit: how many rows are sent at most.
  func send(_ result: ResultSet, limit: Int) throws(SQLError)
  func send(_ done: Done)
  func send(_ change: EnvironmentChange)
  func send(returnStatus: Int32)
  /// An output parameter, by its place among the call's.
  func send(_ output: ModuleCall.Argument, ordinal: Int)
  /// Returns when the storage may have something new for the session, or at the deadline on the core's clock.
  func wait(until deadline: Duration?) -> Awakening
  /// Ends the connection without a word: with a reset, or as an orderly end.
  func breakOff(resets: Bool)
  /// Whether the client has sent an attention, or is gone.
  var awakening: Awakening { get }
}

/// Why a session goes on after it has waited.
package enum Awakening: Sendable {
  /// There may be something to do.
  case called
  /// The client wants the request to end.
  case cancelled
  /// The client has closed the connection.
  case gone
}

/// How a request ends before its time. These never reach a client.
extension SQLError {
  /// The client has cancelled the request.
  static let cancelled = ending(-2, .batch)
  /// Nobody is there any more.
  static let abandoned = ending(-3, .connection)
  /// An error was sent, and the batch ends with it.
  static let endsBatch = ending(-4, .batch)
  /// An error was sent, and the text of an EXEC or sp_executesql ends with it, but not who called it.
  static let endsScope = ending(-5, .statement)
  /// An error was sent, and the connection ends with it.
  static let endsConnection = ending(-6, .connection)

  private static func ending(_ number: Int32, _ effect: Effect) -> SQLError {
    SQLError(number: number, severity: 0, state: 0, message: "", effect: effect)
  }

  /// Whether it is one of those.
  var isEnding: Bool { number < 0 }
}
