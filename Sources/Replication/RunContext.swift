import Databases
import Runtime

/// What every part of a run shares.
final class RunContext: Sendable {
  let source: any Endpoint
  let target: any Endpoint
  let options: ReplicationOptions
  let time: any TimeSource
  let stop: StopSignal
  let progress: ProgressSink
  let job: String
  let trails = LedgerTrails()
  let journal: RetryJournal

  init(
    source: any Endpoint, target: any Endpoint, options: ReplicationOptions, time: any TimeSource,
    stop: StopSignal, progress: @escaping ProgressSink, job: String
  ) {
    self.source = source
    self.target = target
    self.options = options
    self.time = time
    self.stop = stop
    self.progress = progress
    self.job = job
    journal = RetryJournal(time: time)
  }

  /// Two jobs that wait for one server do not wait in step.
  var seed: Seed { Seed(options.seed).derived(UInt64(job.prefix(16), radix: 16) ?? 0) }

  var writers: Int { min(options.workers, target.capabilities.parallelWriters) }

  /// The ledger has what this run did not write.
  func fenced(_ entry: StrangeEntry) -> DatabaseError {
    DatabaseError(
      engine: target.engine, errorClass: .fenced, message: entry.message, remedy: entry.remedy,
      place: ErrorPlace(endpoint: target.name, operation: "go on with the job"))
  }
}
