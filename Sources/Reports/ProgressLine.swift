import Databases
import Replication

/// What the line at the bottom of a terminal says. A value: events and times go in, a line comes out.
package struct ProgressLine: Sendable {
  private let started: Duration
  private var phase = ""
  private var phaseStarted: Duration
  private var units = 0
  private var unitsDone = 0
  private var unitsDoneBefore = 0
  private var unitsInFlight = 0
  private var estimatedBytes = 0
  private var rows = 0
  private var bytes = 0
  /// Endpoints that nobody reaches, why, and when somebody tries again.
  private var outages: [(endpoint: String, reason: String, until: Duration)] = []

  /// Work that is over sooner shows no line.
  package static let patience = Duration.seconds(2)

  package init(at time: Duration) {
    started = time
    phaseStarted = time
  }

  package mutating func note(_ event: ProgressEvent, at time: Duration) {
    switch event {
    case .phase(let name):
      phase = name
      phaseStarted = time
      unitsDoneBefore = unitsDone
      unitsInFlight = 0
      rows = 0
      bytes = 0
    case .planned(let units, _, let estimatedBytes):
      self.units = units
      self.estimatedBytes = estimatedBytes
    case .moved(let rows, let bytes):
      self.rows += rows
      self.bytes += bytes
    case .unitStarted: unitsInFlight += 1
    case .unitFinished:
      unitsDone += 1
      unitsInFlight = max(unitsInFlight - 1, 0)
    case .retrying: unitsInFlight = max(unitsInFlight - 1, 0)
    case .waiting(let endpoint, let reason, let wait):
      outages.removeAll { $0.endpoint == endpoint }
      outages.append((endpoint, reason, time + wait))
    case .reached(let endpoint): outages.removeAll { $0.endpoint == endpoint }
    case .writers, .note: break
    }
  }

  /// The line, at most `width` characters; nil as long as there is nothing to say.
  package func line(at time: Duration, width: Int) -> String? {
    guard time - started >= ProgressLine.patience, !phase.isEmpty else { return nil }
    if let outage = outages.last { return String(waiting(outage, at: time).prefix(width)) }
    var parts: [String] = []
    if units > 0 { parts.append("\(Figures.count(unitsDone)) of \(Figures.count(units, "unit"))") }
    if unitsInFlight > 0 { parts.append("\(unitsInFlight) in flight") }
    let seconds = (time - phaseStarted).seconds
    if rows > 0, let rowRate = Figures.rate(rows, in: seconds),
      let byteRate = Figures.rate(bytes, in: seconds)
    {
      parts.append("\(Figures.count(rows, "row"))")
      parts.append("\(Figures.count(rowRate)) rows/s")
      parts.append("\(Figures.bytes(byteRate))/s")
    }
    if let left = secondsLeft(at: time) { parts.append("\(Figures.duration(left)) left") }
    var text = phase
    for part in parts {
      let longer = text == phase ? "\(text): \(part)" : "\(text), \(part)"
      // What comes last gives way first; half a figure would be a wrong one.
      guard longer.count <= width else { break }
      text = longer
    }
    return String(text.prefix(width))
  }

  /// Why nothing moves.
  private func waiting(
    _ outage: (endpoint: String, reason: String, until: Duration), at time: Duration
  ) -> String {
    let left = (outage.until - time).seconds
    let when = left > 0 ? ", another attempt in \(Figures.duration(left))" : ""
    return "\(phase): waiting for \(outage.endpoint)\(when): \(outage.reason)"
  }

  /// Only while copying is known what is left: what a check finds changed is still to be copied.
  private func secondsLeft(at time: Duration) -> Double? {
    let elapsed = (time - phaseStarted).seconds
    guard phase == "copy", units > 0, bytes > 0, elapsed > 0 else { return nil }
    let total = Double(estimatedBytes) * Double(units - unitsDoneBefore) / Double(units)
    let left = total - Double(bytes)
    // The size was an estimate, and it was too small.
    guard left > 0 else { return nil }
    return left / (Double(bytes) / elapsed)
  }
}
