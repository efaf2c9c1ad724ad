/// A kind of database, as it prefixes its error numbers: `sqlite`, `postgres`.
package struct Engine: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package var description: String { rawValue }
}

/// What a connection may do. A source is only ever read, and opened so that it cannot be written.
package enum Access: Sendable {
  case read, write
}

/// What the engine's planner has to know about a database before it connects.
package struct Capabilities: Sendable, Equatable {
  /// Connections that can write at the same time; 1 where writers exclude one another.
  package var parallelWriters: Int
  /// Readers of one job can see one snapshot.
  package var sharesSnapshots: Bool
  /// A foreign key's columns must be of the types of the key that it references.
  package var foreignKeysNeedEqualTypes: Bool

  package init(parallelWriters: Int, sharesSnapshots: Bool, foreignKeysNeedEqualTypes: Bool = false) {
    self.parallelWriters = parallelWriters
    self.sharesSnapshots = sharesSnapshots
    self.foreignKeysNeedEqualTypes = foreignKeysNeedEqualTypes
  }
}

/// Which end of a job.
package enum Side: String, Sendable, Hashable, CaseIterable, Codable {
  case source, target
}

/// A database, or a set of files, named by a URL: always *source* or *target*.
package protocol Endpoint: Sendable {
  var engine: Engine { get }
  /// The URL without its password: what logs, receipts and errors print.
  var name: String { get }
  /// What tells this database from every other one, for the job's identity: no credentials, no options.
  var identity: String { get }
  var capabilities: Capabilities { get }
  /// The schema whose tables these are; nil where an engine has none.
  var schema: String? { get }
  /// Opening it for writing would create it: there is nothing to read yet.
  var isMissing: Bool { get }
  /// Opens a connection of its own. For reading, a missing database is an error; for writing it is
  /// created where the engine creates databases by opening them.
  func connect(_ access: Access) async throws(DatabaseError) -> any Connection
}

extension Endpoint {
  package var schema: String? { nil }
  package var isMissing: Bool { false }
}
