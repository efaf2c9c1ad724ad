import Databases
import Reports

struct ReplicateCommand: Command {
  static let help = CommandHelp(
    name: "replicate",
    summary: "copy tables from one database into another, as often as you like",
    explanation: [
      "Tables that the target lacks are created. A table is cut into units of work by ranges of its key; a unit is "
        + "deleted and inserted in one transaction with its entry in the ledger, which is a table in the target.",
      "So the same command may be run again whatever happened to the last run. It reads what is done on both sides, "
        + "copies only what is not equal, and goes on with the rest. The source is only read. Rows in the target's "
        + "tables that the source does not have are deleted.",
    ],
    options: [
      .from, .to, .tables, .workers, .names, .unitSize, .receipt, .resume, .fresh, .retryPolicy, .retryLimit,
      .flag(
        "allow-narrower",
        "copy into columns narrower than the source's; a value that does not fit stops the run"),
    ] + FaultOptions.all,
    examples: [
      .init(
        purpose: "Copy a SQLite file into another one:",
        command: "proofload replicate --from sqlite:source.db --to sqlite:target.db"),
      .init(
        purpose: "Two tables into PostgreSQL, with names as PostgreSQL likes them:",
        command:
          "proofload replicate --from sqlite:source.db --to postgres://localhost/shop \\\n"
          + "      --tables Users,Posts --names snake_case"),
      .init(
        purpose: "Go on after a crash, without reading what is done:",
        command: "proofload replicate --from sqlite:source.db --to sqlite:target.db --resume"),
      .init(
        purpose: "See how the copy fares while its target keeps choosing it as a deadlock victim:",
        command:
          "proofload replicate --from sqlite:source.db --to sqlite:target.db \\\n"
          + "      --faults deadlock-storm"),
      .init(
        purpose: "Through a failover, with the patience of an hour:",
        command:
          "proofload replicate --from sqlite:source.db --to sqlite:target.db \\\n"
          + "      --retry-limit 1h"),
    ],
    exitCodes: [.done, .usage, .gaveUp, .interrupted])

  private let job: Job

  init(_ arguments: Arguments) throws {
    job = try Job(source: try arguments.required("from"), arguments)
  }

  func run(in session: Session) async throws -> CommandResult {
    var result = await job.run(Self.help.name, in: session)
    if result.receipt.exitCode == .done {
      let (from, to) = (Shell.quoted(job.source.name), Shell.quoted(job.target.name))
      result.text += ["Compare both sides: proofload verify --from \(from) --to \(to)"]
    }
    return result
  }
}
