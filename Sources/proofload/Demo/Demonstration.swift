import Databases
import FaultInjection
import Replication
import Reports
import Runtime
import StackOverflow
import Verification

/// The story that `proofload demo` tells. Every figure comes from a report, and every claim is checked.
struct Demonstration {
  let stage: DemoStage
  private let session: Session
  private let witness: StackOverflowEndpoint
  private(set) var receipt: Receipt
  private var story: DemoReceipt
  private var unitSize = "1MB"
  /// What was generated, by table.
  private(set) var generated: [String: (rows: Int, bytes: Int)] = [:]
  private var stepStarted: Duration

  /// What did not turn out as told.
  struct Surprise: Error, CustomStringConvertible {
    let description: String
  }

  init(stage: DemoStage, scale: Scale, session: Session) {
    self.stage = stage
    self.session = session
    witness = StackOverflowEndpoint(scale: scale, executor: Session.thread)
    receipt = Receipt(command: DemoCommand.help.name, exitCode: .done, time: session.time.wallClock)
    receipt.seed = witness.options.seed
    story = DemoReceipt(directory: stage.directory)
    stepStarted = session.time.now
  }

  mutating func play() async throws {
    let started = session.time.now
    tell(style.bold("A migration with its accidents") + style.dim("  (in \(stage.directory))"))
    try await generate()
    try await copyAndKill()
    try await goOn()
    if let server = stage.sqlServer {
      try await deadlock(in: server)
      try await failOver()
    }
    try await verify("Ask three witnesses: source, target, and the generator")
    try await runAgain()
    let corruption = try corrupt()
    try await find(corruption)
    try await repair()
    try await verify("Ask the three witnesses again")
    try leaveReceipt()
    let time = Figures.duration((session.time.now - started).seconds)
    tell("")
    tell(style.good("Everything turned out as told") + ", in \(time).")
  }

  // MARK: The steps

  private mutating func generate() async throws {
    begin("Generate a database of StackOverflow's shape")
    let report = try await replicate(from: witness, to: try stage.source, ReplicationOptions())
    let figures = RunFigures(report)
    see(
      "\(Figures.count(figures.rowsAcknowledged, "row")) in \(Figures.count(report.tables.count, "table")), "
        + "\(Figures.bytes(figures.bytes)), from seed \(witness.options.seed), in \(Figures.duration(report.seconds))."
    )
    try expect(figures.rowsAcknowledged > 0, "no rows were generated")
    for unit in report.units {
      generated[unit.unit.table, default: (0, 0)].rows += unit.rowsRead
      generated[unit.unit.table, default: (0, 0)].bytes += unit.bytes
    }
  }

  /// The copy is a process like any other, and it is killed like any other.
  private mutating func copyAndKill() async throws {
    begin("Replicate it, and kill the process in the middle")
    for (attempt, size) in ["1MB", "256KB", "64KB"].enumerated() {
      unitSize = size
      let victim = Victim(stage: stage, unitSize: size, isFresh: attempt > 0, session: session)
      show(victim.words)
      switch try await victim.run() {
      case .killed: return try await readLedger()
      case .finished: see("It was done before it could be killed; again, with smaller units.")
      case .failed(let said): throw Surprise(description: "the copy failed by itself: \(said)")
      }
    }
    throw Surprise(description: "the copy was too fast to be killed; give it more rows with --rows")
  }

  private mutating func readLedger() async throws {
    let ledger = try await stage.ledger(.write)
    func units(_ state: UnitState) -> Int { ledger.count { $0.state == state } }
    see("kill -9. It had no chance to clean up, or to say where it was.")
    see(
      "The ledger in the target knows: of \(Figures.count(ledger.count, "unit")), \(units(.done)) done, "
        + "\(units(.begun)) begun, \(units(.planned)) not yet begun.")
    try expect(units(.done) < ledger.count, "the copy was killed after its last unit")
  }

