import Databases
import FaultInjection
import Runtime

/// What all processes of a simulation share: the time, the trace, the count of their calls, and what is to
/// happen at which of them.
final class World: Sendable {
  private struct State: Sendable {
    var calls = 0
    var connections = 0
    var processes = 0
    var draws: Seed
    /// Events that have not struck, with those who wait for them, by their position in the options.
    var waiting: [Int: UnsafeContinuation<SimulatedProcess?, Never>] = [:]
    var isOver = false
    var struck: [SimulationOptions.Event] = []
  }

  let options: SimulationOptions
  let time: VirtualTime
  let trace: Trace
  private let state: Guarded<State>

  init(options: SimulationOptions, time: VirtualTime, trace: Trace, draws: Seed) {
    self.options = options
    self.time = time
    self.trace = trace
    state = Guarded(State(draws: draws))
  }

  var calls: Int { state.withLock { $0.calls } }
  /// The events that happened, in their order.
  var struck: [SimulationOptions.Event] { state.withLock { $0.struck } }

  func nextConnection() -> Int {
    state.withLock {
      $0.connections += 1
      return $0.connections
    }
  }

  func nextProcess() -> Int {
    state.withLock {
      $0.processes += 1
      return $0.processes
    }
  }

  func draw<Value>(_ body: (inout Seed) -> Value) -> Value where Value: Sendable {
    state.withLock { body(&$0.draws) }
  }

  func flips() -> Bool { draw { Bool.random(using: &$0) } }

  /// Often nothing, sometimes a moment, sometimes long.
  func drawn(atMost milliseconds: Int) -> Duration {
    draw { draws in
      let most = [0, milliseconds / 100, milliseconds].randomElement(using: &draws) ?? 0
      return .milliseconds(Int.random(in: 0...most, using: &draws))
    }
  }

  // MARK: Events

  /// Counts a call. What happens at it to the process that calls has happened when this returns.
  func count(_ call: Call, by process: SimulatedProcess) {
    let struck = state.withLock {
      state -> [(SimulationOptions.Event, UnsafeContinuation<SimulatedProcess?, Never>)] in
      state.calls += 1
      guard !state.waiting.isEmpty else { return [] }
      var struck: [(SimulationOptions.Event, UnsafeContinuation<SimulatedProcess?, Never>)] = []
      for (index, event) in options.events.enumerated() where event.call == state.calls {
        if let waiting = state.waiting.removeValue(forKey: index) {
          struck.append((event.event, waiting))
          state.struck.append(event.event)
        }
      }
      return struck
    }
    for (event, waiting) in struck {
      trace.note(event.code, process.number) { "p\(process.number) \(event.rawValue)" }
      switch event {
      case .kill: process.kill()
      case .freeze: process.freeze(until: time.now + World.freezing)
      case .stop: process.stop.request()
      default: break
      }
      waiting.resume(returning: process)
    }
  }

  /// Longer than any server keeps a silent session.
  static let freezing = Duration.seconds(90)

  /// Returns the process at whose call the event strikes; nil if it never will.
  func strikes(_ index: Int) async -> SimulatedProcess? {
    await withUnsafeContinuation { waiting in
      let isOver = state.withLock { state in
        if !state.isOver { state.waiting[index] = waiting }
        return state.isOver
      }
      if isOver { waiting.resume(returning: nil) }
    }
  }

  /// From now on nothing happens any more.
  func calm() {
    let waiting = state.withLock { state in
      state.isOver = true
      let waiting = state.waiting.sorted { $0.key < $1.key }.map(\.value)
      state.waiting = [:]
      return waiting
    }
    for event in waiting { event.resume(returning: nil) }
  }
}

extension SimulationOptions.Event {
  /// For the trace's hash.
  var code: Int { 1_000 + (Self.allCases.firstIndex(of: self) ?? 0) }
}
