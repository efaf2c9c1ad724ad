/// What SQL Server answers when something fails, and what the failure ends.
///
/// The texts are SQL Server's own, from its documentation; each factory names its number. Class (here
/// `severity`, because `class` is a word of Swift) and state are what clients show and test for.
package struct SQLError: Error, Equatable, Sendable {
  /// What an error ends when XACT_ABORT is off.
  package enum Effect: Comparable, Sendable {
    /// A message only: it goes out as INFO, and nothing ends.
    case information
    /// The statement is undone; the batch goes on and the transaction stays.
    case statement
    /// The batch ends; the transaction stays.
    case batch
    /// The batch ends and the whole transaction is rolled back.
    case transaction
    /// The session ends, and with it the transaction.
    case connection
  }

  package var number: Int32
  /// 0 to 25: up to 10 is information, 20 and above ends the session.
  package var severity: UInt8
  package var state: UInt8
  package var message: String
  /// The line of the batch, from 1, on which the statement starts.
  package var line: Int32
  /// The procedure that failed; empty in a batch.
  package var procedure: String
  package var effect: Effect

  package init(
    number: Int32, severity: UInt8, state: UInt8, message: String, effect: Effect, line: Int32 = 1,
    procedure: String = ""
  ) {
    self.number = number
    self.severity = severity
    self.state = state
    self.message = message
    self.effect = effect
    self.line = line
    self.procedure = procedure
  }

  package func at(line: Int32) -> SQLError {
    var copy = self
    copy.line = line
    return copy
  }

  /// With `SET XACT_ABORT ON` every run-time error rolls the transaction back. What ends a batch at
  /// compile time, a name or a syntax error, does not.
  package func effect(xactAbort: Bool) -> Effect {
    xactAbort && effect == .statement && severity > 10 ? .transaction : effect
  }

  /// Overflows, divisions by zero and domain errors: with ANSI_WARNINGS and ARITHABORT off, SQL Server
  /// answers NULL and a warning instead.
  package var isArithmetic: Bool { [220, 232, 236, 237, 517, 3623, 8115, 8134].contains(number) }

  /// What stands for an arithmetic error when ANSI_WARNINGS and ARITHABORT are off.
  package var arithmeticWarning: SQLError {
    switch number {
    case 8134: .make(3607, 10, 0, "Division by zero occurred.", .information)
    case 3623: .make(3622, 10, 0, "Warning: An invalid floating point operation occurred.", .information)
    default: .make(3606, 10, 0, "Arithmetic overflow occurred.", .information)
    }
  }

  static func make(
    _ number: Int32, _ severity: UInt8, _ state: UInt8, _ message: String, _ effect: Effect
  ) -> SQLError {
    SQLError(number: number, severity: severity, state: state, message: message, effect: effect)
  }
}

extension SQLError: CustomStringConvertible {
  package var description: String {
    "Msg \(number), Level \(severity), State \(state), Line \(line): \(message)"
  }
}
