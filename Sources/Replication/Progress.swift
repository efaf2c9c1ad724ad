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
  /// Something the user should know.
  case note(String)
}

package typealias ProgressSink = @Sendable (ProgressEvent) -> Void
