import Foundation
import Replication
import Rows
import Runtime
import Verification

/// What a command leaves behind: the object that `--json` prints and `--receipt` writes.
///
/// Its keys are a promise to whoever reads receipts with a program; `format` changes when one of them does.
package struct Receipt: Encodable, Sendable {
  package var format = 1
  package var proofload = Version.current
  package var command: String
  package var exitCode: ExitCode
  package var outcome: String
  /// When the receipt was made.
  package var time: WallTime
  package var error: FailureReceipt?
  /// What makes the source's rows again, if the generator is one.
  package var seed: UInt64?
  package var engines: [EngineVersion]?
  package var plan: PlanReceipt?
  package var run: RunReceipt?
  package var verification: VerificationReport?
  /// What was injected on request.
  package var faults: FaultReceipt?
  package var faultPlans: [FaultPlanReceipt]?
  package var demo: DemoReceipt?
  package var proxy: ProxyReceipt?
  package var proof: ProofReceipt?
  package var simulation: SimulationReceipt?
  package var explanations: [ErrorExplanation]?

  package init(command: String, exitCode: ExitCode, time: WallTime) {
    self.command = command
    self.exitCode = exitCode
    outcome = exitCode.outcome
    self.time = time
  }

  package mutating func end(_ code: ExitCode) {
    exitCode = code
    outcome = code.outcome
  }

  /// With sorted keys and a newline at the end: the same receipt is the same text.
  package var json: String { JSONText.of(self) + "\n" }
}

/// A database engine that took part.
package struct EngineVersion: Encodable, Sendable, Equatable {
  package var engine: String
  package var version: String

  package init(engine: String, version: String) {
    self.engine = engine
    self.version = version
  }
}

/// What went wrong, where, and what to do next.
package struct FailureReceipt: Encodable, Sendable, Equatable {
  package var message: String
  package var remedy: String?
  /// The command that goes on from here.
  package var next: String?
  /// The engine's own code or SQLSTATE, and what Proofload makes of it.
  package var code: String?
  package var errorClass: String?
  /// True if there was no code, and the class was guessed from the message's words.
  package var isClassifiedByText: Bool?

  package init(message: String, remedy: String? = nil, next: String? = nil) {
    self.message = message
    self.remedy = remedy
    self.next = next
  }
}

package enum JSONText {
  /// Indented, with sorted keys.
  package static func of(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("receipts are plain structs with finite numbers, which always encode")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

/// Seconds to the millisecond: more would be noise in a receipt.
func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
