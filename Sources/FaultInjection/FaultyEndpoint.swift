import Databases
import Runtime

/// A real endpoint to whose connections a fault injector's verdicts happen.
///
/// A connection behaves as its engine's would: what an error rolls back is rolled back, what ends a session ends it, and
/// what is lost stays lost.
package struct FaultyEndpoint: ForwardingEndpoint {
  package let base: any Endpoint
  let side: Side
  let injector: any FaultInjector
  let time: any TimeSource

  package init(_ base: any Endpoint, side: Side, injector: any FaultInjector, time: any TimeSource) {
    self.base = base
    self.side = side
    self.injector = injector
    self.time = time
  }

  package func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    let call = FaultyCall(.connect, "connect")
    switch injector.verdict(at: Moment(side: side, operation: .connect)) {
    case .pass, .throttle, .duplicate: break
    case .delay(let duration): try await wait(duration, call)
    case .stall(let duration):
      try await wait(duration, call)
      throw lost(call)
    case .cut(.before), .cutWithin: throw failure(call, .connectionLost, "connection refused (injected)")
    case .cut(.after):
      await (try base.connect(access)).close()
      throw lost(call)
    case .fail(let error, .before): throw answer(error, call).error
    case .fail(let error, .after):
      await (try base.connect(access)).close()
      throw answer(error, call).error
    }
    return FaultyConnection(try await base.connect(access), of: self)
  }

  // MARK: What happens to a call

  /// Sleeps as a driver's call would: a cancelled task wakes it.
  func wait(_ duration: Duration, _ call: FaultyCall) async throws(DatabaseError) {
    do { try await time.sleep(for: duration) } catch {
      // A rollback runs to its end.
      guard call.operation == .rollback else { throw failure(call, .cancelled, "cancelled") }
    }
  }

  /// The error of a call whose connection breaks.
  func lost(_ call: FaultyCall, after isAfter: Bool = false) -> DatabaseError {
    failure(call, .connectionLost, "the connection was lost (injected)", after: isAfter)
  }

  /// What the engine's server answers.
  func answer(
    _ error: InjectedError, _ call: FaultyCall, after isAfter: Bool = false
  ) -> (error: DatabaseError, rollback: Rollback) {
    let (code, facts) = error.answer(of: engine, at: call.operation)
    var failure = failure(call, facts.errorClass, "\(facts.meaning) (injected)", after: isAfter)
    failure.code = code
    failure.remedy = facts.remedy
    failure.retryAfter = facts.retryAfter
    if facts.outcome == .unknown, call.commits { failure.outcome = .unknown }
    return (failure, facts.rollback)
  }

  /// Of a call that commits, nobody knows whether it happened once its answer is lost; whatever else a call did went with its
  /// transaction.
  func failure(
    _ call: FaultyCall, _ errorClass: ErrorClass, _ message: String, after isAfter: Bool = false
  ) -> DatabaseError {
    let isUnknown = call.commits && isAfter || call.operation == .commit && errorClass == .connectionLost
    return DatabaseError(
      engine: engine, errorClass: errorClass, message: message,
      place: ErrorPlace(endpoint: name, operation: call.verb, table: call.table),
      outcome: isUnknown ? .unknown : .didNotHappen)
  }
}

/// A call of a connection, as faults see it.
struct FaultyCall {
  var operation: Operation
  /// For the error: cannot …
  var verb: String
  var table: String?
  /// It commits: the open transaction, or one of its own.
  var commits: Bool

  init(_ operation: Operation, _ verb: String, table: TableName? = nil, commits: Bool = false) {
    self.operation = operation
    self.verb = verb
    self.table = table?.name
    self.commits = commits
  }
}
