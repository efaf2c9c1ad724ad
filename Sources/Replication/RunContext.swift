import Databases
import Runtime

/// What every part of a run shares.
struct RunContext: Sendable {
  let source: any Endpoint
  let target: any Endpoint
  let options: ReplicationOptions
  let time: any TimeSource
  let stop: StopSignal
  let progress: ProgressSink
  let job: String

  /// Connections for a worker; the source's sees the run's snapshot.
  func connect(snapshot: String?) async throws -> WorkerConnections {
    let reader = try await source.connect(.read)
    do {
      if let snapshot { try await reader.joinSnapshot(snapshot) }
      return WorkerConnections(source: reader, target: try await target.connect(.write))
    } catch {
      await reader.close()
      throw error
    }
  }

  func pool(workers: Int, snapshot: String?) -> WorkerPool {
    WorkerPool(workers: workers, stop: stop) { try await connect(snapshot: snapshot) }
  }

  var writers: Int { min(options.workers, target.capabilities.parallelWriters) }
}
