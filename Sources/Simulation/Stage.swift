import Databases
import FaultInjection
import ModelDatabase
import Replication
import Rows
import Runtime
import Verification

/// A source, a target, and the processes that copy the one into the other, from the first fault to the last cure.
final class Stage: Sendable {
  let options: SimulationOptions
  let world: World
  let source: ModelDatabase
  let target: ModelDatabase
  let judge: Judge
  let faults: PlannedFaults
  let canary: Canary?
  let memory = CanaryMemory()
  let policy: RetryPolicy
  /// Operators at work, under faults.
  private let operators = Guarded(0)

  init(_ options: SimulationOptions, seed: Seed, canary: Canary?, world: World) {
    self.options = options
    self.world = world
    self.canary = canary
    let time = world.time
    let models = (
      source: Stage.model(options, like: .fromSQLServer), target: Stage.model(options, like: .toSQLServer)
    )
    source = ModelDatabase(name: "source", options: models.source, time: time, seed: seed.derived(11))
    let job = Stage.job(models.source, models.target)
    let readsWhole = models.source.sharesSnapshots || models.source.isolation == .versioned
    let judge = Judge(
      job: job, readsWhole: readsWhole, source: TableContent.tables(options, generation: 1),
      trace: world.trace)
    target = ModelDatabase(
      name: "target", options: models.target, time: time, seed: seed.derived(12)
    ) { judge.committed($0) }
    self.judge = judge
    faults = PlannedFaults(Stage.plan(options, seed: seed), time: time)
    var policy = options.flags.contains(.unretried) ? RetryPolicy.none : .standard
    policy.limits.attempts = options.attempts
    self.policy = policy
  }

  /// - Parameter sqlServer: the flag that makes it one.
  private static func model(
    _ options: SimulationOptions, like sqlServer: SimulationOptions.Flag
  ) -> ModelOptions {
    var model = ModelOptions()
    model.isolation = options.flags.contains(.locking) ? .locking : .versioned
    model.locksGaps = options.flags.contains(.gaps)
    model.errorEffect = options.flags.contains(.statements) ? .undoesStatement : .abortsTransaction
    model.sharesSnapshots = !options.flags.contains(.unshared)
    model.zombieLife = .milliseconds(options.zombie)
    model.latency = .zero ... .microseconds(options.latency)
    if options.flags.contains(sqlServer) { model.becomeSQLServer() }
    return model
  }

  /// The job's name depends on the endpoints' names only.
  private static func job(_ source: ModelOptions, _ target: ModelOptions) -> String {
    Replication.job(
      ModelEndpoint(ModelDatabase(name: "source", options: source, time: NoTime())),
      ModelEndpoint(ModelDatabase(name: "target", options: target, time: NoTime())))
  }

  /// The troubles as rules of a fault plan. The second phase is their cure.
  private static func plan(_ options: SimulationOptions, seed: Seed) -> FaultPlan {
    let rules = SimulationOptions.Trouble.allCases.compactMap { trouble -> FaultRule? in
      guard let rate = options.troubles[trouble] else { return nil }
      var rule = FaultRule(
        name: trouble.rawValue, at: trouble.operations, trouble.verdict, cure: FaultRule.Cure(times: 1_000))
      rule.sides = [.source, .target]
      rule.occurrence = .probability(FaultRule.Ratio(UInt64(rate), of: 10_000))
      return rule
    }
    return FaultPlan(name: "swarm", seed: seed.derived(13).value, rules: rules)
  }

  /// The troubles and events that struck, each time that they did.
  var strikes: [String] { faults.events.map(\.rule) + world.struck.map(\.rawValue) }

  /// Who waits for whose lock; clients have the numbers of their processes.
  var waits: [String] {
    source.waits.map { "in the source, \($0)" } + target.waits.map { "in the target, \($0)" }
  }

  // MARK: The play

  func play() async {
    setUp()
    judge.watch(target)
    await withTaskGroup(of: Void.self) { group in
      for index in options.events.indices { group.addTask { await self.happen(index) } }
      group.addTask { await self.operate(rounds: 4) }
    }
    await converge()
    judge.lookAway()
  }

  private func setUp() {
    for content in TableContent.tables(options, generation: 1) {
      source.add(content.schema)
      if let batch = content.batch { source.put(batch, into: content.name) }
    }
    guard !options.flags.contains(.create) else { return }
    for content in TableContent.tables(options, generation: 0) {
      var schema = content.schema
      if content.shape == .indexed { schema.triggers = ["\(content.name)_trigger"] }
      target.add(schema)
      var stale = content
      // More than the source has, where all of it is stale.
      stale.rows = options.stale >= 100 ? content.rows + 3 : content.rows * options.stale / 100
      if let batch = stale.batch { target.put(batch, into: content.name) }
    }
  }

  // MARK: Under faults

  /// Somebody who runs the job, and runs it again if it failed.
  private func operate(rounds: Int) async {
    operators.withLock { $0 += 1 }
    for round in 0..<rounds {
      if await runJob(underFaults: true, isFirst: round == 0) { break }
      await sleep(atMost: 40_000)
    }
    let left = operators.withLock {
      $0 -= 1
      return $0
    }
    if left == 0 { world.calm() }
  }

