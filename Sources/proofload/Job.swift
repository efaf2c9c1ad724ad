import Databases
import FaultInjection
import Replication
import Reports
import Runtime
import StackOverflow

/// A replication as a command line describes it: what `replicate`, `generate` and `plan` share.
struct Job: Sendable {
  let source: any Endpoint
  let target: any Endpoint
  var options = ReplicationOptions()
  private let faults: FaultOptions?

  static let maximumWorkers = 256
  static let unitSizes = (1 << 10)...(1 << 40)

  init(source: String, _ arguments: Arguments) throws {
    let target = try arguments.required("to")
    self.source = try Endpoints.make(source, as: .source)
    self.target = try Endpoints.make(target, as: .target)
    try Endpoints.requireDistinct([(.source, self.source), (.target, self.target)])
    faults = try FaultOptions(arguments, [(.source, self.source), (.target, self.target)])
    options.tables = TableSelection(try arguments.list("tables"))
    if let workers = try arguments.integer("workers", in: 1...Job.maximumWorkers) {
      options.workers = workers
    }
    if let bytes = try arguments.size("unit-size", in: Job.unitSizes) { options.unitBytes = bytes }
    if let names = try arguments.choice("names", NameStyle.self) { options.names = names }
    options.allowNarrower = arguments.flag("allow-narrower")
    options.mode = try Job.mode(arguments)
    options.retry = try RetryArguments.policy(
      arguments, source: self.source.engine, target: self.target.engine)
  }

  private static func mode(_ arguments: Arguments) throws(UsageError) -> RerunMode {
    switch (arguments.flag("resume"), arguments.flag("fresh")) {
    case (true, true):
      throw UsageError(
        "--resume and --fresh contradict each other",
        remedy: "--resume goes on with what is not done; --fresh copies everything anew.")
    case (true, false): return .resume
    case (false, true): return .fresh
    case (false, false): return .verify
    }
  }

  /// What makes the source's rows again, where the generator is the source.
  var seed: UInt64? { (source as? StackOverflowEndpoint)?.options.seed }

  func replication(
    _ session: Session, faults: InjectedFaults? = nil, progress: @escaping ProgressSink
  ) -> Replication {
    Replication(
      source: faults?.around(source, .source) ?? source, target: faults?.around(target, .target) ?? target,
      options: options, time: session.time, stop: session.stop,
      progress: progress)
  }

  /// Runs it, and says how it went.
  func run(_ command: String, in session: Session) async -> CommandResult {
    var receipt = Receipt(command: command, exitCode: .done, time: session.time.wallClock)
    receipt.seed = seed
    var text: [String] = []
    var injection: InjectedFaults?
    do {
      injection = try faults?.injection(time: session.time)
      let report = try await session.showingProgress { [injection] progress in
        try await replication(session, faults: injection, progress: progress).run()
      }
      receipt.run = RunReceipt(report)
      receipt.end(ExitCode(report))
      receipt.error = report.failure.map(Failures.receipt)
      text =
        ["\(report.source) → \(report.target)", ""]
        + RunSummary(report).lines(width: session.console.width, style: session.console.style)
    } catch {
      receipt.end(session.stop.isRequested ? .interrupted : Failures.exitCode(of: error))
      receipt.error = Failures.receipt(error)
    }
    if receipt.exitCode == .gaveUp || receipt.exitCode == .interrupted {
      receipt.error?.next = session.arguments.commandLine(
        adding: ["resume"], removing: ["fresh"] + FaultOptions.names)
    }
    if let injection {
      receipt.faults = injection.receipt
      text.append(injection.receipt.sentence)
      if let failure = injection.logFailure { session.console.error(failure) }
    }
    receipt.time = session.time.wallClock
    receipt.engines = Endpoints.versions([source, target])
    return CommandResult(receipt: receipt, text: text)
  }
}
