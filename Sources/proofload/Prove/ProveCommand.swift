import Databases
import FaultInjection
import Foundation
import Replication
import Reports
import Runtime

struct ProveCommand: Command {
  static let help = CommandHelp(
    name: "prove",
    summary: "interrupt a copy of your own data at every moment, and see that nothing is lost",
    explanation: [
      "Takes the first rows of each table, counts the moments of a copy of them, and then interrupts it at each of "
        + "these moments: by an error before it has its effect and after it, by a cut connection before and after, "
        + "and by kill -9. After each interruption the ledger has to tell the truth, and a second run to leave the "
        + "very rows, keys, indexes and triggers that an undisturbed one leaves. Then the same again with retries, where the "
        + "interrupted run has to heal itself.",
      "The source is only read. In the target it works in schemas of its own in PostgreSQL or SQL Server, and in files beside a "
        + "SQLite database, which are removed afterwards; what is in the target is neither read nor touched. Nobody "
        + "should write to the source meanwhile.",
    ],
    options: [
      .from, .to, .tables,
      .value("rows", "N", "rows to take of each table, about (default \(defaultRows))"),
      .value("max", "N", "interruptions to try at most, sampled evenly (default \(defaultMaximum))"),
      .value("seed", "N", "what the sample is drawn with (default 1)"),
      .value("workers", "N", "interruptions to try at the same time (default \(defaultWorkers))"),
      .value("only", "NAME", "one interruption alone, as a report names it: target:12:cut-after:rerun"),
      .value("report", "FILE", "write the matrix there, as Markdown"),
      .receipt,
    ],
    examples: [
      .init(
        purpose: "On a SQLite file:",
        command: "proofload prove --from sqlite:source.db --to sqlite:target.db"),
      .init(
        purpose: "Two tables on the way into PostgreSQL, thoroughly, with a report:",
        command:
          "proofload prove --from sqlite:source.db --to postgres://localhost/shop \\\n"
          + "      --tables Users,Posts --max 10000 --report proof.md"),
    ],
    exitCodes: [.done, .different, .usage, .unverified, .interrupted])

  private static let defaultRows = 30
  private static let defaultMaximum = 1_000
  private static let defaultWorkers = 4

  private let source: any Endpoint
  private let targetURL: String
  private let targetName: String
  private let tables: TableSelection
  private let rows: Int
  private let maximum: Int
  private let seed: UInt64
  private let workers: Int
  private let only: Interruption?
  private let report: String?

  init(_ arguments: Arguments) throws {
    source = try Endpoints.make(try arguments.required("from"), as: .source)
    targetURL = try arguments.required("to")
    targetName = try Endpoints.make(targetURL, as: .target).name
    tables = TableSelection(try arguments.list("tables"))
    rows = try arguments.integer("rows", in: 1...10_000) ?? Self.defaultRows
    maximum = try arguments.integer("max", in: 1...1_000_000) ?? Self.defaultMaximum
    seed = try arguments.seed("seed") ?? 1
    workers = try arguments.integer("workers", in: 1...64) ?? Self.defaultWorkers
    only = try arguments.text("only").map { name throws(UsageError) in
      guard let interruption = Interruption(name: name) else {
        throw UsageError(
          "--only is '\(name)', which names no interruption",
          remedy: "Write it like target:12:cut-after:rerun.")
      }
      return interruption
    }
    report = try arguments.text("report")
    if let report { try AtomicFile.checkWritable(report) }
  }

  static func exitCode(of error: any Error) -> ExitCode {
    error is Proof.WrongCopy ? .different : Failures.exitCodeOfVerification(error)
  }

  func run(in session: Session) async throws -> CommandResult {
    if let victim = try ProofVictim.own() {
      let source = SampledSource(base: source, sample: victim.sample)
      try await victim.run(ProofSetting(source: source, targetURL: targetURL, stop: session.stop))
      return CommandResult(
        receipt: Receipt(command: Self.help.name, exitCode: .gaveUp, time: session.time.wallClock))
    }
    let started = session.time.now
    let sample = try await sample()
    var receipt = Receipt(command: Self.help.name, exitCode: .done, time: session.time.wallClock)
    receipt.engines = Endpoints.versions([source, try Endpoints.make(targetURL, as: .target)])
    var proof = try await prove(sample, session)
    proof.seconds = (session.time.now - started).seconds
    receipt.proof = proof
    receipt.seed = seed
    receipt.end(proof.exitCode)
    receipt.time = session.time.wallClock
    let summary = ProofSummary(
      proof, moments: MomentKind.all.map(\.name), faults: Interruption.Fault.allCases.map(\.rawValue))
    if let report { try AtomicFile.write(summary.markdown, to: report) }
    return CommandResult(
      receipt: receipt,
      text: summary.lines(width: session.console.width, style: session.console.style)
        + (report.map { ["Report: \($0)"] } ?? []))
  }

  private func sample() async throws -> SourceSample {
    let connection = try await source.connect(.read)
    do {
      let chosen = try tables.choose(from: try await connection.tables(), endpoint: source.name)
      let sample = try await SourceSample(of: chosen, rows: rows, from: connection)
      await connection.close()
      return sample
    } catch {
      await connection.close()
      throw error
    }
  }

  private func prove(_ sample: SourceSample, _ session: Session) async throws -> ProofReceipt {
    let scratch = try await Scratch(target: targetURL, count: only == nil ? workers : 1)
    let progress = ProofProgress(console: session.console, time: session.time)
    let arguments = session.arguments
    let proof = Proof(
      setting: ProofSetting(
        source: SampledSource(base: source, sample: sample), targetURL: targetURL, stop: session.stop),
      scratch: scratch, maximum: maximum, seed: seed, only: only, progress: progress,
      commandLine: { interruption in
        arguments.commandLine(removing: ["only", "report", "receipt", "json"])
          + " --only \(interruption.name)"
      })
    var receipt = ProofReceipt(source: source.name, target: targetName, scratch: scratch.name, seed: seed)
    for leftover in scratch.leftovers {
      session.console.log(.warning, "note: removed \(leftover), which a proof that died had left over")
    }
    do {
      // Leaving this function cancels it, and waits until the line is gone.
      async let _: Void = progress.keepDrawing()
      receipt = try await proof.run(receipt)
    } catch {
      try? await scratch.remove()
      throw error
    }
    try await scratch.remove()
    return receipt
  }
}

extension MomentKind {
  /// In the order in which a report shows them.
  static var all: [MomentKind] {
    Side.allCases.flatMap { side in
      Operation.allCases.map { MomentKind(side: side, operation: $0) }
    }
  }

  private init(side: Side, operation: FaultInjection.Operation) {
    self.side = side
    self.operation = operation
  }
}
