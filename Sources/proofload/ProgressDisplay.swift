import Databases
import Replication
import Reports
import Runtime

/// Shows how a run is getting on: a line on a terminal, sentences in a log.
final class ProgressDisplay: Sendable {
  private let console: Console
  private let time: SystemTime
  private let line: Guarded<ProgressLine>

  /// As often as the eye can follow.
  private static let interval = Duration.milliseconds(100)

  init(console: Console, time: SystemTime) {
    self.console = console
    self.time = time
    line = Guarded(ProgressLine(at: time.now))
  }

  var sink: ProgressSink {
    { event in self.note(event) }
  }

  private func note(_ event: ProgressEvent) {
    let now = time.now
    line.withLock { $0.note(event, at: now) }
    switch event {
    case .phase(let name): console.log(.info, "phase: \(name)")
    case .planned(let units, let rows, let bytes):
      console.log(
        .info,
        "plan: \(Figures.count(units, "unit")), about \(Figures.count(rows, "row")), \(Figures.bytes(bytes))")
    case .unitStarted(let unit): console.log(.debug, "unit \(unit) begins")
    case .unitFinished(let unit): console.log(.debug, "unit \(unit) is done")
    case .note(let text): console.log(.warning, "note: \(text)")
    case .retrying(let unit, let reason, let wait):
      console.log(.info, "unit \(unit) is tried again in \(Figures.duration(wait.seconds)): \(reason)")
    case .waiting(let endpoint, let reason, let wait):
      console.log(.warning, "waiting for \(endpoint), \(Figures.duration(wait.seconds)): \(reason)")
    case .reached(let endpoint): console.log(.warning, "\(endpoint) answers again")
    case .writers(let table, let number):
      console.log(.info, "\(Figures.count(number, "writer")) of \(table) from now on")
    case .moved: break
    }
  }

  /// Draws until it is cancelled, or not at all where there is nothing to draw on.
  func keepDrawing() async {
    guard console.drawsProgress else { return }
    var isDrawn = false
    repeat {
      let (now, width) = (time.now, console.progressWidth)
      if let text = line.withLock({ $0.line(at: now, width: width) }) {
        console.draw(text)
        isDrawn = true
      }
    } while (try? await time.sleep(for: ProgressDisplay.interval)) != nil
    if isDrawn { console.draw("") }
  }
}
