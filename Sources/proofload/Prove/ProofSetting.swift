import Databases
import FaultInjection
import Replication
import Runtime

/// What all trials of a proof have in common.
struct ProofSetting: Sendable {
  let source: SampledSource
  let targetURL: String
  let stop: StopSignal

  /// One worker, so that a job's moments come in the same order every time; transactions so small that wide units
  /// take several.
  static func options(_ retry: RetryPolicy) -> ReplicationOptions {
    var options = ReplicationOptions()
    options.workers = 1
    options.transactionBytes = 6 << 10
    options.retry = retry
    return options
  }

  func replicate(
    from source: any Endpoint, to target: any Endpoint, retry: RetryPolicy
  ) async throws -> RunReport {
    try await Replication(
      source: source, target: target, options: ProofSetting.options(retry), time: ProofTime(), stop: stop
    ).run()
  }

  func replicate(
    to target: any Endpoint, struckBy injector: any FaultInjector, retry: RetryPolicy
  ) async throws -> RunReport {
    let time = ProofTime()
    return try await replicate(
      from: FaultyEndpoint(source, side: .source, injector: injector, time: time),
      to: FaultyEndpoint(target, side: .target, injector: injector, time: time), retry: retry)
  }
}

/// Connects to both for reading, and closes whatever happens. What a server breaks off as a deadlock's victim is read
/// again: other trials work beside this one, and no verdict is to hang on that.
func withConnections<Value: Sendable>(
  _ source: any Endpoint, _ target: any Endpoint,
  _ body: (any Connection, any Connection) async throws -> Value
) async throws -> Value {
  for _ in 1..<5 {
    do { return try await withConnectionsOnce(source, target, body) } catch let error as DatabaseError {
      guard error.errorClass == .conflict else { throw error }
    }
  }
  return try await withConnectionsOnce(source, target, body)
}

private func withConnectionsOnce<Value: Sendable>(
  _ source: any Endpoint, _ target: any Endpoint,
  _ body: (any Connection, any Connection) async throws -> Value
) async throws -> Value {
  let left = try await source.connect(.read)
  do {
    // SQLite has to roll back what a killed process left before anybody can read.
    let right = try await target.connect(.write)
    do {
      let value = try await body(left, right)
      await left.close()
      await right.close()
      return value
    } catch {
      await right.close()
      throw error
    }
  } catch {
    await left.close()
    throw error
  }
}
