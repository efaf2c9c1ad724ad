import Glibc
import Reports

/// The command line, from its arguments to its exit code.
enum Program {
  static let commands: [any Command.Type] = [
    DemoCommand.self, GenerateCommand.self, PlanCommand.self, ReplicateCommand.self, VerifyCommand.self,
    ProveCommand.self, SimulateCommand.self, FaultsCommand.self, ProxyCommand.self, SQLServerCommand.self,
    ExplainCommand.self,
  ]

  /// Runs the command that the process's arguments name, and ends the process.
  static func main() async -> Never {
    // A reader of our output who leaves must not kill a run: writing to nobody is an error that `Console` sees.
    signal(SIGPIPE, SIG_IGN)
    let arguments = Array(CommandLine.arguments.dropFirst())
    exit(await run(arguments).rawValue)
  }

  private static func run(_ arguments: [String]) async -> ExitCode {
    // Looked for by hand, so that errors in the other arguments are JSON, too.
    let console = Console(
      isJSON: arguments.contains("--json"), isQuiet: arguments.contains("--quiet"), level: .warning)
    guard let name = arguments.first else {
      console.error(Help.overview)
      return finish(console, console.fail("", UsageError("no command is given")), silently: true)
    }
    switch name {
    case "--help", "-h":
      console.result(Help.overview)
      return console.checked(.done)
    case "--version":
      console.result("proofload \(Version.current)")
      return console.checked(.done)
    default: break
    }
    guard let command = commands.first(where: { $0.help.name == name }) else {
      return finish(console, console.fail("", unknown(name)), silently: false)
    }
    return await run(command, Array(arguments.dropFirst()), console)
  }

  private static func run(
    _ type: any Command.Type, _ words: [String], _ console: Console
  ) async -> ExitCode {
    var console = console
    let help = type.help
    if Arguments.asksForHelp(words, help) {
      console.result(help.text)
      return console.checked(.done)
    }
    do {
      let arguments = try Arguments(words, help)
      console.level = try arguments.choice("log-level", LogLevel.self) ?? .warning
      let command = try type.init(arguments)
      // Not after hours of work.
      if let receipt = try arguments.text("receipt") { try AtomicFile.checkWritable(receipt) }
      let session = Session(console: console, arguments: arguments)
      return finish(console, await session.run(command))
    } catch {
      return finish(console, console.fail(help.name, error))
    }
  }

  private static func unknown(_ name: String) -> UsageError {
    let names = commands.map { $0.help.name }
    let guess = EditDistance.nearest(to: name, among: names).map { "Did you mean 'proofload \($0)'? " } ?? ""
    return UsageError(
      "there is no command '\(PrintableURL.redacted(name))'",
      remedy: "\(guess)The commands are: \(names.joined(separator: ", ")). proofload --help explains them.")
  }

  /// Prints what the command has to say. `silently` when it was said already.
  private static func finish(
    _ console: Console, _ result: CommandResult, silently: Bool = false
  ) -> ExitCode {
    if console.isJSON {
      console.result(result.receipt.json, isTerminated: true)
    } else if !console.isQuiet && !result.text.isEmpty {
      console.result(result.text.joined(separator: "\n"))
    }
    if let failure = result.receipt.error, !silently {
      console.error(Failures.text(failure, command: result.receipt.command))
    }
    return console.checked(result.receipt.exitCode)
  }
}
