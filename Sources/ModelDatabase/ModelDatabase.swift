import Databases
import Rows
import Runtime

/// An in-memory database with transactions, locks and deadlocks, for simulations.
///
/// What it does is a function of the calls, of the seed and of virtual time: nothing in it reads a
/// clock, draws a number that is not the seed's, or depends on the order of a dictionary.
package final class ModelDatabase: Sendable {
  package let name: String
  package let options: ModelOptions
  let time: any TimeSource
  private let server: Guarded<ModelServer>
  private let onCommit: (@Sendable (CommitRecord) -> Void)?

  /// `onCommit` is called for every commit, before the call that made it returns. With one thread,
  /// nothing comes between the commit and it: what it reads of the database is the state that was
  /// committed.
  package init(
    name: String, options: ModelOptions = ModelOptions(), time: any TimeSource, seed: Seed = Seed(0),
    onCommit: (@Sendable (CommitRecord) -> Void)? = nil
  ) {
    self.name = name
    self.options = options
    self.time = time
    self.onCommit = onCommit
    var server = ModelServer(options: options, time: time, seed: seed)
    server.isObserved = onCommit != nil
    self.server = Guarded(server)
  }

  /// Runs a body on the server, then does what it left to be done outside.
  func withServer<Value: Sendable, Failure: Error>(
    _ body: (inout ModelServer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let (result, effects) = server.withLock { server in
      let result = ModelDatabase.result(of: body, &server)
      guard !server.effects.isEmpty else { return (result, nil as ModelServer.Effects?) }
      let effects = server.effects
      server.effects = ModelServer.Effects()
      return (result, effects)
    }
    if let effects {
      if let onCommit { for commit in effects.commits { onCommit(commit) } }
      for continuation in effects.resumed { continuation.resume() }
    }
    return try result.get()
  }

  private static func result<Value: Sendable, Failure: Error>(
    of body: (inout ModelServer) throws(Failure) -> Value, _ server: inout ModelServer
  ) -> Result<Value, Failure> {
    do throws(Failure) { return .success(try body(&server)) } catch { return .failure(error) }
  }

  // MARK: Waiting

  /// Returns when the session should try its statement again.
  func wait(_ session: Int) async {
    guard let deadline = withServer({ $0.deadline(of: session) }) else { return await parked(session) }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [self] in await parked(session) }
      group.addTask { [self] in
        // Cancelled as soon as the other one returns, and then nobody needs to look.
        guard (try? await time.sleep(for: deadline - time.now)) != nil else { return }
        withServer { $0.look(session) }
      }
      await group.next()
      group.cancelAll()
    }
  }

  private func parked(_ session: Int) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        withServer { $0.park(session, continuation) }
        // Cancelled before there was anything to unpark.
        if Task.isCancelled { withServer { $0.unpark(session) } }
      }
    } onCancel: {
      withServer { $0.unpark(session) }
    }
  }

  // MARK: What goes wrong

  /// All sessions die, and what they have not committed is lost. Nobody can connect for a while.
  package func crash(downFor duration: Duration = .zero) {
    withServer { server in
      server.crash()
      server.refusesUntil = duration > .zero ? time.now + duration : nil
    }
  }

  /// All sessions die; once the server is back, it cannot be written for a while.
  package func failOver(downFor: Duration = .zero, readOnlyFor: Duration = .zero) {
    crash(downFor: downFor)
    withServer { $0.isReadOnlyUntil = readOnlyFor > .zero ? time.now + downFor + readOnlyFor : nil }
  }

  /// Nobody can connect for a while; who is connected stays.
  package func refuseConnections(for duration: Duration) {
    withServer { $0.refusesUntil = time.now + duration }
  }

  /// The client vanishes: its sessions live on with their locks and fences until the server finds out.
  func vanish(client: Int) {
    withServer { server in
      for index in server.sessions.indices where server.sessions[index].client == client {
        server.abandon(index)
      }
    }
  }

  func vanish(session: Int) {
    withServer { server in
      if let index = server.index(of: session) { server.abandon(index) }
    }
  }
}

extension ModelServer.Effects {
  var isEmpty: Bool { resumed.isEmpty && commits.isEmpty }
}
