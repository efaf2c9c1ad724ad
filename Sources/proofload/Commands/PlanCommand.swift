import Databases
import Replication
import Reports
import Runtime

struct PlanCommand: Command {
  static let help = CommandHelp(
    name: "plan",
    summary: "show what replicate would do, without writing anything",
    explanation: [
      "Connects to both sides, checks that every column of the source has a place in the target, and prints the "
        + "tables in the order of their foreign keys with the units of work into which they are cut. Sizes are the "
        + "database's own estimates. What the ledger has recorded of an earlier run is kept."
    ],
    options: [
      .from, .to, .tables, .unitSize, .names,
      .flag("allow-narrower", "accept columns narrower than the source's"),
    ],
    examples: [
      .init(
        purpose: "What would be copied, and in which pieces:",
        command: "proofload plan --from sqlite:source.db --to sqlite:target.db"),
      .init(
        purpose: "The same for a program, with the ranges of every unit:",
        command: "proofload plan --from sqlite:source.db --to sqlite:target.db --json"),
    ],
    exitCodes: [.done, .usage, .gaveUp, .interrupted])

  private let job: Job

  init(_ arguments: Arguments) throws {
    job = try Job(source: try arguments.required("from"), arguments)
  }

  func run(in session: Session) async throws -> CommandResult {
    let plan = try await job.replication(session, progress: { _ in }).plan()
    var receipt = Receipt(command: Self.help.name, exitCode: .done, time: session.time.wallClock)
    receipt.seed = job.seed
    receipt.plan = PlanReceipt(plan)
    let text = PlanSummary.lines(plan, width: session.console.width, style: session.console.style)
    return CommandResult(receipt: receipt, text: ["\(plan.source) → \(plan.target)", ""] + text)
  }
}
