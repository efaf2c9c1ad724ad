import FaultInjection
import Reports
import Runtime

struct FaultsCommand: Command {
  static let help = CommandHelp(
    name: "faults",
    summary: "list the fault plans that come with Proofload, show one, or check your own",
    explanation: [
      "A fault plan says what goes wrong, when, and how it is cured. replicate and verify follow one in process "
        + "with --faults, proxy follows the same one on the wire.",
      "Without PLAN, the presets are listed. With it, the plan is checked and printed: a mistake is shown with its "
        + "line and column.",
    ],
    operand: .operand("PLAN", "a preset's name or a file"),
    options: [],
    examples: [
      .init(purpose: "What there is:", command: "proofload faults"),
      .init(
        purpose: "A preset as a beginning for a plan of your own:",
        command: "proofload faults deadlock-storm > plan.yml"),
      .init(purpose: "Check it:", command: "proofload faults plan.yml"),
    ],
    exitCodes: [.done, .usage])

  private let plans: [FaultPlan]
  private let text: String?

  init(_ arguments: Arguments) throws {
    guard let name = try arguments.text("PLAN") else {
      plans = Preset.allCases.map(\.plan)
      text = nil
      return
    }
    plans = [try FaultOptions.plan(named: name)]
    text = try FaultOptions.text(of: name)
  }

  func run(in session: Session) async throws -> CommandResult {
    var receipt = Receipt(command: Self.help.name, exitCode: .done, time: session.time.wallClock)
    receipt.faultPlans = plans.map(FaultPlanReceipt.init)
    return CommandResult(receipt: receipt, text: text.map(lines) ?? list)
  }

  private func lines(_ text: String) -> [String] {
    [text.hasSuffix("\n") ? String(text.dropLast()) : text]
  }

  private var list: [String] {
    let width = (plans.map(\.name.count).max() ?? 0) + 2
    return plans.flatMap { plan in
      Help.wrapped(plan.name.padded(to: width) + (plan.about ?? ""), hang: width)
    }
  }
}