  private func happen(_ index: Int) async {
    guard let process = await world.strikes(index) else { return }
    switch options.events[index].event {
    case .kill, .stop: break
    case .freeze:
      let sessions = process.sessions
      for (position, session) in sessions.enumerated() where position == 0 || world.flips() {
        session.vanish()
      }
      try? await world.time.sleep(for: .milliseconds(options.zombie))
      await sleep(atMost: 60_000)
      await operate(rounds: 2)
    case .second: await operate(rounds: 2)
    case .crashSource: source.crash(downFor: world.drawn(atMost: 5_000))
    case .crashTarget: target.crash(downFor: world.drawn(atMost: 5_000))
    case .failover:
      target.failOver(downFor: world.drawn(atMost: 5_000), readOnlyFor: world.drawn(atMost: 10_000))
    case .write: changeSource()
    case .lock: await holdRows()
    }
  }

  private func sleep(atMost milliseconds: Int) async {
    try? await world.time.sleep(for: world.drawn(atMost: milliseconds))
  }

  private func changeSource() {
    var tables = judge.source
    for index in tables.indices where world.flips() { tables[index].generation += 1 }
    judge.sourceChanged(to: tables)
    for content in tables {
      if content.hasNoKey { source.remove(TableRange(table: content.name)) }
      if let batch = content.batch { source.put(batch, into: content.name) }
    }
  }

  /// A stranger deletes rows of the target, and thinks better of it.
  private func holdRows() async {
    guard let table = target.schemas.first?.name else { return }
    do throws(DatabaseError) {
      let stranger = try await ModelEndpoint(target).connect(.write)
      do throws(DatabaseError) {
        try await stranger.begin()
        _ = try await stranger.delete(TableRange(table: table))
        await sleep(atMost: 5_000)
        try await stranger.rollback()
      } catch {
        // Whatever happened to a stranger is no business of the job's.
      }
      await stranger.close()
    } catch {
      // The target is away.
    }
  }

  // MARK: Cured

  /// Nothing goes wrong any more: one run must make the target what the source is, and two eyes must see it.
  private func converge() async {
    // Sessions that nobody holds any more are gone by then.
    try? await world.time.sleep(for: .seconds(120))
    guard await mustRun("the faults are cured") else { return }
    await verify()
    guard options.flags.contains(.damage) else { return }
    judge.lookAway()
    damage()
    await verify()
    judge.watch(target)
    guard await mustRun("the target was damaged") else { return }
    await verify()
  }

  private func mustRun(_ why: String) async -> Bool {
    let started = world.time.now
    guard await runJob(underFaults: false, isFirst: true) else {
      judge.report("convergence: a run failed although \(why)")
      return false
    }
    let truth = judge.truth(of: target)
    if !truth.versions.contains(judge.version) {
      judge.report("convergence: the target is not what the source is, although \(why)")
    }
    if world.time.now - started > Stage.patience {
      judge.report("convergence: the run took \(world.time.now - started), although \(why)")
    }
    let figures = target.figures
    if figures.sessions + figures.locks > 0 { judge.report("leak: after the last run there are \(figures)") }
    return true
  }

  /// What a run without faults takes at most: some thousand calls of some milliseconds.
  private static let patience = Duration.seconds(60)

  private func damage() {
    let tables = judge.source
    let content = tables[world.draw { Int.random(in: 0..<tables.count, using: &$0) }]
    target.put(content.damagedRow, into: content.name)
    world.trace.note(-3) { "a row of \(content.name) is damaged" }
  }

  /// Nobody writes: what is true is known. Under faults it may remain unverified, and never be the other verdict.
  private func verify() async {
    let isEqual = judge.truth(of: target).versions.contains(judge.version)
    let wanted = isEqual ? "equal" : "different"
    if !options.troubles.isEmpty {
      let seen = await verdict { FaultyEndpoint($0, side: $1, injector: faults, time: world.time) }
      if let seen, seen != wanted, seen != "unverified" {
        judge.report("verdict: under faults the verification says \(seen) where it is \(wanted)")
      }
    }
    let seen = await verdict { endpoint, _ in endpoint }
    if seen != wanted {
      judge.report("verdict: the verification says \(seen ?? "nothing") where it is \(wanted)")
    }
  }

  /// Nil if the verification could not even begin.
  private func verdict(_ faulty: (ModelEndpoint, Side) -> any Endpoint) async -> String? {
    var verification = VerificationOptions()
    verification.workers = options.workers
    let second = canary == .verifiesSourceTwice ? source : target
    let report = try? await Verification(
      source: faulty(ModelEndpoint(source), .source), target: faulty(ModelEndpoint(second), .target),
      options: verification, time: world.time
    ).run()
    let verdict = report?.verdict.rawValue
    world.trace.note(-4, verdict?.utf8.count ?? 0) { "verification: \(verdict ?? "failed")" }
    return verdict
  }
}

/// The time of databases that only have a name.
private struct NoTime: TimeSource {
  var now: Duration { .zero }
  var wallClock: WallTime { WallTime(seconds: 0) }
  func sleep(for duration: Duration) async throws {}
}
