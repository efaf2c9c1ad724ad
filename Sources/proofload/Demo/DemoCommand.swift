import Databases
import Glibc
import PostgresDatabase
import Reports
import Runtime
import StackOverflow

struct DemoCommand: Command {
  enum Target: String, CaseIterable { case sqlite, postgres, sqlserver }

  static let help = CommandHelp(
    name: "demo",
    summary: "see a migration with its accidents, from the first row to the proof",
    explanation: [
      "Generates a database, copies it in a process that is killed in the middle, goes on while answers to commits "
        + "are lost, verifies with three witnesses, runs again with nothing to do, corrupts one character behind Proofload's back, finds it, and "
        + "repairs it. Every figure is measured while you watch.",
      "It works in a directory of its own, and overwrites nothing that it did not make. With --target postgres it "
        + "starts a PostgreSQL server of its own, and stops it at the end. With --target sqlserver it starts a "
        + "simulated SQL Server, makes writers of one table deadlock in it, and fails it over in the middle of a copy.",
    ],
    options: [
      .value("dir", "DIR", "where to work (default proofload-demo)"),
      .value("target", "KIND", "sqlite (the default), postgres or sqlserver"),
      .value("rows", "N", "about how many rows to generate (default 200000; 50000 with sqlserver)"),
    ],
    examples: [
      .init(purpose: "In a few seconds:", command: "proofload demo"),
      .init(purpose: "Into a real server:", command: "proofload demo --target postgres"),
      .init(
        purpose: "With deadlocks and a failover, and nothing installed:",
        command: "proofload demo --target sqlserver"),
    ],
    exitCodes: [.done, .different, .usage, .interrupted])

  private let directory: String
  private let target: Target
  private let scale: Scale

  /// The simulated server's interpreter is slower than an engine, and the story is not to take longer.
  private static func defaultRows(_ target: Target) -> Int { target == .sqlserver ? 50_000 : 200_000 }
  /// Fewer would be copied before anybody could interrupt it.
  static let rowLimits = 5_000...20_000_000

  init(_ arguments: Arguments) throws {
    directory = try arguments.text("dir") ?? "proofload-demo"
    target = try arguments.choice("target", Target.self) ?? .sqlite
    scale = try Scale(
      aboutRows: try arguments.integer("rows", in: Self.rowLimits) ?? Self.defaultRows(target))
    if target == .postgres && PrivateServer.programs() == nil {
      throw UsageError("PostgreSQL's server is not installed", remedy: PrivateServer.installation)
    }
  }

  /// What does not turn out as told is a difference: between the story and the program.
  static func exitCode(of error: any Error) -> ExitCode {
    switch Failures.exitCode(of: error) {
    case .gaveUp: .different
    case let code: code
    }
  }

  func run(in session: Session) async throws -> CommandResult {
    let stage = try DemoStage(directory: directory, target: target)
    defer { stage.close() }
    var story = Demonstration(stage: stage, scale: scale, session: session)
    do { try await story.play() } catch {
      if session.stop.isRequested { throw error }
      throw Demonstration.Surprise(description: "it did not turn out as told: \(error)")
    }
    return CommandResult(receipt: story.receipt)
  }
}
