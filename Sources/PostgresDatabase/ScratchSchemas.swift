import Databases

/// Schemas of our own in somebody's database: made, emptied as often as wanted, and dropped again.
///
/// While they are in use a lock of the session says so; without it they were left over by a process that died.
package actor ScratchSchemas {
  package static let prefix = "proofload_prove_"

  package nonisolated let names: [String]
  private nonisolated let executor: any SerialExecutor
  private let endpoint: PostgresEndpoint
  private var driver: PostgresDriver?
  private var clearings = 0

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// `id` is of letters and digits, and nobody else's. Nothing is made before `create`.
  package init(in endpoint: PostgresEndpoint, id: String, count: Int, on executor: any SerialExecutor) {
    self.endpoint = endpoint
    self.executor = executor
    names = (1...count).map { "\(ScratchSchemas.prefix)\(id)_\($0)" }
  }

  /// Makes the schemas; first drops those that others have left over, and returns their names.
  package func create() throws(DatabaseError) -> [String] {
    var opened = try endpoint.driver(.write)
    let leftovers = try ScratchSchemas.dropLeftovers(&opened)
    do throws(DatabaseError) {
      for name in names {
        try opened.execute("SELECT pg_advisory_lock(\(ScratchSchemas.lock(name)))")
        try opened.execute("CREATE SCHEMA \(name)")
      }
    } catch {
      guard error.code == "42501" else { throw error }
      var error = error
      error.place.operation = "create a schema to work in"
      error.remedy = "Let this user create schemas in the database: GRANT CREATE ON DATABASE ... TO ..."
      throw error
    }
    driver = consume opened
    return leftovers
  }

  /// An empty schema again.
  package func clear(_ name: String) throws(DatabaseError) {
    precondition(names.contains(name), "only schemas of our own are dropped")
    try driver?.execute("DROP SCHEMA IF EXISTS \(name) CASCADE")
    try driver?.execute("CREATE SCHEMA \(name)")
    clearings += 1
    if clearings.isMultiple(of: 50) { try driver?.execute(ScratchSchemas.vacuum) }
  }

  /// Thousands of dropped tables leave catalogs behind that slow everybody down until autovacuum comes. A user who may
  /// not do it gets warnings, which nobody sees.
  private static let vacuum =
    "VACUUM pg_catalog.pg_attribute, pg_catalog.pg_class, pg_catalog.pg_depend, pg_catalog.pg_type, pg_catalog.pg_index"

  /// Drops the schemas and lets go of the database.
  package func drop() throws(DatabaseError) {
    for name in names { try driver?.execute("DROP SCHEMA IF EXISTS \(name) CASCADE") }
    driver?.close()
    driver = nil
  }

  private static func lock(_ name: String) -> String { "hashtextextended(\(SQLText.literal(name)), 0)" }

  private static func dropLeftovers(_ driver: inout PostgresDriver) throws(DatabaseError) -> [String] {
    let found = try driver.execute(
      "SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^\(prefix)[0-9a-f]+_[0-9]+$' ORDER BY nspname")
    var dropped: [String] = []
    for name in found.rows.compactMap({ $0.first?.text }) {
      let isFree = try driver.execute("SELECT pg_try_advisory_lock(\(lock(name)))").rows.first?.first
      guard isFree == .text("t") else { continue }
      try driver.execute("DROP SCHEMA IF EXISTS \(name) CASCADE")
      try driver.execute("SELECT pg_advisory_unlock(\(lock(name)))")
      dropped.append(name)
    }
    return dropped
  }
}
