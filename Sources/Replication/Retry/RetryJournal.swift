import Databases
import Runtime

/// Writes down what does not go smoothly, while it happens.
final class RetryJournal: Sendable {
  private struct Contents {
    var units: [UnitKey: RetriedWork] = [:]
    var steps: [RetriedWork] = []
    var writers: [WritersChange] = []
    var outages: [Outage] = []
  }

  private let contents = Guarded(Contents())
  private let time: any TimeSource
  private let started: Duration

  init(time: any TimeSource) {
    self.time = time
    started = time.now
  }

  private var seconds: Double { (time.now - started).seconds }

  private func failure(_ error: DatabaseError, wait: Duration?) -> RetriedFailure {
    RetriedFailure(
      seconds: seconds, errorClass: error.errorClass, code: error.numbered, endpoint: error.place.endpoint,
      operation: error.place.operation, wait: wait?.seconds)
  }

  func failed(_ unit: UnitKey, _ error: DatabaseError, wait: Duration?) {
    let failure = failure(error, wait: wait)
    contents.withLock {
      var work = $0.units[unit] ?? RetriedWork(unit: unit, attempts: 0, outcome: .open, failures: [])
      work.note(failure)
      $0.units[unit] = work
    }
  }

  func done(_ unit: UnitKey) { contents.withLock { $0.units[unit]?.noteSuccess() } }

  /// A step counts as a new one when the last of its name is over.
  func failed(step: String, _ error: DatabaseError, wait: Duration?) {
    let failure = failure(error, wait: wait)
    contents.withLock {
      if $0.steps.last?.step != step || $0.steps.last?.outcome != .open {
        $0.steps.append(RetriedWork(step: step, attempts: 0, outcome: .open, failures: []))
      }
      $0.steps[$0.steps.count - 1].note(failure)
    }
  }

  func done(step: String) {
    contents.withLock {
      if $0.steps.last?.step == step, $0.steps.last?.outcome == .open {
        $0.steps[$0.steps.count - 1].noteSuccess()
      }
    }
  }

  func changed(_ table: String, writers: Int) {
    let change = WritersChange(seconds: seconds, table: table, writers: writers)
    contents.withLock { $0.writers.append(change) }
  }

  /// The endpoint is away: the first time, or still.
  func away(_ endpoint: String, _ error: DatabaseError) {
    let outage = Outage(
      seconds: seconds, endpoint: endpoint, errorClass: error.errorClass, code: error.numbered)
    contents.withLock {
      if $0.outages.last(where: { $0.endpoint == endpoint }).map({ $0.duration != nil }) ?? true {
        $0.outages.append(outage)
      }
    }
  }

  func back(_ endpoint: String, after duration: Duration) {
    contents.withLock {
      if let last = $0.outages.lastIndex(where: { $0.endpoint == endpoint }) {
        $0.outages[last].duration = duration.seconds
      }
    }
  }

  func report(policy: String, snapshots: Int) -> RetryReport {
    let contents = contents.withLock { $0 }
    var report = RetryReport(policy: policy)
    report.retried =
      contents.units.sorted { ($0.key.table, $0.key.index) < ($1.key.table, $1.key.index) }.map(\.value)
      + contents.steps
    report.writers = contents.writers
    report.outages = contents.outages
    report.snapshots = snapshots
    return report
  }
}

extension RetriedWork {
  fileprivate mutating func note(_ failure: RetriedFailure) {
    attempts += 1
    failures.append(failure)
    outcome = failure.wait == nil ? .gaveUp : .open
  }

  fileprivate mutating func noteSuccess() {
    attempts += 1
    outcome = .done
  }
}

extension DatabaseError {
  /// `postgres 40P01`; nil if there is no number.
  package var numbered: String? { code.isEmpty ? nil : "\(engine) \(code)" }
}
