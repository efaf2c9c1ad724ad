/// What Proofload does about an error. A class exists only because somebody reacts to it.
package enum ErrorClass: String, Sendable, CaseIterable, Codable {
  /// Deadlock, serialization failure, a lock that stayed busy: run the unit again.
  case conflict
  /// The connection broke, or the server is shutting down or failing over: reconnect.
  case connectionLost
  /// The server asks for less: back off longer.
  case throttled
  /// The server cannot be written, but another one can, or this one soon: a standby, a failover.
  case readOnly
  /// A value does not fit: named, never skipped silently.
  case badRow
  /// Another run holds this job, or the ledger has another attempt at this unit than this run's.
  case fenced
  /// Address, credentials, privileges, names: the user has to change something.
  case configuration
  /// Somebody cancelled the call.
  case cancelled
  /// Everything that a retry would not mend.
  case permanent
}

/// Whether a call that failed had its effect.
package enum Outcome: String, Sendable, CaseIterable, Codable {
  case didNotHappen, happened, unknown
}

/// Where an error happened. Never contains row values or passwords.
package struct ErrorPlace: Sendable, Equatable, Codable {
  /// The endpoint's printable name.
  package var endpoint: String
  /// What was being done, as a verb phrase: "write a batch".
  package var operation: String
  package var table: String?
  package var unit: String?

  package init(endpoint: String, operation: String, table: String? = nil, unit: String? = nil) {
    self.endpoint = endpoint
    self.operation = operation
    self.table = table
    self.unit = unit
  }
}

/// An error of a database or of the connection to it, classified by number.
package struct DatabaseError: Error, Sendable, Equatable, Codable {
  package var engine: Engine
  /// The engine's own number or SQLSTATE, empty if there is none.
  package var code: String
  package var errorClass: ErrorClass
  /// What happened. Safe for any log.
  package var message: String
  /// What to do about it, as a sentence.
  package var remedy: String?
  package var place: ErrorPlace
  package var outcome: Outcome
  /// How long the server asks to be left alone.
  package var retryAfter: Duration?
  /// There was no number to go by, and the class was guessed from the message's words.
  package var isClassifiedByText = false

  package init(
    engine: Engine, code: String = "", errorClass: ErrorClass, message: String, remedy: String? = nil,
    place: ErrorPlace, outcome: Outcome = .didNotHappen
  ) {
    self.engine = engine
    self.code = code
    self.errorClass = errorClass
    self.message = message
    self.remedy = remedy
    self.place = place
    self.outcome = outcome
  }
}

extension DatabaseError {
  /// An error that its engine gave a code, with everything that the catalog knows of it.
  package init(engine: Engine, code: String, message: String, place: ErrorPlace) {
    let facts = ErrorCatalog.of(engine)?.facts(of: code) ?? .unknown(code)
    self.init(
      engine: engine, code: code, errorClass: facts.errorClass, message: message, remedy: facts.remedy,
      place: place, outcome: facts.outcome)
    retryAfter = facts.retryAfter
  }

  /// An error without number, SQLSTATE and status: what is left are its words, the last resort.
  package init(engine: Engine, wordsOnly message: String, place: ErrorPlace) {
    let errorClass = ErrorWords.errorClass(message)
    self.init(engine: engine, errorClass: errorClass ?? .permanent, message: message, place: place)
    isClassifiedByText = errorClass != nil
  }
}

extension DatabaseError: CustomStringConvertible {
  /// One or two sentences: where, what, and what to do next.
  package var description: String {
    var text = "\(place.endpoint): cannot \(place.operation)"
    let whereabouts = [place.table.map { "table \($0)" }, place.unit.map { "unit \($0)" }].compactMap(\.self)
    if !whereabouts.isEmpty { text += " (\(whereabouts.joined(separator: ", ")))" }
    text += ": \(message)"
    if !code.isEmpty { text += " [\(engine) \(code)]" }
    if isClassifiedByText { text += " [\(engine), no code: taken for \(errorClass) by its words]" }
    if let remedy { text += "\n  \(remedy)" }
    return text
  }
}
