import Replication
import Reports
import Runtime
import Simulation

struct SimulateCommand: Command {
  static let help = CommandHelp(
    name: "simulate",
    summary: "run the engine in virtual time, with everything going wrong, and watch what it does",
    explanation: [
      "Each seed is a job of its own: tables, options and faults are drawn from it. The real engine copies from one "
        + "model database to another, on one thread and in virtual time, while calls fail, answers get lost, servers "
        + "crash, processes are killed and start again. At every commit the databases are asked whether what is "
        + "called done is there; once the faults are cured, one run must make the target what the source is.",
      "The same seed is the same job, to the event. The first seed that fails is run again with smaller options as "
        + "long as it fails in the same way, and printed with its events.",
      "A canary is a bug that is planted between the engine and its databases: the simulation has to find it.",
    ],
    options: [
      .value("seeds", "A..B", "the seeds to run (default 1..1000)"),
      .value("replay", "SEED", "run one seed, and print all its events"),
      .value("options", "LINE", "with --replay: these options instead of those that the seed draws"),
      .value("workers", "N", "jobs at a time, on a thread each (default 1)"),
      .value("canary", "NAME", "plant a bug: \(Canary.allCases.map(\.rawValue).joined(separator: ", "))"),
      .receipt,
    ],
    examples: [
      .init(purpose: "A thousand jobs:", command: "proofload simulate"),
      .init(purpose: "What happens in one of them:", command: "proofload simulate --replay 7"),
      .init(
        purpose: "How soon is a planted bug found?",
        command: "proofload simulate --canary delete-forgotten"),
    ],
    exitCodes: [.done, .different, .usage, .interrupted])

  private let seeds: ClosedRange<UInt64>
  private let replay: UInt64?
  private let options: SimulationOptions?
  private let canary: Canary?
  private let workers: Int

  init(_ arguments: Arguments) throws {
    replay = try arguments.seed("replay")
    canary = try arguments.choice("canary", Canary.self)
    workers = try arguments.integer("workers", in: 1...Job.maximumWorkers) ?? 1
    let range = try arguments.text("seeds")
    seeds = try SimulateCommand.range(range ?? "1..1000")
    if replay != nil, range != nil {
      throw UsageError("--seeds and --replay contradict each other", remedy: "--replay runs one seed.")
    }
    guard let line = try arguments.text("options") else {
      options = nil
      return
    }
    guard replay != nil else {
      throw UsageError("--options without --replay", remedy: "Name the seed that runs with them.")
    }
    do throws(SimulationOptions.Mistake) { options = try SimulationOptions(line) } catch {
      throw UsageError("--options: \(error.message)", remedy: "It reads what --replay prints.")
    }
  }

  private static func range(_ text: String) throws(UsageError) -> ClosedRange<UInt64> {
    let parts = text.split(separator: "..", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = UInt64(parts[0]), let last = UInt64(parts[1]), first <= last else {
      throw UsageError("--seeds is '\(text)', and must be like 1..1000")
    }
    return first...last
  }

  func run(in session: Session) async throws -> CommandResult {
    if let replay { return self.replay(Simulation(seed: replay, options: options, canary: canary), session) }
    return await sweep(session)
  }

  // MARK: One seed

  private func replay(_ simulation: Simulation, _ session: Session) -> CommandResult {
    let result = simulation.run(recorded: true)
    var figures = SimulationReceipt(
      firstSeed: simulation.seed, lastSeed: simulation.seed, canary: canary?.rawValue)
    figures.count(result)
    figures.failure = SimulationReceipt.Failure(
      seed: simulation.seed, options: "\(simulation.options)", violations: result.violations, shrunk: nil,
      replay: commandLine(simulation), trace: result.trace)
    var receipt = Receipt(
      command: Self.help.name, exitCode: result.violations.isEmpty ? .done : .different,
      time: session.time.wallClock)
    receipt.simulation = figures
    let verdict =
      result.violations.isEmpty
      ? ["Nothing was wrong."] : ["What should never have been:"] + result.violations.map { "  \($0)" }
    return CommandResult(
      receipt: receipt, text: ["Options: \(simulation.options)", ""] + result.trace + [""] + verdict)
  }

  private func commandLine(_ simulation: Simulation) -> String {
    let planted = simulation.canary.map { " --canary \($0.rawValue)" } ?? ""
    return "proofload simulate --replay \(simulation.seed)\(planted) --options '\(simulation.options)'"
  }

  // MARK: Many seeds

  /// One in this many is run a second time, which has to be the same.
  private static let repetition: UInt64 = 20

  private func sweep(_ session: Session) async -> CommandResult {
    let started = session.time.now
    let sweep = Guarded(Sweep(seeds, canary: canary))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<workers {
        group.addTask {
          while !session.stop.isRequested, let seed = sweep.withLock({ $0.next() }) { run(seed, sweep) }
        }
      }
      group.addTask { await draw(sweep, since: started, session) }
      for _ in 0..<workers { await group.next() }
      group.cancelAll()
    }
    var (figures, failing) = sweep.withLock { ($0.figures, $0.failing) }
    figures.seconds = (session.time.now - started).seconds
    if let failing {
      session.console.draw("seed \(failing.seed) fails, and is made smaller")
      figures.failure = failure(Simulation(seed: failing.seed, canary: canary), failing.result)
    }
    session.console.draw("")
    return conclusion(figures, session)
  }

