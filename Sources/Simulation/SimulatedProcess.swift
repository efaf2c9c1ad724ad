import Databases
import FaultInjection
import ModelDatabase
import Runtime

/// A process of the simulation: it can be killed, frozen, and asked to stop, as `kill` does it.
///
/// A killed process runs no code that anybody could notice: all its calls fail without an effect, so that whatever
/// it still does to clean up stays within it.
final class SimulatedProcess: Sendable {
  private struct State: Sendable {
    var isAlive = true
    var frozenUntil = Duration.zero
    /// The target's sessions of its connections, in the order in which they were opened.
    var sessions: [ModelConnection] = []
    var ending: Judge.Truth?
  }

  let number: Int
  let world: World
  let stop = StopSignal()
  let conduct: Conduct
  /// The databases as this process reaches them: a killed process takes its connections along.
  let source: ModelEndpoint
  let target: ModelEndpoint
  private let truth: @Sendable () -> Judge.Truth
  private let state = Guarded(State())

  init(
    world: World, conduct: Conduct, source: ModelDatabase, target: ModelDatabase,
    truth: @escaping @Sendable () -> Judge.Truth
  ) {
    number = world.nextProcess()
    self.world = world
    self.conduct = conduct
    self.truth = truth
    self.source = ModelEndpoint(source)
    self.target = ModelEndpoint(target)
  }

  var isAlive: Bool { state.withLock { $0.isAlive } }

  /// Its servers do not know it yet, and what is on its way to them may still arrive.
  func kill() {
    state.withLock { $0.isAlive = false }
    source.vanish()
    target.vanish()
  }

  func freeze(until time: Duration) { state.withLock { $0.frozenUntil = time } }

  private var isFrozen: Bool { state.withLock { $0.frozenUntil > .zero } }

  /// Returns once the process is not frozen any more.
  private func thaw() async {
    while true {
      let left = state.withLock { $0.frozenUntil } - world.time.now
      guard left > .zero, (try? await world.time.sleep(for: left)) != nil else { return }
    }
  }

  func opened(_ session: ModelConnection) { state.withLock { $0.sessions.append(session) } }

  /// The target's sessions, the one with the fence first.
  var sessions: [ModelConnection] { state.withLock { $0.sessions } }

  /// Takes down what is true now: the process has done what it wanted, and still has its fence.
  func endsNow() {
    let truth = truth()
    state.withLock { $0.ending = truth }
  }

  /// What was true when it had its fence last; nil if it never had one.
  var ending: Judge.Truth? { state.withLock { $0.ending } }

  // MARK: Calls

  /// Lets a call of this process pass, if the process lives to make it and to hear its answer.
  @inline(__always) func pass<Value: Sendable>(
    _ call: Call, _ connection: Int, _ side: Side, _ detail: @autoclosure () -> String = "",
    _ body: () async throws(DatabaseError) -> Value
  ) async throws(DatabaseError) -> Value {
    guard isAlive else { throw death(call) }
    world.count(call, by: self)
    // What it dies with is either sent already or not.
    guard isAlive || world.draw({ Bool.random(using: &$0) }) else { throw death(call) }
    if world.options.latency == 0 { await Task.yield() }
    if isFrozen { await thaw() }
    do throws(DatabaseError) {
      let value = try await body()
      note(call, connection, side, detail(), nil)
      if isFrozen { await thaw() }
      guard isAlive else { throw death(call) }
      return value
    } catch {
      guard isAlive else { throw death(call) }
      note(call, connection, side, detail(), error)
      if isFrozen { await thaw() }
      throw error
    }
  }

  private func note(
    _ call: Call, _ connection: Int, _ side: Side, _ detail: @autoclosure () -> String,
    _ error: DatabaseError?
  ) {
    world.trace.note(call.rawValue, connection, error == nil ? 0 : 1) {
      var line = "p\(number) \(side)#\(connection) \(call) \(detail())"
      if let error { line += " FAILED \(error.errorClass) \(error.code) \(error.message), \(error.outcome)" }
      return line + (isAlive ? "" : " (dead)")
    }
  }

  private func death(_ call: Call) -> DatabaseError {
    DatabaseError(
      engine: Engine(rawValue: "model"), errorClass: .cancelled, message: "the process is dead",
      place: ErrorPlace(endpoint: "simulation", operation: "\(call)"))
  }
}
