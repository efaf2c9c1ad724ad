import Databases
import FaultInjection
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
      .value(
        "faults", "PLAN", "a preset's name or a file, see proofload faults; without it, nothing goes wrong"),
      .value("fault-seed", "N", "what the plan's probabilities come from, instead of the plan's own seed"),
      .value("side", "SIDE", "which end of a migration the server is: target (the default) or source"),
      .value("log", "FILE", "write each fault there as it strikes, as a line of JSON"),
      .value("control", "PATH", "listen there, on a Unix socket, for commands: \(ControlSocket.commands)"),
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
  private let plan: FaultPlan?
  private let seed: UInt64?
  private let side: Side
  private let logFile: String?
  private let control: String?
  private let seconds: Int?

  init(_ arguments: Arguments) throws {
    listen = try ProxyCommand.address(try arguments.required("listen"))
    upstream = try UpstreamServer(try arguments.required("upstream"))
    seed = try arguments.seed("fault-seed")
    plan = try arguments.text("faults").map { try FaultOptions.plan(named: $0) }
    if seed != nil, plan == nil {
      throw UsageError("--fault-seed is given without --faults", remedy: "Add --faults deadlock-storm.")
    }
    side = try arguments.choice("side", Side.self) ?? .target
    logFile = try arguments.text("log")
    control = try arguments.text("control")
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

  // MARK: Running

  func run(in session: Session) async throws -> CommandResult {
    let log = try ProxyCommand.usage("Name another file.") { try logFile.map(FaultLog.init) }
    let proxy = try ProxyCommand.usage("Choose another port, or 0 for a free one.") {
      try FaultProxy(
        listen: listen, upstream: upstream.address, injector: try injector(plan, session),
        codec: { [upstream, side] in upstream.codec(side) },
        heard: { fault in log?.add(line: fault.jsonLine) })
    }
    defer { proxy.stop() }
    let socket = try ProxyCommand.usage("Choose another path.") {
      try control.map { path in
        try ControlSocket(
          path: path, proxy: proxy,
          load: { name in
            do throws(UsageError) {
              return try injector(try FaultOptions.plan(named: name), session)
            } catch {
              throw PlanRefusal(description: error.message)
            }
          }, stop: { session.stop.request() })
      }
    }
    defer { socket?.close() }
    say("listening on \(proxy.address); connect with \(upstream.url(through: proxy.address))", session)
    try await waitForTheEnd(session)
    return result(proxy, log, session)
  }

  private struct PlanRefusal: Error, CustomStringConvertible {
    let description: String
  }

  private func injector(_ plan: FaultPlan?, _ session: Session) throws(UsageError) -> any FaultInjector {
    guard var plan else { return NoFaults() }
    if let rule = plan.rulesForTheWrapperOnly.first {
      throw UsageError(
        "rule '\(rule.name)' of \(plan.name) duplicates calls, which a proxy cannot do",
        remedy: "Use the plan in process: proofload replicate --faults.")
    }
    if let seed { plan.seed = seed }
    return PlannedFaults(plan, time: session.time)
  }

  /// What the system refuses here, the user has to change on the command line.
  private static func usage<Value>(_ remedy: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as SocketError {
      throw UsageError(error.description, remedy: remedy)
    } catch let error as FaultLog.Failure {
      throw UsageError(error.message, remedy: remedy)
    }
  }

  private func say(_ line: String, _ session: Session) {
    if session.console.isQuiet { return }
    if session.console.isJSON { session.console.error(line) } else { session.console.result(line) }
  }

  private func waitForTheEnd(_ session: Session) async throws {
    let end = seconds.map { session.time.now + .seconds($0) }
    while !session.stop.isRequested {
      if let end, session.time.now >= end { return }
      try await session.time.sleep(for: .milliseconds(50))
    }
  }

  private func result(_ proxy: FaultProxy, _ log: FaultLog?, _ session: Session) -> CommandResult {
    let status = proxy.status
    var receipt = Receipt(command: Self.help.name, exitCode: .done, time: session.time.wallClock)
    receipt.proxy = ProxyReceipt(
      listen: proxy.address.description, upstream: status.upstream, connections: status.accepted,
      faults: status.faults, bytesToServer: status.bytesToServer, bytesToClient: status.bytesToClient)
    if let failure = log?.failure {
      receipt.end(.gaveUp)
      receipt.error = FailureReceipt(message: failure, remedy: "Free space, or name another file.")
    }
    let text =
      "\(Figures.count(status.accepted)) connections, \(Figures.count(status.faults)) faults, "
      + "\(Figures.bytes(status.bytesToServer)) to the server, \(Figures.bytes(status.bytesToClient)) back"
    return CommandResult(receipt: receipt, text: [text])
  }
}

/// Nothing goes wrong.
private struct NoFaults: FaultInjector {
  func verdict(at moment: Moment) -> Verdict { .pass }
  var events: [FaultEvent] { [] }
}
