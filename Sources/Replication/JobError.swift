/// Why a job cannot start or go on, told to the person who started it.
package struct JobError: Error, Sendable, Equatable, Codable, CustomStringConvertible {
  package enum Kind: String, Sendable, Codable {
    /// The user has to change something: names, types, options. Nothing was moved.
    case configuration
    /// Counts or fingerprints that must be equal are not.
    case reconciliation
    /// Somebody asked the job to stop.
    case stopped
  }

  package var kind: Kind
  package var message: String
  package var remedy: String?

  package init(_ kind: Kind, _ message: String, remedy: String? = nil) {
    self.kind = kind
    self.message = message
    self.remedy = remedy
  }

  package var description: String { remedy.map { "\(message)\n  \($0)" } ?? message }
}
