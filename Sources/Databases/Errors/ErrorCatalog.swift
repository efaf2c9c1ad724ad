/// What is known of an engine's errors: data with provenance, and the only place where a code gets its class.
package struct ErrorCatalog: Sendable {
  package var engine: Engine
  /// How people write the engine's name.
  package var title: String
  /// Where the facts are written down.
  package var provenance: String
  package var codes: CodeForm
  package var entries: [ErrorFacts]

  /// What is known of a code; nil for one that nobody wrote down.
  package subscript(code: String) -> ErrorFacts? {
    if let index = exact[code] ?? primary(code).flatMap({ exact[$0] }) { return entries[index] }
    return entries.filter { $0.pattern.matches(code) }.max { $0.pattern.precision < $1.pattern.precision }
  }

  /// The facts that decide: an unknown code is permanent, because to repeat what nobody understands is no plan.
  package func facts(of code: String) -> ErrorFacts { self[code] ?? .unknown(code) }

  private func primary(_ code: String) -> String? {
    codes == .extended ? Int(code).map { "\($0 & 0xFF)" } : nil
  }

  private let exact: [String: Int]

  init(engine: Engine, title: String, provenance: String, codes: CodeForm, entries: [ErrorFacts]) {
    self.engine = engine
    self.title = title
    self.provenance = provenance
    self.codes = codes
    self.entries = entries
    exact = Dictionary(entries.indices.map { (entries[$0].pattern.description, $0) }) { first, _ in first }
  }
}

/// What is known of one error, or of a class of SQLSTATEs.
package struct ErrorFacts: Sendable, Hashable {
  package var pattern: CodePattern
  /// The SQLSTATE of an error that has a number of its own.
  package var sqlState: String?
  package var errorClass: ErrorClass
  /// What it means, as a sentence without a full stop.
  package var meaning: String
  package var rollback: Rollback
  package var outcome: Outcome
  package var remedy: String?
  /// How long the server asks to be left alone, where its message says so.
  package var retryAfter: Duration?

  package static func unknown(_ code: String) -> ErrorFacts {
    ErrorFacts(
      pattern: CodePattern(code), errorClass: .permanent, meaning: "not in our list: treated as permanent",
      rollback: .maybe, outcome: .didNotHappen)
  }
}

/// What a server takes back by itself when it answers with an error.
package enum Rollback: String, Sendable, CaseIterable, Codable {
  /// The whole transaction: nothing of it can be committed any more.
  case transaction
  /// The statement only: its transaction is open, with its locks and what it wrote before.
  case statement
  /// The connection ends, and with it its transaction.
  case connection
  /// Sometimes this, sometimes that: whoever needs to know has to roll back.
  case maybe
}
