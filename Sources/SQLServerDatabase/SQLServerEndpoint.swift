import Databases

/// One schema of a SQL Server database, named by a URL.
package struct SQLServerEndpoint: Endpoint {
  private let url: SQLServerURL
  private let executor: @Sendable () -> any SerialExecutor

  package let engine = SQLServerDialect.engine
  package var name: String { url.name }
  package var identity: String { url.identity }
  package var schema: String? { url.options.schema }
  /// A snapshot belongs to its transaction: no other connection can join it.
  package let capabilities = Capabilities(
    parallelWriters: 8, sharesSnapshots: false, foreignKeysNeedEqualTypes: true)

  /// `password` replaces one in the URL, `schema` the URL's. `executor` makes the thread of each connection. Throws
  /// `.configuration` for a URL that cannot be understood.
  package init(
    url: String, password: String? = nil, schema: String? = nil,
    executor: @escaping @Sendable () -> any SerialExecutor
  ) throws(DatabaseError) {
    do throws(SQLServerURL.Malformed) {
      self.url = try SQLServerURL(url, password: password, schema: schema)
    } catch {
      throw DatabaseError(
        engine: SQLServerDialect.engine, errorClass: .configuration,
        message: "the URL cannot be understood: \(error.reason)",
        remedy: "Write it as \(SQLServerURL.form)",
        place: ErrorPlace(endpoint: "sqlserver://", operation: "connect"))
    }
    self.executor = executor
  }

  package var host: String { url.host }
  package var port: UInt16 { url.port }
  package var user: String { url.user }
  package var database: String { url.database }
  package var options: SQLServerOptions { url.options }

  /// A driver without its thread, for a statement or two.
  package func driver(_ access: Access) throws(DatabaseError) -> SQLServerDriver {
    try SQLServerDriver(url, access)
  }

  package func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    let url = url
    return try await DriverConnection<SQLServerDriver>.open(on: executor()) { () throws(DatabaseError) in
      try SQLServerDriver(url, access)
    }
  }
}
