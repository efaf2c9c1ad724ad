import Databases
import Replication
import Rows
import Runtime

/// A second opinion on two databases: it reads both sides anew and believes nobody's memory.
package struct Verification: Sendable {
  let source: any Endpoint
  let target: any Endpoint
  let witness: (any Endpoint)?
  let options: VerificationOptions
  let time: any TimeSource
  let stop: StopSignal
  let progress: ProgressSink

  package init(
    source: any Endpoint, target: any Endpoint, witness: (any Endpoint)? = nil,
    options: VerificationOptions = VerificationOptions(), time: any TimeSource,
    stop: StopSignal = StopSignal(), progress: @escaping ProgressSink = { _ in }
  ) {
    self.source = source
    self.target = target
    self.witness = witness
    self.options = options
    self.time = time
    self.stop = stop
    self.progress = progress
  }

  /// Throws only what stops it before anything is compared: an endpoint that cannot be reached, a table that
  /// the user named and the source lacks, ambiguous names. A table that cannot be read is unverified.
  package func run() async throws -> VerificationReport {
    try await VerificationRun(self).report()
  }
}
