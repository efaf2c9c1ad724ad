import Reports
import Runtime
import WireProtocols

struct ProxyCommand: Command {
  static let help = CommandHelp(
    name: "proxy",
    summary: "stand in front of a PostgreSQL or SQL Server and inject faults",
    explanation: [
      "Clients connect to the proxy as if it were the server; user, password and database are theirs. A fault plan says "
        + "what goes wrong: an error of the server's, with the transaction really rolled back, a connection that is cut "
        + "at a byte, a COMMIT whose answer is lost, delays, stalls and rates. Without a plan not a byte is changed.",
      "It works for every client, not for Proofload only, but reads what passes by: it declines TLS, and connects to the "
        + "server without it.",
      "It runs until it is stopped by Ctrl-C, by a signal, or over its control socket.",
    ],
    options: [
      .required("listen", "HOST:PORT", "where clients connect; port 0 takes a free one, which is printed"),
      .required(
        "upstream", "URL",
        "the server, as postgres://user@host:5432/database or sqlserver://user@host:1433/database"),
    ] + ProxyFaults.options + [
      .value("for", "SECONDS", "stop by itself after so long"),
      .receipt,
    ],
    examples: [
      .init(
        purpose: "Lose the answers to some commits:",
        command: "proofload proxy --listen 127.0.0.1:6432 \\\n"
          + "      --upstream postgres://me@localhost/shop --faults lost-commit"),
      .init(
        purpose: "Faults of your own, written down as they strike:",
        command: "proofload proxy --listen 127.0.0.1:6432 \\\n"
          + "      --upstream sqlserver://sa@localhost/shop \\\n"
          + "      --faults plan.yml --log faults.jsonl"),
    ],
    exitCodes: [.done, .usage, .gaveUp])

  static let longestRun = 1_000_000

  private let listen: SocketAddress
  private let upstream: UpstreamServer
  private let faults: ProxyFaults
  private let seconds: Int?

  init(_ arguments: Arguments) throws {
    listen = try ProxyCommand.address(try arguments.required("listen"))
    upstream = try UpstreamServer(try arguments.required("upstream"))
    faults = try ProxyFaults(arguments)
    seconds = try arguments.integer("for", in: 1...ProxyCommand.longestRun)
  }

  /// `127.0.0.1:6432`, `localhost:0`, `[::1]:6432`.
  static func address(_ text: String) throws(UsageError) -> SocketAddress {
    let colon = text.lastIndex(of: ":")
    var host = String(text[..<(colon ?? text.startIndex)])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard let colon, !host.isEmpty, let port = UInt16(text[text.index(after: colon)...]) else {
      throw UsageError(
        "--listen is '\(text)', and must be a host and a port", remedy: "Write it like 127.0.0.1:6432.")
    }
    return .tcp(host: host, port: port)
  }

  func run(in session: Session) async throws -> CommandResult {
    let proxy = try faults.start(
      on: listen, before: upstream.address, codec: { [upstream] in upstream.codec($0) }, in: session)
    defer { proxy.stop() }
    session.announce(
      "listening on \(proxy.address); connect with \(upstream.url(through: proxy.address))")
    try await session.waitForTheEnd(seconds: seconds)
    return proxy.result(of: Self.help.name, in: session)
  }
}
