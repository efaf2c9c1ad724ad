import Runtime

/// What happened in a simulation, in order: always as a hash, as text only where somebody will read it.
final class Trace: Sendable {
  private struct State: Sendable {
    var hash: UInt64 = 0
    var lines: [String] = []

    mutating func mix(_ value: UInt64) {
      hash = ((hash ^ value) &* 0x9E37_79B9_7F4A_7C15).byteSwapped
    }
  }

  private let state = Guarded(State())
  let isRecorded: Bool
  private let time: VirtualTime

  init(recorded: Bool, time: VirtualTime) {
    isRecorded = recorded
    self.time = time
  }

  /// The numbers are what tells this event from every other; the text is made only if it is kept.
  func note(_ first: Int, _ second: Int = 0, _ third: Int = 0, text: () -> String) {
    let now = UInt64(bitPattern: time.nanoseconds)
    let line = isRecorded ? "\(Trace.padded(now / 1_000)) µs  \(text())" : nil
    state.withLock { state in
      state.mix(now)
      state.mix(UInt64(bitPattern: Int64(first)) &+ UInt64(bitPattern: Int64(second)) << 24)
      state.mix(UInt64(bitPattern: Int64(third)))
      if let line { state.lines.append(line) }
    }
  }

  var hash: UInt64 { state.withLock { $0.hash } }
  var lines: [String] { state.withLock { $0.lines } }

  private static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: " ", count: max(0, 11 - digits.count)) + digits
  }
}
