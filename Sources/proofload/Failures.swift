import Databases
import PostgresDatabase
import Replication
import Reports
import Runtime

/// Makes exit codes and messages of errors.
enum Failures {
  /// What an error means that kept a command from doing its work.
  static func exitCode(of error: any Error) -> ExitCode {
    switch error {
    case is UsageError, is AtomicFile.Failure, is PrivateServer.StartError: .usage
    case let error as JobError: exitCode(of: error.kind)
    case let error as DatabaseError:
      switch error.errorClass {
      case .configuration, .readOnly: .usage
      case .cancelled: .interrupted
      default: .gaveUp
      }
    case is CancellationError: .interrupted
    default: .gaveUp
    }
  }

  private static func exitCode(of kind: JobError.Kind) -> ExitCode {
    switch kind {
    case .configuration: .usage
    case .reconciliation: .gaveUp
    case .stopped: .interrupted
    }
  }

  /// As above, for a command whose work is to compare: what prevents that is 'could not verify'.
  static func exitCodeOfVerification(_ error: any Error) -> ExitCode {
    switch exitCode(of: error) {
    case .gaveUp: .unverified
    case let code: code
    }
  }

  static func receipt(_ error: any Error) -> FailureReceipt {
    switch error {
    case let error as UsageError: return FailureReceipt(message: error.message, remedy: error.remedy)
    case let error as AtomicFile.Failure: return FailureReceipt(message: error.message, remedy: error.remedy)
    case let error as JobError: return FailureReceipt(message: error.message, remedy: error.remedy)
    case let error as DatabaseError: return receipt(error)
    default: return FailureReceipt(message: "\(error)")
    }
  }

  /// What ended a run.
  static func receipt(_ failure: RunFailure) -> FailureReceipt {
    if let error = failure.database { return receipt(error) }
    return FailureReceipt(message: failure.message, remedy: failure.remedy)
  }

  private static func receipt(_ error: DatabaseError) -> FailureReceipt {
    var bare = error
    bare.remedy = nil
    var receipt = FailureReceipt(message: bare.description, remedy: error.remedy)
    receipt.code = error.code.isEmpty ? nil : "\(error.engine) \(error.code)"
    receipt.errorClass = error.errorClass.rawValue
    receipt.isClassifiedByText = error.isClassifiedByText ? true : nil
    return receipt
  }

  /// What a person reads: what happened, what to do, and the command that goes on.
  static func text(_ failure: FailureReceipt, command: String) -> String {
    var lines = [(command.isEmpty ? "proofload: " : "proofload \(command): ") + failure.message]
    if let remedy = failure.remedy { lines.append("  \(remedy)") }
    if let next = failure.next { lines += ["  Then run:", "    \(next)"] }
    return lines.joined(separator: "\n")
  }
}

extension Console {
  /// The result of a command line that could not be understood.
  func fail(_ command: String, _ error: any Error) -> CommandResult {
    var receipt = Receipt(
      command: command, exitCode: Failures.exitCode(of: error), time: Session.time.wallClock)
    receipt.error = Failures.receipt(error)
    return CommandResult(receipt: receipt)
  }
}
