/// What Proofload does about an error. A class exists only because somebody reacts to it.
package enum ErrorClass: String, Sendable, Codable {
  /// Deadlock, serialization failure, a lock that stayed busy: run the unit again.
  case conflict
  /// The connection broke, or the server is shutting down or failing over: reconnect.
  case connectionLost
  /// The server asks for less: back off longer.
  case throttled
  /// The database cannot be written: wrong role, read-only file, standby.
  case readOnly
  /// A value does not fit: named, never skipped silently.
  case badRow
  /// Another run holds this job, or has taken over this unit.
  case fenced
  /// Address, credentials, privileges, names: the user has to change something.
  case configuration
  /// Somebody cancelled the call.
  case cancelled
  /// Everything that a retry would not mend.
  case permanent
}

/// Whether a call that failed had its effect.
package enum Outcome: String, Sendable, Codable {
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

extension DatabaseError: CustomStringConvertible {
  /// One or two sentences: where, what, and what to do next.
  package var description: String {
    var text = "\(place.endpoint): cannot \(place.operation)"
    if let table = place.table { text += " of table \(table)" }
    if let unit = place.unit { text += " (unit \(unit))" }
    text += ": \(message)"
    if !code.isEmpty { text += " [\(engine) \(code)]" }
    if let remedy { text += "\n  \(remedy)" }
    return text
  }
}
