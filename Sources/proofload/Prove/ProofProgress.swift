import Reports
import Runtime

/// The line that shows how a proof is getting on.
final class ProofProgress: Sendable {
  private struct State {
    var total = 0
    var tried = 0
    var started = Duration.zero
  }

  private let console: Console
  private let time: SystemTime
  private let state = Guarded(State())

  private static let interval = Duration.milliseconds(100)

  init(console: Console, time: SystemTime) {
    self.console = console
    self.time = time
  }

  func begin(_ total: Int) {
    let now = time.now
    state.withLock { $0 = State(total: total, started: now) }
  }

  func tried() { state.withLock { $0.tried += 1 } }

  /// Draws until it is cancelled, or not at all where there is nothing to draw on.
  func keepDrawing() async {
    guard console.drawsProgress else { return }
    repeat { console.draw(line) } while (try? await time.sleep(for: ProofProgress.interval)) != nil
    console.draw("")
  }

  private var line: String {
    let now = time.now
    let state = state.withLock { $0 }
    guard state.total > 0 else { return "prove  an undisturbed run" }
    var line = "prove  \(Figures.count(state.tried)) of \(Figures.count(state.total, "interruption"))"
    let seconds = (now - state.started).inSeconds
    if state.tried > 0, seconds > 1 {
      let left = seconds / Double(state.tried) * Double(state.total - state.tried)
      line += "  about \(Figures.duration(left)) left"
    }
    return String(line.prefix(console.progressWidth))
  }
}

extension Duration {
  fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
