import Databases
import PostgresDatabase
import Runtime
import SQLServerDatabase
import WireProtocols

/// The server behind the proxy. Its URL's scheme says which protocol passes through.
struct UpstreamServer: Sendable {
  let address: SocketAddress
  private let isSQLServer: Bool
  private let user: String?
  private let database: String?

  init(_ url: String) throws {
    let printable = PrintableURL.redacted(url)
    switch url.prefix(while: { $0 != ":" }) {
    case "postgres", "postgresql": self = try UpstreamServer(postgres: url, printable)
    case "sqlserver", "mssql": self = try UpstreamServer(sqlServer: url, printable)
    default:
      throw UsageError(
        "--upstream '\(printable)' is no PostgreSQL server and no SQL Server, and the proxy knows no other",
        remedy: "Write it like postgres://me@localhost:5432/shop or sqlserver://sa@localhost:1433/shop.")
    }
  }

  private init(postgres url: String, _ printable: String) throws {
    let endpoint = try PostgresEndpoint(url: url, executor: Session.thread)
    let host = endpoint.parameter("hostaddr") ?? endpoint.parameter("host") ?? "/var/run/postgresql"
    guard !host.contains(","), let port = UInt16(endpoint.parameter("port") ?? "5432") else {
      throw UsageError(
        "--upstream '\(printable)' names several servers", remedy: "Name one; start a proxy for each other.")
    }
    if let mode = endpoint.parameter("sslmode"), mode == "require" || mode.hasPrefix("verify") {
      throw UsageError(
        "--upstream asks for TLS (sslmode=\(mode)), and the proxy reads and writes plain text only",
        remedy: "Let the server accept the proxy's host without TLS (host or hostnossl in pg_hba.conf).")
    }
    address = host.hasPrefix("/") ? .path("\(host)/.s.PGSQL.\(port)") : .tcp(host: host, port: port)
    isSQLServer = false
    user = endpoint.parameter("user")
    database = endpoint.parameter("dbname")
  }

  private init(sqlServer url: String, _ printable: String) throws {
    let endpoint = try SQLServerEndpoint(url: url, executor: Session.thread)
    // What is not on this machine is encrypted unless somebody says otherwise: nobody sends a password in clear unasked.
    guard endpoint.options.encryption != .require else {
      throw UsageError(
        "--upstream '\(printable)' asks for encryption, and the proxy reads and writes plain text only",
        remedy:
          "Say encryption=off in the URL if passwords may pass in clear between the proxy and the server.")
    }
    address = .tcp(host: endpoint.host, port: endpoint.port)
    isSQLServer = true
    user = endpoint.user.isEmpty ? nil : endpoint.user
    database = endpoint.database
  }

  func codec(_ side: Side) -> any WireCodec {
    isSQLServer ? TDSCodec(side: side) : PostgresCodec(side: side)
  }

  /// What a client connects with; its password it knows itself.
  func url(through proxy: SocketAddress) -> String {
    let who = user.map { "\($0)@" } ?? ""
    return isSQLServer
      ? "sqlserver://\(who)\(proxy)/\(database ?? "")?encryption=off"
      : "postgres://\(who)\(proxy)/\(database ?? "")"
  }
}
