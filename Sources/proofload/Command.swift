import Reports

/// A subcommand: made from its options, run once.
protocol Command: Sendable {
  static var help: CommandHelp { get }
  /// Throws what can be known to be wrong without connecting to anything.
  init(_ arguments: Arguments) throws
  /// Throws what kept it from doing its work; what went wrong on the way is in the result.
  func run(in session: Session) async throws -> CommandResult
  /// What an error means that `run` throws.
  static func exitCode(of error: any Error) -> ExitCode
}

extension Command {
  static func exitCode(of error: any Error) -> ExitCode { Failures.exitCode(of: error) }
}

/// How a command ended: a receipt for programs, lines for people.
struct CommandResult: Sendable {
  var receipt: Receipt
  var text: [String] = []
}
