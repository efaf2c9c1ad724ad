import Databases
import Replication
import Reports
import Runtime

struct ExplainCommand: Command {
  static let help = CommandHelp(
    name: "explain",
    summary: "tell what an error means, what Proofload does, and who would retry it",
    explanation: [
      "An error is named by its engine and its number or SQLSTATE, as receipts and messages do. A word finds errors "
        + "by class or meaning, an engine's name lists all of its errors, and without an argument the engines and "
        + "classes are listed. Nothing is connected to.",
      "What is known is in data files with their sources. A code that is in none of them is permanent: Proofload does "
        + "not retry what nobody has explained.",
    ],
    operand: .operand("ERROR", "sqlserver:1205, postgres:57P01, sqlite:5, mysql:1213, or a word"),
    options: [],
    examples: [
      .init(purpose: "A deadlock in SQL Server:", command: "proofload explain sqlserver:1205"),
      .init(
        purpose: "What a shutdown of PostgreSQL looks like:", command: "proofload explain postgres:57P01"),
      .init(purpose: "Deadlocks of every engine:", command: "proofload explain deadlock"),
      .init(purpose: "The same for a program:", command: "proofload explain mysql:1213 --json"),
    ],
    exitCodes: [.done, .usage])

  private enum Question {
    case overview
    case code(String, ErrorCatalog)
    case entries([ErrorExplanation])
  }

  private let question: Question

  init(_ arguments: Arguments) throws {
    question = try arguments.text("ERROR").map(ExplainCommand.question) ?? .overview
  }

  func run(in session: Session) async throws -> CommandResult {
    var receipt = Receipt(command: Self.help.name, exitCode: .done, time: session.time.wallClock)
    let (width, style) = (session.console.width, session.console.style)
    switch question {
    case .overview:
      receipt.explanations = ErrorCatalog.all.flatMap(ExplainCommand.entries)
      return CommandResult(receipt: receipt, text: ExplanationText.overview(style))
    case .entries(let entries):
      receipt.explanations = entries
      return CommandResult(receipt: receipt, text: ExplanationText.list(entries, style))
    case .code(let code, let catalog):
      let explanation = ErrorExplanation(code, of: catalog)
      receipt.explanations = [explanation]
      return CommandResult(
        receipt: receipt, text: ExplanationText.lines(explanation, width: width, style: style))
    }
  }

  // MARK: The question

  private static let aliases = ["postgresql": "postgres", "mssql": "sqlserver", "mariadb": "mysql"]

  private static func entries(_ catalog: ErrorCatalog) -> [ErrorExplanation] {
    catalog.entries.map { ErrorExplanation($0, of: catalog) }
  }

  private static func catalog(_ name: some StringProtocol) -> ErrorCatalog? {
    let name = name.lowercased()
    return ErrorCatalog.of(Engine(rawValue: aliases[name] ?? name))
  }

  private static func question(_ word: String) throws(UsageError) -> Question {
    guard let colon = word.firstIndex(of: ":") else { return .entries(try found(word)) }
    let code = word[word.index(after: colon)...].uppercased()
    guard let catalog = catalog(word[..<colon]) else {
      let engine = word[..<colon].lowercased()
      let guess = EditDistance.nearest(to: engine, among: ErrorCatalog.all.map(\.engine.rawValue))
        .map { "Did you mean \($0):\(PrintableURL.redacted(code))? " }
      throw UsageError(
        "'\(PrintableURL.redacted(word))' names no engine that Proofload knows", remedy: (guess ?? "") + forms
      )
    }
    guard catalog.codes.accepts(code) else {
      throw UsageError(
        "'\(PrintableURL.redacted(word))' is no error of \(catalog.title): it has to be \(catalog.codes)",
        remedy: forms)
    }
    return .code(code, catalog)
  }

  private static let forms =
    "Write it like sqlserver:1205, postgres:57P01, sqlite:5 or mysql:1213; proofload explain lists the engines."

  /// By engine, code, class, or words of the meaning.
  private static func found(_ word: String) throws(UsageError) -> [ErrorExplanation] {
    if let catalog = catalog(word) { return entries(catalog) }
    let (lower, upper) = (word.lowercased(), word.uppercased())
    let all = ErrorCatalog.all.flatMap { catalog in
      catalog.codes.accepts(upper) && catalog[upper] != nil
        ? [ErrorExplanation(upper, of: catalog)] : entries(catalog)
    }
    let matching = all.filter {
      $0.code == upper || $0.errorClass.rawValue.lowercased() == lower
        || $0.meaning.lowercased().contains(lower)
    }
    guard matching.isEmpty else { return matching }
    throw UsageError("no error is known by '\(PrintableURL.redacted(word))'", remedy: forms)
  }
}