  /// Again, and this time the weather is bad: commits happen and their answers do not come.
  private mutating func goOn() async throws {
    let preset = Preset.lostCommit
    begin("Run the same command again, under faults")
    let words = Victim(stage: stage, unitSize: unitSize, isFresh: false, session: session).words
    show(words + ["--faults", preset.rawValue])
    let recorded = try await stage.ledger(.read).count { $0.state == .done }
    let faults = PlannedFaults(preset.plan, time: session.time)
    let report = try await replicate(under: faults)
    let figures = RunFigures(report)
    receipt.faults = FaultReceipt(faults.plan, faults.events)
    for rule in faults.plan.rules {
      let struck = faults.events.count { $0.rule == rule.name }
      if struck > 0 { see("\(Figures.count(struck, "time")): \(rule.name).") }
    }
    see("Each time a new connection was opened, and the ledger asked what had become of the unit.")
    see("\(Figures.count(figures.unitsUnchanged, "unit")) read on both sides, found equal, and left alone;")
    see(
      "\(Figures.count(figures.unitsCopied, "unit")) deleted and inserted: "
        + "\(Figures.count(figures.rowsAcknowledged, "row")) in \(Figures.duration(report.seconds)).")
    see(
      "\(Figures.count(figures.rowsDone, "row")) are there, and every unit has its fingerprint in the ledger."
    )
    try expect(figures.unitsUnchanged == recorded, "a unit that the ledger called done was not")
    try expect(figures.unitsDone == figures.unitsPlanned, "not every unit is done")
  }

  private mutating func verify(_ title: String) async throws {
    begin(title)
    let report = try await verification()
    let rows = report.tables.reduce(0) { $0 + ($1.source.rows ?? 0) }
    let agree = report.tables.count { $0.witness?.testimony == .allAgree }
    see(
      "Equal: \(Figures.count(rows, "row")) in \(Figures.count(report.tables.count, "table")), "
        + "by count and checksum, in \(Figures.duration(report.seconds)).", isGood: true)
    see("In \(agree) of \(report.tables.count) tables, \(Testimony.allAgree.sentence).")
    try expect(report.verdict == .equal, "source and target are not equal: \(report.verdict)")
    try expect(agree == report.tables.count, "a witness disagrees")
  }

  private mutating func runAgain() async throws {
    begin("Run the same command once more, with nothing to do")
    let report = try await replicate()
    let figures = RunFigures(report)
    see(
      "\(figures.unitsUnchanged) of \(Figures.count(figures.unitsPlanned, "unit")) unchanged, "
        + "\(Figures.count(figures.rowsAcknowledged, "row")) written, in \(Figures.duration(report.seconds))."
    )
    try expect(figures.unitsUnchanged == figures.unitsPlanned, "a rerun found something to copy")
    try expect(figures.rowsAcknowledged == 0 && figures.rowsDeleted == 0, "a rerun wrote rows")
  }

  private mutating func corrupt() throws -> Corruption {
    begin("Change one character behind Proofload's back")
    guard let corruption = try Corruption.choose(on: stage) else {
      throw Surprise(description: "there is no row to corrupt")
    }
    let changed = try corruption.strike(stage)
    show(corruption.statement)
    see(
      "\(Figures.count(changed, "row")) updated: '\(corruption.before)' became '\(corruption.after)' in "
        + "\(Corruption.table) \(corruption.id). No count changes, and no log has it.")
    try expect(changed == 1, "the statement changed \(changed) rows")
    return corruption
  }

  private mutating func find(_ corruption: Corruption) async throws {
    begin("Verify")
    let report = try await verification()
    let notes = report.tables.reduce(0) { sum, table in sum + table.schema.count { $0.severity == .note } }
    var told = report
    for index in told.tables.indices { told.tables[index].schema.removeAll { $0.severity == .note } }
    for line in VerificationSummary(told).differences(width: Help.width - 6, style: style) where !line.isEmpty
    {
      tell("      " + line)
    }
    see(
      "Found in \(Figures.duration(report.seconds)). Exit code \(VerifyCommand.exitCode(of: report).rawValue)."
    )
    if notes > 0 {
      see("\(Figures.count(notes, "note")) on columns' types left out here: no difference in the rows.")
    }
    let rows = report.tables.flatMap { table in table.rows.map { (table.sourceName.name, $0) } }
    try expect(report.verdict == .different, "the corruption was not found")
    try expect(
      rows.count == 1 && rows[0].0 == Corruption.table && rows[0].1.kind == .changed
        && rows[0].1.key.map(\.value) == ["\(corruption.id)"]
        && rows[0].1.cells.map(\.column) == [Corruption.column],
      "something else than the corruption was found")
  }

  private mutating func repair() async throws {
    begin("Repair it by running the same command")
    let report = try await replicate()
    let figures = RunFigures(report)
    see(
      "\(Figures.count(figures.unitsCopied, "unit")) copied (\(Figures.count(figures.rowsAcknowledged, "row"))), "
        + "\(figures.unitsUnchanged) unchanged, in \(Figures.duration(report.seconds)).")
    try expect(figures.unitsCopied == 1, "\(figures.unitsCopied) units were copied to repair one row")
    try expect(figures.unitsDone == figures.unitsPlanned, "not every unit is done")
  }

