import Databases
import Replication

/// What a command tells the shell. 6 is reserved for rows put into quarantine; 99 is never used, because
/// Airflow takes it for a skipped task.
package enum ExitCode: Int32, Sendable, CaseIterable, Encodable {
  case done = 0
  case different = 1
  case usage = 2
  case unverified = 3
  case gaveUp = 4
  case interrupted = 5

  /// One line of a help text.
  package var meaning: String {
    switch self {
    case .done: "done; for verify: the two sides are equal"
    case .different: "the two sides differ; for simulate: a seed failed"
    case .usage: "usage or configuration: nothing was moved, something has to be changed first"
    case .unverified: "could not verify: something prevented the comparison"
    case .gaveUp: "gave up: something failed on the way; a rerun goes on from there"
    case .interrupted: "interrupted: stopped on request; a rerun goes on from there"
    }
  }

  /// The word for it in a receipt.
  package var outcome: String {
    switch self {
    case .done: "done"
    case .different: "different"
    case .usage: "usage"
    case .unverified: "could not verify"
    case .gaveUp: "gave up"
    case .interrupted: "interrupted"
    }
  }
}

extension ExitCode {
  /// What the shell hears of a run.
  package init(_ report: RunReport) {
    self =
      switch report.outcome {
      case .done: .done
      case .stopped: .interrupted
      case .failed: report.failure?.database?.errorClass == .cancelled ? .interrupted : .gaveUp
      }
  }
}
