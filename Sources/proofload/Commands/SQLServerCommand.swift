import Databases
import Foundation
import Reports
import Runtime
import SQLServerSimulator
import WireProtocols

struct SQLServerCommand: Command {
  static let help = CommandHelp(
    name: "sqlserver",
    summary: "start a simulated SQL Server, to reproduce failures with",
    explanation: [
      "Real clients connect to it by TDS 7.1 to 7.4: FreeTDS, python-tds, pymssql, ODBC, JDBC, .NET, pgloader, and "
        + "Proofload itself. It runs a subset of T-SQL with SQL Server's types, locks and error numbers, deadlocks for "
        + "real, and refuses what it does not do. Everything is in memory, and gone when it stops.",
      "Faults come from a fault plan, as with proofload proxy, or are armed by T-SQL: EXEC sp_proofload_fault @error = "
        + "1205, @statement = N'INSERT', @nth = 3, and EXEC sp_proofload_failover. docs/sqlserver-simulator.md tells "
        + "what it does and what it does not.",
      "Without a password everybody is let in, which is why it listens on loopback unless told otherwise. Set one in "
        + "\(passwordVariable). It runs until it is stopped by Ctrl-C or a signal.",
    ],
    options: [
      .value(
        "listen", "HOST:PORT",
        "where clients connect (default 127.0.0.1:1433); port 0 takes a free one, which is printed"),
      .value("database", "NAME", "the database that there is besides master (default proofload)"),
      .flag("snapshot", "let transactions use SNAPSHOT isolation in it"),
    ] + ProxyFaults.options + [
      .value("for", "SECONDS", "stop by itself after so long"),
      .receipt,
    ],
    examples: [
      .init(purpose: "Start one:", command: "proofload sqlserver --listen 127.0.0.1:14330"),
      .init(
        purpose: "Copy into it:",
        command: "proofload replicate --from sqlite:shop.db \\\n"
          + "      --to sqlserver://sa@127.0.0.1:14330/proofload"),
      .init(
        purpose: "One that answers rows and then 1205:",
        command: "proofload sqlserver --listen 127.0.0.1:14330 --faults rows-then-1205"),
    ],
    exitCodes: [.done, .usage, .gaveUp])

  static let passwordVariable = "PROOFLOAD_SQLSERVER_PASSWORD"
  private static let loopback = ["127.0.0.1", "localhost", "::1"]

  private let listen: SocketAddress
  private let settings: ServerSettings
  private let database: String
  private let allowsSnapshot: Bool
  private let faults: ProxyFaults
  private let seconds: Int?

  init(_ arguments: Arguments) throws {
    listen = try ProxyCommand.address(try arguments.text("listen") ?? "127.0.0.1:1433")
    database = try arguments.text("database") ?? "proofload"
    allowsSnapshot = arguments.flag("snapshot")
    faults = try ProxyFaults(arguments)
    seconds = try arguments.integer("for", in: 1...ProxyCommand.longestRun)
    var settings = ServerSettings()
    settings.password = ProcessInfo.processInfo.environment[Self.passwordVariable]
    settings.databases = [database]
    settings.database = database
    self.settings = settings
    if case .tcp(let host, _) = listen, !Self.loopback.contains(host), settings.password == nil {
      throw UsageError(
        "--listen \(listen) can be reached from elsewhere, and there is no password",
        remedy: "Set one in \(Self.passwordVariable), or listen on 127.0.0.1.")
    }
  }

  func run(in session: Session) async throws -> CommandResult {
    let isPlain = faults.isEmpty
    let server = try start(on: isPlain ? listen : .tcp(host: "127.0.0.1", port: 0))
    defer { server.stop() }
    if allowsSnapshot { server.allowSnapshot(in: database) }
    // A plan strikes what passes by, as with a server of the user's: the server itself knows of nothing.
    let proxy =
      isPlain
      ? nil : try faults.start(on: listen, before: server.address, codec: TDSCodec.init(side:), in: session)
    defer { proxy?.stop() }
    let address = proxy?.address ?? server.address
    session.announce("listening on \(address); connect with sqlserver://sa@\(address)/\(database)")
    try await session.waitForTheEnd(seconds: seconds)
    if let proxy { return proxy.result(of: Self.help.name, in: session) }
    let receipt = Receipt(command: Self.help.name, exitCode: .done, time: session.time.wallClock)
    return CommandResult(receipt: receipt, text: ["\(server.accepted) connections were served"])
  }

  private func start(on address: SocketAddress) throws -> SimulatedServer {
    do {
      return try SimulatedServer(on: address, settings)
    } catch let error as SocketError {
      throw UsageError(error.description, remedy: "Choose another port, or 0 for a free one.")
    }
  }
}