  private func run(_ seed: UInt64, _ sweep: Guarded<Sweep>) {
    let simulation = Simulation(seed: seed, canary: canary)
    var result = simulation.run()
    let isRepeated = seed % Self.repetition == 0
    if isRepeated, simulation.run().hash != result.hash {
      result.violations.append("replay: the same seed did not do the same twice")
    }
    let seen = result
    sweep.withLock { $0.ran(seed, seen, repeated: isRepeated) }
  }

  private func draw(_ sweep: Guarded<Sweep>, since started: Duration, _ session: Session) async {
    guard session.console.drawsProgress else { return }
    while (try? await session.time.sleep(for: .milliseconds(100))) != nil {
      var figures = sweep.withLock { $0.figures }
      figures.seconds = (session.time.now - started).seconds
      session.console.draw(progress(figures))
    }
  }

  private func progress(_ figures: SimulationReceipt) -> String {
    let all = Int(seeds.upperBound - seeds.lowerBound + 1)
    let width = 20
    let filled = figures.jobs * width / all
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    return "[\(bar)] \(Figures.count(figures.jobs)) of \(Figures.count(all, "job")), "
      + "\(Figures.count(Int(figures.jobsPerSecond))) jobs/s"
  }

  private func failure(_ simulation: Simulation, _ result: Simulation.Result) -> SimulationReceipt.Failure {
    let small = Shrinking(simulation, violations: result.violations).simulation
    let seen = small.run(recorded: true)
    return SimulationReceipt.Failure(
      seed: simulation.seed, options: "\(simulation.options)", violations: result.violations,
      shrunk: "\(small.options)", replay: commandLine(small), trace: seen.trace)
  }

  private func conclusion(_ figures: SimulationReceipt, _ session: Session) -> CommandResult {
    var code = ExitCode.done
    if figures.failure != nil { code = .different } else if session.stop.isRequested { code = .interrupted }
    var receipt = Receipt(command: Self.help.name, exitCode: code, time: session.time.wallClock)
    receipt.simulation = figures
    var text = [
      "\(Figures.count(figures.jobs, "simulated job")) in \(Figures.duration(figures.seconds)): "
        + "\(Figures.count(Int(figures.jobsPerSecond))) jobs/s, \(Figures.count(figures.calls, "call")), "
        + "\(Figures.count(figures.faults, "fault")), \(Figures.duration(figures.virtualSeconds)) of virtual time.",
      "\(Figures.count(figures.repeated)) of them were run twice.",
    ]
    if let failure = figures.failure {
      text += ["", "Seed \(failure.seed) fails:"] + failure.violations.map { "  \($0)" }
      text += [
        "Its options: \(failure.options)", "", "The smallest that fails alike, as far as it goes well:",
      ]
      let wrong = failure.trace.firstIndex { $0.contains("VIOLATION") } ?? failure.trace.count - 1
      text += failure.trace.prefix(wrong + 1).suffix(40) + ["", "All of it:", "  \(failure.replay)"]
    } else if code == .done {
      text.append(canary == nil ? "Nothing was wrong." : "The canary was not caught.")
    }
    return CommandResult(receipt: receipt, text: text)
  }
}

/// Which seeds were run, and what came of them.
private struct Sweep {
  private var rest: ClosedRange<UInt64>.Iterator
  var figures: SimulationReceipt
  /// The first seed that failed: those before it have all begun.
  private(set) var failing: (seed: UInt64, result: Simulation.Result)?

  init(_ seeds: ClosedRange<UInt64>, canary: Canary?) {
    rest = seeds.makeIterator()
    figures = SimulationReceipt(
      firstSeed: seeds.lowerBound, lastSeed: seeds.upperBound, canary: canary?.rawValue)
  }

  mutating func next() -> UInt64? { failing == nil ? rest.next() : nil }

  mutating func ran(_ seed: UInt64, _ result: Simulation.Result, repeated: Bool) {
    figures.count(result)
    if repeated { figures.repeated += 1 }
    if !result.violations.isEmpty, failing.map({ seed < $0.seed }) ?? true { failing = (seed, result) }
  }
}

extension SimulationReceipt {
  fileprivate mutating func count(_ result: Simulation.Result) {
    jobs += 1
    calls += result.calls
    faults += result.strikes.count
    virtualSeconds += result.virtualTime.seconds
  }
}
