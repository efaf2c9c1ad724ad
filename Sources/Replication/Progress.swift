import Databases

/// What a run tells while it runs. Whoever listens must be quick: it is called by the workers.
package enum ProgressEvent: Sendable {
  /// A new part of the run began: "check", "copy", "restore".
  case phase(String)
  /// The plan is made: what there is to do.
  case planned(units: Int, estimatedRows: Int, estimatedBytes: Int)
  /// Rows moved or scanned since the last event.
  case moved(rows: Int, bytes: Int)
  case unitStarted(UnitKey)
  case unitFinished(UnitKey)
  /// A unit failed, and is tried again in a new transaction after the wait.
  case retrying(UnitKey, reason: String, wait: Duration)
  /// Nobody reaches the endpoint; all wait together, and then one of them tries.
  case waiting(endpoint: String, reason: String, wait: Duration)
  /// The endpoint answers again.
  case reached(String)
  /// So many units of the table may be written at a time from now on.
  case writers(table: String, number: Int)
  /// Something the user should know.
  case note(String)
}

package typealias ProgressSink = @Sendable (ProgressEvent) -> Void
