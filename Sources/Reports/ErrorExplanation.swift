import Databases
import Replication

/// What is known of an error of an engine, and what becomes of it.
package struct ErrorExplanation: Encodable, Sendable {
  /// What a retry policy says to it.
  package struct Answer: Encodable, Sendable {
    package var policy: String
    package var retries: Bool
    /// False if the policy leaves errors of this engine to their class.
    package var knowsEngine: Bool
    package var waits: String
    package var limits: String
  }

  package var engine: String
  package var title: String
  /// A code, or the beginning of codes: `08*`.
  package var code: String
  package var sqlState: String?
  package var isKnown: Bool
  package var meaning: String
  package var errorClass: ErrorClass
  package var reaction: String
  package var rollback: Rollback
  package var outcome: Outcome
  package var remedy: String?
  /// Seconds for which the server asks to be left alone.
  package var retryAfter: Double?
  /// Nil for the beginning of codes.
  package var answers: [Answer]?
  package var provenance: String

  /// Explains one code; an unknown one, too.
  package init(_ code: String, of catalog: ErrorCatalog) {
    self.init(catalog.facts(of: code), code, catalog)
    isKnown = catalog[code] != nil
    let error = DatabaseError(
      engine: catalog.engine, code: code, message: "", place: ErrorPlace(endpoint: "", operation: ""))
    answers = RetryPolicy.all.map { policy in
      let extra = policy.extraWait(after: error)
      return Answer(
        policy: policy.name, retries: policy.retries(error), knowsEngine: policy.knows(catalog.engine),
        waits: policy.waits(after: error).description
          + (extra > .zero ? ", and \(extra.shortText) more" : ""),
        limits: policy.limits.description)
    }
  }

  /// An entry of a catalog.
  package init(_ facts: ErrorFacts, of catalog: ErrorCatalog) {
    self.init(facts, facts.pattern.description, catalog)
  }

  private init(_ facts: ErrorFacts, _ code: String, _ catalog: ErrorCatalog) {
    engine = catalog.engine.rawValue
    title = catalog.title
    self.code = code
    sqlState = facts.sqlState
    isKnown = true
    meaning = facts.meaning
    errorClass = facts.errorClass
    reaction = facts.errorClass.reaction
    rollback = facts.rollback
    outcome = facts.outcome
    remedy = facts.remedy
    retryAfter = facts.retryAfter.map { $0 / .seconds(1) }
    provenance = catalog.provenance.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

extension ErrorClass {
  /// What Proofload does about it, under a retry policy that retries it.
  package var reaction: String {
    switch self {
    case .conflict: "rolls back, waits for a random moment, and runs the unit again in a new transaction"
    case .connectionLost: "connects anew, with growing waits, and runs the unit again in a new transaction"
    case .throttled:
      "leaves the server alone, for longer than after other errors, then runs the unit again in a new transaction"
    case .readOnly:
      "connects anew until it finds a server that can be written, then runs the unit again in a new transaction"
    case .badRow: "stops, and names table, row and rule without the value; nothing is skipped"
    case .fenced: "stops: another run holds the job, or the ledger has another attempt at this unit"
    case .configuration: "stops, and says what to change"
    case .cancelled: "stops as it was asked to; a rerun goes on from there"
    case .permanent: "stops, because another attempt would fail alike; a rerun goes on once the cause is gone"
    }
  }
}
