import Databases
import Replication
import Reports
import StackOverflow

struct GenerateCommand: Command {
  static let help = CommandHelp(
    name: "generate",
    summary: "fill a database with rows of StackOverflow's shape",
    explanation: [
      "The rows have the tables, types, keys and distributions of the StackOverflow2010 database, and come from a "
        + "seed: the same scale and seed are the same rows on every machine, in every database. Scale 1 is about 19 "
        + "million rows, 0.01 about 193,000.",
      "It is a replication whose source is the generator, so that it can be interrupted and run again, and "
        + "`verify --witness` can ask the generator what the rows should be.",
    ],
    options: [
      .to,
      .value("scale", "NUMBER", "how large, as a part of StackOverflow2010 (default 0.01)"),
      .value("seed", "N", "another seed makes other rows (default 2010)"),
      .flag(
        "hostile", "mix in values that break copies: empty texts, spaces at the end, limits, odd Unicode"),
      .tables, .workers, .receipt, .resume, .fresh, .retryPolicy, .retryLimit,
    ],
    examples: [
      .init(purpose: "A file to try things on:", command: "proofload generate --to sqlite:source.db"),
      .init(
        purpose: "Ten times as much, with traps, into PostgreSQL:",
        command: "proofload generate --to postgres://me@localhost/so --scale 0.1 --hostile"),
    ],
    exitCodes: [.done, .usage, .gaveUp, .interrupted])

  private let job: Job

  init(_ arguments: Arguments) throws {
    var parameters: [String] = []
    if let scale = try arguments.text("scale") {
      do throws(InvalidScale) { _ = try Scale(scale) } catch {
        throw UsageError("--scale '\(scale)' \(error.reason)", remedy: "Write it like --scale 0.01.")
      }
      parameters.append("scale=\(scale)")
    }
    if let seed = try arguments.seed("seed") { parameters.append("seed=\(seed)") }
    if arguments.flag("hostile") { parameters.append("hostile") }
    job = try Job(source: "\(StackOverflowOptions.scheme)?\(parameters.joined(separator: "&"))", arguments)
  }

  func run(in session: Session) async throws -> CommandResult {
    var result = await job.run(Self.help.name, in: session)
    if result.receipt.exitCode == .done {
      result.text.append("These are the rows of \(job.source.name); --witness takes that, too.")
    }
    return result
  }
}
