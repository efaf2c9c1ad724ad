import Databases
import Rows
import Runtime

/// The two connections that a run holds from its first step to its last: on the source the one that holds the
/// snapshot, on the target the one that holds the fence.
///
/// A connection that is lost is renewed: on the target the fence is taken again before anything else is
/// written; on the source another snapshot begins, and the verdict says so.
actor JobSession {
  /// A state of the source: readers of the same number saw the same.
  struct Snapshot: Sendable {
    var number = 0
    /// By which readers join it; nil if they cannot.
    var name: String?
  }

  private let context: RunContext
  private let random: Seed
  private let turn = Bell()
  private var isBusy = false
  private var steps: UInt64 = 0

  private var source: (any Connection)?
  private var target: (any Connection)?
  private(set) var snapshot = Snapshot()
  private var hasSnapshot = false
  private var snapshotsRead: Set<Int> = []
  /// The fence may be ours, or a dead session's of ours.
  private var mayHaveFence = false
  /// A first write has succeeded: from now on a target that cannot be written is one that is failing over.
  private var hasWritten = false
  private var isEstablished: [Bool] = [false, false]
  private var isEnding = false

  init(_ context: RunContext) {
    self.context = context
    random = context.seed.derived(0)
  }

  // MARK: Steps

  /// Does a step on the connection with the fence, as often as the policy allows.
  func onTarget<Value: Sendable>(
    _ step: String, _ body: @Sendable (any Connection) async throws -> Value
  ) async throws -> Value {
    try await alone {
      try await retried(step, on: .target) {
        let connection = try await openTarget()
        do { return try await body(connection) } catch {
          await recover(.target, from: error)
          throw error
        }
      }
    }
  }

  func onSource<Value: Sendable>(
    _ step: String, _ body: @Sendable (any Connection) async throws -> Value
  ) async throws -> Value {
    try await alone {
      try await retried(step, on: .source) {
        let connection = try await openSource()
        do { return try await body(connection) } catch {
          await recover(.source, from: error)
          throw error
        }
      }
    }
  }

  /// The first connects. Each is a step, so that the one that answers is not asked again.
  func open() async throws {
    try await onSource("connect to the source") { _ in }
    try await onTarget("connect to the target") { _ in }
  }

  /// The rest of the run only tidies up: patience has run out before.
  func beginEnding() { isEnding = true }

  func noteWrite() { hasWritten = true }

  private func retried<Value: Sendable>(
    _ step: String, on side: Side, _ body: () async throws -> Value
  ) async throws -> Value {
    steps += 1
    return try await context.retried(
      step, on: side, seed: random.derived(steps),
      unless: { $0.errorClass == .readOnly && !hasWritten },
      // Whoever has never answered may never do, and whoever ends has waited long enough.
      countsAsAttempt: { !Circuit.concerns($0) || !isEstablished[side.position] || isEnding }, body)
  }

  /// One at a time: a connection serves one call, and nobody may find it half renewed.
  private func alone<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    while isBusy { try await turn.wait(after: turn.rings) }
    isBusy = true
    defer {
      isBusy = false
      turn.ring()
    }
    return try await body()
  }

  /// After a failure the connection is used again only if it is sound.
  private func recover(_ side: Side, from error: any Error) async {
    guard let connection = side == .source ? source : target else { return }
    // A reader's transaction is its snapshot, and does not survive an error.
    if side == .target, error.leavesConnection, (try? await connection.rollback()) != nil { return }
    await drop(side)
  }

  private func drop(_ side: Side) async {
    let connection = side == .source ? source : target
    if side == .source { source = nil } else { target = nil }
    await connection?.close()
  }

  func close() async {
    await drop(.source)
    await drop(.target)
  }

  // MARK: The fence

  /// Takes the job's fence, on a connection that `onTarget` handed out.
  func takeFence(on connection: any Connection) async throws {
    do { try await connection.takeFence(job: context.job) } catch {
      // It may be taken although nobody could tell us.
      if error.errorClass != .fenced { mayHaveFence = true }
      throw error
    }
    mayHaveFence = true
  }

  /// Returns when the fence is ours: before that no unit may begin. One attempt, for workers.
  func holdFence() async throws {
    try await alone {
      if let target {
        do throws(DatabaseError) {
          // Whoever has it may take it again: an answer says that the session lives, and the lock with it.
          try await target.takeFence(job: context.job)
          return
        } catch {
          guard !error.leavesConnection, error.errorClass != .cancelled else { throw error }
          await drop(.target)
        }
      }
      _ = try await openTarget()
    }
  }

  /// The job's ledger, read on the connection with the fence. One attempt, for workers.
  func ledger() async throws -> [LedgerEntry] {
    try await alone {
      let connection = try await openTarget()
      do { return try await connection.ledger(job: context.job) } catch {
        await recover(.target, from: error)
        throw error
      }
    }
  }

  private func openTarget() async throws -> any Connection {
    if let target { return target }
    let connection = try await context.target.connect(.write)
    do {
      if mayHaveFence { try await takeFenceAgain(connection) }
    } catch {
      await connection.close()
      throw error
    }
    isEstablished[Side.target.position] = true
    target = connection
    return connection
  }

  private func takeFenceAgain(_ connection: any Connection) async throws {
    var refusal: DatabaseError?
    do { try await connection.takeFence(job: context.job) } catch {
      guard error.errorClass == .fenced else { throw error }
      refusal = error
    }
    // Either way another run may have been here meanwhile.
    let ledger = try await connection.ledger(job: context.job)
    if let entry = context.trails.foreign(in: ledger) { throw context.fenced(entry) }
    guard var refusal else { return }
    // Most likely it is our own dead session's: the server has yet to notice its end.
    refusal.errorClass = .connectionLost
    refusal.message += "; it may be this run's own lost connection, whose end the server has not noticed yet"
    throw refusal
  }

  // MARK: The snapshot

  private func openSource() async throws -> any Connection {
    if let source { return source }
    let connection = try await context.source.connect(.read)
    isEstablished[Side.source.position] = true
    do {
      if hasSnapshot { try await begin(connection) }
    } catch {
      await connection.close()
      throw error
    }
    source = connection
    return connection
  }

  private func begin(_ connection: any Connection) async throws {
    let name = try await connection.beginSnapshot()
    snapshot = Snapshot(number: snapshot.number + 1, name: name)
  }

  /// From here on the source's connection holds a snapshot, also one that is renewed.
  func beginSnapshot() async throws {
    try await onSource("begin a snapshot") { connection in
      if await !self.hasSnapshot { try await self.beginFirst(connection) }
    }
  }

  private func beginFirst(_ connection: any Connection) async throws {
    try await begin(connection)
    hasSnapshot = true
  }

  /// A new connection that sees the snapshot, and the number of that. One attempt, for workers.
  func reader() async throws -> (connection: any Connection, snapshot: Int) {
    var isSecond = false
    while true {
      let current = try await alone {
        _ = try await openSource()
        return snapshot
      }
      let connection = try await context.source.connect(.read)
      do {
        if let name = current.name { try await connection.joinSnapshot(name) }
        snapshotsRead.insert(current.number)
        return (connection, current.number)
      } catch {
        await connection.close()
        // A snapshot ends with the connection that holds it, and then nobody can join it.
        guard try await isRenewed(since: current.number), !isSecond else { throw error }
        isSecond = true
      }
    }
  }

  private func isRenewed(since number: Int) async throws -> Bool {
    try await alone {
      guard snapshot.number == number else { return true }
      if let source {
        do throws(DatabaseError) {
          _ = try await source.tables()
          return false
        } catch {
          guard error.errorClass != .cancelled else { throw error }
          await drop(.source)
        }
      }
      _ = try await openSource()
      return true
    }
  }

  /// What all readers together can rely on, and a sentence if it is less than it might have been.
  func endSnapshot() async -> (SnapshotVerdict, note: String?) {
    let lost = "the connection that held the source's snapshot was lost"
    let remedy = "verify the copy, or run again to find what changed in between"
    guard hasSnapshot else { return (.unknown, nil) }
    guard let source else { return (.unknown, "\(lost); \(remedy)") }
    let verdict: SnapshotVerdict
    do { verdict = try await source.endSnapshot() } catch {
      return (.unknown, "whether the source changed while it was read is unknown: \(error.reason)")
    }
    guard snapshotsRead.contains(where: { $0 != snapshot.number }) else { return (verdict, nil) }
    return (
      verdict == .consistent ? .unknown : verdict,
      "\(lost), and rows were read in another one than the last; \(remedy)"
    )
  }
}

extension Error {
  /// Whether a connection is sound after this error, once its transaction is rolled back.
  var leavesConnection: Bool {
    guard let error = self as? DatabaseError, error.outcome != .unknown else { return false }
    return error.errorClass == .conflict || error.errorClass == .throttled
  }
}