  private mutating func leaveReceipt() throws {
    begin("Keep the receipt")
    see("\(stage.receiptFile): every unit, count and fingerprint of this, as JSON.")
    endStep()
    receipt.demo = story
    receipt.time = session.time.wallClock
    try AtomicFile.write(receipt.json, to: stage.receiptFile)
  }

  // MARK: What the steps do

  private mutating func replicate(under faults: PlannedFaults? = nil) async throws -> RunReport {
    var options = ReplicationOptions()
    // Nobody is really away.
    if faults != nil { options.retry.outage = .fixed([.milliseconds(50)]) }
    guard let bytes = ByteSize.parse(unitSize) else { preconditionFailure("the sizes above are sizes") }
    options.unitBytes = bytes
    var target = try stage.target
    if let faults {
      target = FaultyEndpoint(target, side: .target, injector: faults, time: session.time)
    }
    let report = try await replicate(from: try stage.source, to: target, options)
    receipt.run = RunReceipt(report)
    return report
  }

  /// Copies one table anew, as the command does that was shown. The step keeps the run: what is in it happens once.
  mutating func replicate(
    _ copy: TableCopy, watching watch: @escaping ProgressSink = { _ in }
  ) async throws -> RunReport {
    let report = try await replicate(
      from: try stage.source, to: try stage.target, copy.options, watching: watch)
    receipt.run = RunReceipt(report)
    story.steps[story.steps.count - 1].run = receipt.run
    return report
  }

  private func replicate(
    from source: any Endpoint, to target: any Endpoint, _ options: ReplicationOptions,
    watching watch: @escaping ProgressSink = { _ in }
  ) async throws -> RunReport {
    let (time, stop) = (session.time, session.stop)
    let report = try await session.showingProgress { progress in
      try await Replication(
        source: source, target: target, options: options, time: time, stop: stop,
        progress: { event in
          watch(event)
          // The story tells of the weather.
          switch event {
          case .waiting, .reached, .note: break
          default: progress(event)
          }
        }
      ).run()
    }
    switch report.outcome {
    case .done: return report
    case .stopped: throw JobError(.stopped, "stopped on request", remedy: "Run the demonstration again.")
    case .failed: throw Surprise(description: report.failure?.message ?? "a run failed without a reason")
    }
  }

  private mutating func verification() async throws -> VerificationReport {
    let (source, target, witness) = (try stage.source, try stage.target, witness)
    let (time, stop) = (session.time, session.stop)
    let report = try await session.showingProgress { progress in
      try await Verification(
        source: source, target: target, witness: witness, time: time, stop: stop, progress: progress
      ).run()
    }
    if report.stopped {
      throw JobError(.stopped, "stopped on request", remedy: "Run the demonstration again.")
    }
    receipt.verification = report
    return report
  }

  // MARK: Telling

  private var style: TerminalStyle { session.console.style }

  mutating func begin(_ title: String) {
    endStep()
    story.steps.append(.init(title: title, seconds: 0, observations: []))
    stepStarted = session.time.now
    let number = "\(story.steps.count)".padded(to: 4)
    tell("")
    tell(style.bold("\(number)\(title)"))
  }

  private mutating func endStep() {
    guard let last = story.steps.indices.last else { return }
    story.steps[last].took(session.time.now - stepStarted)
  }

  mutating func see(_ text: String, isGood: Bool = false) {
    story.steps[story.steps.count - 1].observations.append(text)
    for line in Help.wrapped(text, indent: 4) { tell(isGood ? style.good(line) : line) }
  }

  /// A command of ours, to be run in a shell.
  func show(_ words: [String]) {
    for line in Shell.wrapped(words, indent: 4, width: Help.width) { tell(style.dim(line)) }
  }

  /// What somebody else does to the target.
  func show(_ statement: SQLStatement) {
    for line in Help.wrapped(statement.sql, indent: 6, hang: 2) { tell(line) }
  }

  private func tell(_ line: String) {
    guard !session.console.isJSON, !session.console.isQuiet else { return }
    session.console.result(line)
  }

  func expect(_ isSo: Bool, _ otherwise: String) throws {
    guard isSo else { throw Surprise(description: otherwise) }
  }
}
