import Databases
import FaultInjection
import Runtime

/// A process of the simulation: it can be killed, frozen, and asked to stop, as `kill` does it.
///
/// A killed process runs no code that anybody could notice: all its calls fail without an effect, so that whatever
/// it still does to clean up stays within it.
final class SimulatedProcess: Sendable {
  private struct State: Sendable {
    var isAlive = true
    var frozenUntil = Duration.zero
    var connections: [ProcessConnection] = []
  }

  let number: Int
  let world: World
  let stop = StopSignal()
  let conduct: Conduct
  private let state = Guarded(State())

  init(number: Int, world: World, conduct: Conduct) {
    self.number = number
    self.world = world
    self.conduct = conduct
  }

  var isAlive: Bool { state.withLock { $0.isAlive } }

  /// Its connections are still open at their servers, which do not know yet.
  func kill() { state.withLock { $0.isAlive = false } }

  func freeze(until time: Duration) { state.withLock { $0.frozenUntil = time } }

  /// Returns once the process is not frozen any more.
  func thaw() async {
    while true {
      let left = state.withLock { $0.frozenUntil } - world.time.now
      guard left > .zero, (try? await world.time.sleep(for: left)) != nil else { return }
    }
  }

  func add(_ connection: ProcessConnection) { state.withLock { $0.connections.append(connection) } }

  func remove(_ connection: ProcessConnection) {
    state.withLock { state in state.connections.removeAll { $0 === connection } }
  }

  var connections: [ProcessConnection] { state.withLock { $0.connections } }

  // MARK: Calls

  /// Lets a call of this process pass, if the process lives to make it and to hear its answer.
  func pass<Value: Sendable>(
    _ call: Call, _ connection: Int, _ side: Side, _ detail: @autoclosure () -> String = "",
    _ body: () async throws(DatabaseError) -> Value
  ) async throws(DatabaseError) -> Value {
    guard isAlive else { throw death(call) }
    world.count(call, by: self)
    // What it dies with is either sent already or not.
    guard isAlive || world.draw({ Bool.random(using: &$0) }) else { throw death(call) }
    await thaw()
    do throws(DatabaseError) {
      let value = try await body()
      note(call, connection, side, detail(), nil)
      await thaw()
      guard isAlive else { throw death(call) }
      return value
    } catch {
      guard isAlive else { throw death(call) }
      note(call, connection, side, detail(), error)
      await thaw()
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
