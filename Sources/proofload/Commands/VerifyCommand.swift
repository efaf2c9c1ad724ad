import Databases
import FaultInjection
import Replication
import Reports
import Runtime
import Verification

struct VerifyCommand: Command {
  static let help = CommandHelp(
    name: "verify",
    summary: "prove that two databases hold the same rows, or show where they do not",
    explanation: [
      "Reads both sides anew: counts and checksums first, then, where they differ, row by row and column by column, "
        + "with the likely cause. It knows nothing of how the rows got there, and judges copies of other tools as "
        + "well as Proofload's own.",
      "What could not be compared is 'could not verify', and never equal. With a third witness it says which side is "
        + "wrong.",
    ],
    options: [
      .from, .to,
      .value("witness", "URL", "a third database with the same rows, or the generator that made them"),
      .tables, .flag("counts", "only count the rows; values are not compared"),
      .value("limit", "N", "differing rows to show for a table; all are counted (default 20)"),
      .workers, .receipt,
    ] + FaultOptions.all,
    examples: [
      .init(
        purpose: "Compare two files:",
        command: "proofload verify --from sqlite:source.db --to sqlite:target.db"),
      .init(
        purpose: "Ask the generator as well, if it made the source:",
        command:
          "proofload verify --from sqlite:source.db --to sqlite:target.db \\\n"
          + "      --witness 'stackoverflow:?scale=0.01'"),
    ],
    exitCodes: [.done, .different, .usage, .unverified, .interrupted])

  private let source: any Endpoint
  private let target: any Endpoint
  private let witness: (any Endpoint)?
  private var options = VerificationOptions()
  private let faults: FaultOptions?

  static let maximumLimit = 1_000_000

  init(_ arguments: Arguments) throws {
    source = try Endpoints.make(try arguments.required("from"), as: .source)
    target = try Endpoints.make(try arguments.required("to"), as: .target)
    witness = try arguments.text("witness").map { try Endpoints.make($0, as: .witness) }
    var sides: [(EndpointRole, any Endpoint)] = [(.source, source), (.target, target)]
    if let witness { sides.append((.witness, witness)) }
    try Endpoints.requireDistinct(sides)
    faults = try FaultOptions(arguments, sides)
    options.tables = TableSelection(try arguments.list("tables"))
    options.countsOnly = arguments.flag("counts")
    if let limit = try arguments.integer("limit", in: 0...Self.maximumLimit) { options.limit = limit }
    if let workers = try arguments.integer("workers", in: 1...Job.maximumWorkers) {
      options.workers = workers
    }
  }

  static func exitCode(of error: any Error) -> ExitCode { Failures.exitCodeOfVerification(error) }

  func run(in session: Session) async throws -> CommandResult {
    let faults = try faults?.injection(time: session.time)
    let report = try await session.showingProgress { progress in
      try await Verification(
        source: faults?.around(source, .source) ?? source,
        target: faults?.around(target, .target) ?? target, witness: witness, options: options,
        time: session.time,
        stop: session.stop, progress: progress
      ).run()
    }
    let console = session.console
    var receipt = Receipt(command: Self.help.name, exitCode: .done, time: session.time.wallClock)
    receipt.verification = report
    receipt.engines = Endpoints.versions([source, target] + (witness.map { [$0] } ?? []))
    receipt.end(Self.exitCode(of: report))
    receipt.error = Self.failure(report)
    var text = ["\(report.source.name) ↔ \(report.target.name)"]
    text += VerificationSummary(report).lines(width: console.width, style: console.style)
    if let faults {
      receipt.faults = faults.receipt
      text.append(faults.receipt.sentence)
      if let failure = faults.logFailure { session.console.error(failure) }
    }
    return CommandResult(receipt: receipt, text: text)
  }

  /// A difference is proven whatever kept the rest from being compared.
  static func exitCode(of report: VerificationReport) -> ExitCode {
    switch report.verdict {
    case .equal: .done
    case .different: .different
    case .unverified: report.stopped ? .interrupted : .unverified
    }
  }

  private static func failure(_ report: VerificationReport) -> FailureReceipt? {
    guard report.verdict == .unverified else { return nil }
    if report.stopped {
      return FailureReceipt(message: "stopped on request before everything was compared")
    }
    let unverified = report.tables.filter { $0.verdict == .unverified }
    let reason = report.reasons.first ?? unverified.lazy.compactMap(\.reason).first
    let what =
      unverified.isEmpty
      ? "the two sides" : unverified.map(\.sourceName.description).joined(separator: ", ")
    return FailureReceipt(
      message: "could not verify \(what)" + (reason.map { ": \($0)" } ?? ""),
      remedy:
        "Nothing here says that the rows differ, and nothing says that they are equal. Mend the cause, then "
        + "verify again; --tables leaves out what cannot be compared.")
  }
}
