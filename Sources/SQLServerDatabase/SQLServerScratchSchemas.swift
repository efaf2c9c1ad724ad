import Databases

/// Schemas of our own in somebody's database: made, emptied as often as wanted, and dropped again.
///
/// While they are in use an application lock of the session says so; without it they were left over by a process
/// that died.
package actor SQLServerScratchSchemas {
  package static let prefix = "proofload_prove_"

  package nonisolated let names: [String]
  private nonisolated let executor: any SerialExecutor
  private let endpoint: SQLServerEndpoint
  private var driver: SQLServerDriver?

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// `id` is of letters and digits, and nobody else's. Nothing is made before `create`.
  package init(in endpoint: SQLServerEndpoint, id: String, count: Int, on executor: any SerialExecutor) {
    self.endpoint = endpoint
    self.executor = executor
    names = (1...count).map { "\(SQLServerScratchSchemas.prefix)\(id)_\($0)" }
  }

  /// Makes the schemas; first drops those that others have left over, and returns their names.
  package func create() throws(DatabaseError) -> [String] {
    var opened = try endpoint.driver(.write)
    let leftovers = try SQLServerScratchSchemas.dropLeftovers(&opened)
    do throws(DatabaseError) {
      for name in names {
        _ = try SQLServerScratchSchemas.takeLock(name, &opened)
        try opened.execute("EXEC (N'CREATE SCHEMA [\(name)]')")
      }
    } catch {
      guard error.code == "262" || error.code == "2760" else { throw error }
      var error = error
      error.place.operation = "create a schema to work in"
      error.remedy = "Let this user create schemas in the database: GRANT CREATE SCHEMA TO ..."
      throw error
    }
    driver = consume opened
    return leftovers
  }

  /// An empty schema again, also if others work beside it: what a deadlock breaks off is begun again.
  package func clear(_ name: String) throws(DatabaseError) {
    precondition(names.contains(name), "only schemas of our own are emptied")
    for _ in 1..<5 {
      do throws(DatabaseError) {
        try driver?.execute(SQLServerScratchSchemas.emptying(name))
        return
      } catch {
        guard error.errorClass == .conflict else { throw error }
      }
    }
    try driver?.execute(SQLServerScratchSchemas.emptying(name))
  }

  /// Drops the schemas and lets go of the database.
  package func drop() throws(DatabaseError) {
    for name in names {
      try driver?.execute(SQLServerScratchSchemas.emptying(name))
      try driver?.execute("IF SCHEMA_ID(N'\(name)') IS NOT NULL EXEC (N'DROP SCHEMA [\(name)]')")
    }
    driver?.close()
    driver = nil
  }

  /// Foreign keys first: tables may reference each other in a circle.
  private static func emptying(_ schema: String) -> String {
    """
    DECLARE @drops nvarchar(max) = N'';
    SELECT @drops = @drops + N'ALTER TABLE ' + QUOTENAME(s.name) + N'.' + QUOTENAME(t.name)
      + N' DROP CONSTRAINT ' + QUOTENAME(k.name) + N'; '
    FROM sys.foreign_keys k JOIN sys.tables t ON t.object_id = k.parent_object_id
      JOIN sys.schemas s ON s.schema_id = t.schema_id WHERE s.name = N'\(schema)';
    SELECT @drops = @drops + N'DROP TABLE ' + QUOTENAME(s.name) + N'.' + QUOTENAME(t.name) + N'; '
    FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id WHERE s.name = N'\(schema)';
    EXEC (@drops)
    """
  }

  /// Whether nobody else has it.
  private static func takeLock(
    _ name: String, _ driver: inout SQLServerDriver
  ) throws(DatabaseError) -> Bool {
    let answer = try driver.execute(
      """
      DECLARE @answer int;
      EXEC @answer = sp_getapplock N'\(name)', 'Exclusive', 'Session', 0;
      SELECT @answer
      """)
    return (answer.rows.first?.first?.integer ?? -1) >= 0
  }

  private static func dropLeftovers(_ driver: inout SQLServerDriver) throws(DatabaseError) -> [String] {
    let found = try driver.execute(
      "SELECT name FROM sys.schemas WHERE name LIKE N'proofload[_]prove[_]%' ORDER BY name")
    var dropped: [String] = []
    for name in found.rows.compactMap({ $0.first?.text }) where isOurs(name) {
      guard try takeLock(name, &driver) else { continue }
      try driver.execute(emptying(name))
      try driver.execute("EXEC (N'DROP SCHEMA [\(name)]')")
      try driver.execute("EXEC sp_releaseapplock N'\(name)', 'Session'")
      dropped.append(name)
    }
    return dropped
  }

  /// `proofload_prove_`, a hexadecimal number, and a decimal one.
  private static func isOurs(_ name: String) -> Bool {
    let parts = name.dropFirst(prefix.count).split(separator: "_", omittingEmptySubsequences: false)
    return name.hasPrefix(prefix) && parts.count == 2 && parts[0].allSatisfy(\.isHexDigit)
      && !parts[0].isEmpty && Int(parts[1]) != nil
  }
}
