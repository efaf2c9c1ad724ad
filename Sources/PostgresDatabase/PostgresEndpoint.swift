import Databases

/// One schema of a PostgreSQL database, named by a URL.
package struct PostgresEndpoint: Endpoint {
  private let url: PostgresURL
  private let executor: @Sendable () -> any SerialExecutor

  package let engine = PostgresDialect.engine
  package var name: String { url.name }
  package var identity: String { url.identity }
  package var schema: String? { url.schema }
  package let capabilities = Capabilities(parallelWriters: 8, sharesSnapshots: true)

  /// Takes what libpq takes as a `postgres://` or `postgresql://` URL, and `schema=NAME` (default: public).
  ///
  /// `password` replaces one in the URL; with neither, libpq looks into PGPASSWORD and ~/.pgpass. `schema` replaces
  /// the URL's. `executor` makes the thread of each connection. Throws `.configuration` for a URL that cannot be understood.
  package init(
    url: String, password: String? = nil, schema: String? = nil,
    executor: @escaping @Sendable () -> any SerialExecutor
  ) throws(DatabaseError) {
    do throws(PostgresURL.Malformed) {
      self.url = try PostgresURL(url, password: password, schema: schema)
    } catch {
      throw DatabaseError(
        engine: PostgresDialect.engine, errorClass: .configuration,
        message: "the URL cannot be understood: \(error.reason)",
        remedy: "Write it as \(PostgresURL.form)",
        place: ErrorPlace(endpoint: "postgres://", operation: "connect"))
    }
    self.executor = executor
  }

  /// What libpq would use for this keyword: from the URL, the environment, or its own defaults.
  package func parameter(_ keyword: String) -> String? { url.value(keyword) }

  /// A driver without its thread, for a statement or two.
  package func driver(_ access: Access) throws(DatabaseError) -> PostgresDriver {
    try PostgresDriver(url, access)
  }

  package func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    let url = url
    return try await DriverConnection<PostgresDriver>.open(on: executor()) { () throws(DatabaseError) in
      try PostgresDriver(url, access)
    }
  }
}
