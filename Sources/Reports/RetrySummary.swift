import Databases
import Replication

/// What did not go smoothly in a run, in sentences.
package struct RetrySummary {
  private let report: RetryReport

  package init(_ report: RetryReport) { self.report = report }

  package var lines: [String] {
    var lines: [String] = []
    let units = report.retried.filter { $0.unit != nil && $0.attempts > 1 }
    if !units.isEmpty { lines.append(sentence(units, Figures.count(units.count, "unit"))) }
    let steps = report.retried.filter { $0.unit == nil && $0.attempts > 1 }
    if !steps.isEmpty { lines.append(sentence(steps, Figures.count(steps.count, "step"))) }
    for endpoint in unique(report.outages.map(\.endpoint)) {
      lines.append(sentence(report.outages.filter { $0.endpoint == endpoint }, of: endpoint))
    }
    for table in unique(report.writers.map(\.table)) {
      let numbers = report.writers.filter { $0.table == table }.map { String($0.writers) }
      lines.append("Writers of \(table), as conflicts and quiet told: \(numbers.joined(separator: ", ")).")
    }
    return lines
  }

  /// `3 units were retried (2 conflicts, 1 lost connection), after 4.2 s of waiting; 1 was given up.`
  private func sentence(_ work: [RetriedWork], _ what: String) -> String {
    let failures = work.flatMap(\.failures)
    let kinds = unique(failures.map(\.errorClass)).map { kind in
      kind.counted(failures.count { $0.errorClass == kind })
    }
    let waited = Figures.duration(failures.reduce(0) { $0 + ($1.wait ?? 0) })
    let given = work.count { $0.outcome == .gaveUp }
    return "\(what) \(work.count == 1 ? "was" : "were") retried (\(kinds.joined(separator: ", "))), "
      + "after \(waited) of waiting" + (given > 0 ? "; \(given) given up." : ".")
  }

  private func sentence(_ outages: [Outage], of endpoint: String) -> String {
    let times = outages.compactMap(\.duration)
    let away = "\(endpoint) was away \(Figures.count(outages.count, "time"))"
    let total = times.isEmpty ? "" : ", \(Figures.duration(times.reduce(0, +))) in all"
    return away + total + (times.count < outages.count ? ", and did not come back." : ".")
  }

  /// In the order of first appearance.
  private func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return values.filter { seen.insert($0).inserted }
  }
}

extension ErrorClass {
  fileprivate func counted(_ count: Int) -> String {
    switch self {
    case .conflict: Figures.count(count, "conflict")
    case .connectionLost: Figures.count(count, "lost connection")
    case .throttled: Figures.count(count, "throttling")
    case .readOnly: Figures.count(count, "time", plural: "times") + " read-only"
    default: Figures.count(count, "other error")
    }
  }
}

extension RetryReport {
  /// With its seconds to the millisecond.
  var tidied: RetryReport {
    var report = self
    for work in report.retried.indices {
      for index in report.retried[work].failures.indices {
        let failure = report.retried[work].failures[index]
        report.retried[work].failures[index].seconds = rounded(failure.seconds)
        report.retried[work].failures[index].wait = failure.wait.map(rounded)
      }
    }
    for index in report.writers.indices {
      report.writers[index].seconds = rounded(report.writers[index].seconds)
    }
    for index in report.outages.indices {
      report.outages[index].seconds = rounded(report.outages[index].seconds)
      report.outages[index].duration = report.outages[index].duration.map(rounded)
    }
    return report
  }
}
