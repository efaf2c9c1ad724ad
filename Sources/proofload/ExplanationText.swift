import Databases
import Reports

/// What `explain` prints for people.
enum ExplanationText {
  static func lines(_ explanation: ErrorExplanation, width: Int, style: TerminalStyle) -> [String] {
    var lines = [style.bold("\(explanation.title), error \(explanation.code)"), ""]
    let state = explanation.sqlState.map { " (SQLSTATE \($0))" } ?? ""
    lines += fact("meaning", explanation.meaning + state)
    lines += fact("class", explanation.errorClass.rawValue)
    lines += fact("Proofload", explanation.reaction)
    if explanation.isKnown {
      lines += fact("rolled back", rollback(explanation.rollback))
      lines += fact("outcome", outcome(explanation))
    }
    if let seconds = explanation.retryAfter {
      lines += fact("asks for", "\(Int(seconds)) s without requests; no wait is shorter than that")
    }
    if let remedy = explanation.remedy { lines += fact("what to do", remedy) }
    if explanation.isKnown { lines += fact("source", explanation.provenance) }
    return lines + answers(explanation, width: width, style: style)
  }

  private static func answers(
    _ explanation: ErrorExplanation, width: Int, style: TerminalStyle
  ) -> [String] {
    let answers = explanation.answers ?? []
    var table = TextTable([.text("policy"), .text("answer"), .text("limits"), .text("waits")])
    for answer in answers where answer.knowsEngine {
      table.add(
        answer.retries
          ? [answer.policy, "retries", answer.limits, answer.waits] : [answer.policy, "gives up", "", ""])
    }
    var lines =
      ["", "Who would retry it"]
      + table.lines(width: width - 2, style: style).map { line in
        "  " + line.reversed().drop { $0 == " " }.reversed()
      }
    let others = answers.filter { !$0.knowsEngine }.map(\.policy)
    if !others.isEmpty {
      lines += [""]
      lines += Help.wrapped(
        "\(others.joined(separator: ", ")) know other engines only, and leave this one to the class of the error.",
        indent: 2)
    }
    return lines
  }

  static func list(_ entries: [ErrorExplanation], _ style: TerminalStyle) -> [String] {
    entries.flatMap { entry in
      Help.wrapped(
        "\(entry.engine):\(entry.code)".padded(to: 17) + "\(entry.errorClass)".padded(to: 16) + entry.meaning,
        hang: 33)
    }
  }

  static func overview(_ style: TerminalStyle) -> [String] {
    var lines = ["Engines, and how their errors are written"]
    for catalog in ErrorCatalog.all {
      lines += fact(catalog.engine.rawValue, "\(catalog.title): \(catalog.codes)")
    }
    lines += ["", "Classes, and what Proofload does"]
    for errorClass in ErrorClass.allCases { lines += fact(errorClass.rawValue, errorClass.reaction) }
    return lines + ["", "For one error: proofload explain sqlserver:1205"]
  }

  private static func fact(_ name: String, _ text: String) -> [String] {
    Help.wrapped("  " + name.padded(to: 16) + text, hang: 18)
  }

  private static func rollback(_ rollback: Rollback) -> String {
    switch rollback {
    case .transaction: "the whole transaction"
    case .statement:
      "the statement only; the transaction stays open, with its locks, until Proofload rolls back"
    case .connection: "the transaction, because its connection ends"
    case .maybe: "it depends; Proofload rolls back by itself"
    }
  }

  private static func outcome(_ explanation: ErrorExplanation) -> String {
    switch explanation.outcome {
    case .didNotHappen where explanation.errorClass == .connectionLost:
      "the call had no effect; if it was a commit, nobody knows, and the ledger is asked"
    case .didNotHappen: "the call had no effect"
    case .happened: "the call had its effect"
    case .unknown: "nobody knows whether the call had its effect; if it was a commit, the ledger is asked"
    }
  }
}
