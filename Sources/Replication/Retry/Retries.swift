import Databases

/// One failure that a run went on after, or gave up at.
package struct RetriedFailure: Sendable, Codable, Equatable {
  /// Since the run began.
  package var seconds: Double
  package var errorClass: ErrorClass
  /// The engine and its own number or SQLSTATE, as `postgres 40P01`; nil if it gave none.
  package var code: String?
  package var endpoint: String
  package var operation: String
  /// The wait before the next attempt; nil when there was none.
  package var wait: Double?
}

/// What was tried more than once in a run: a unit, or a step before or after the units.
package struct RetriedWork: Sendable, Codable, Equatable {
  package enum Outcome: String, Sendable, Codable {
    case done
    case gaveUp
    /// The run ended before the next attempt.
    case open
  }

  /// Nil for a step.
  package var unit: UnitKey?
  /// What the step does; nil for a unit.
  package var step: String?
  /// In this run, the first included.
  package var attempts: Int
  package var outcome: Outcome
  package var failures: [RetriedFailure]
}

/// The number of a table's writers changed.
package struct WritersChange: Sendable, Codable, Equatable {
  package var seconds: Double
  package var table: String
  package var writers: Int
}

/// A time in which nobody reached an endpoint.
package struct Outage: Sendable, Codable, Equatable {
  /// When it was noticed, since the run began.
  package var seconds: Double
  package var endpoint: String
  /// Until somebody reached it again; nil if nobody did.
  package var duration: Double?
  package var errorClass: ErrorClass
  package var code: String?
}

/// What did not go smoothly in a run.
package struct RetryReport: Sendable, Codable, Equatable {
  package var policy: String
  /// Units first, by table and index; then steps in their order.
  package var retried: [RetriedWork] = []
  package var writers: [WritersChange] = []
  package var outages: [Outage] = []
  /// How many snapshots of the source were begun; more than one and the rows read may not belong together.
  package var snapshots = 0

  package init(policy: String) { self.policy = policy }
}
