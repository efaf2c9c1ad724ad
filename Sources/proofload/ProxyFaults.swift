import Databases
import FaultInjection
import Reports
import Runtime
import WireProtocols

/// The faults that a command line asks of a proxy: before a server of the user's, or before one of our own.
struct ProxyFaults {
  static let options: [Option] = [
    .value(
      "faults", "PLAN", "a preset's name or a file, see proofload faults; without it, nothing goes wrong"),
    .value("fault-seed", "N", "what the plan's probabilities come from, instead of the plan's own seed"),
    .value("side", "SIDE", "which end of a migration the server is: target (the default) or source"),
    .value("log", "FILE", "write each fault there as it strikes, as a line of JSON"),
    .value("control", "PATH", "listen there, on a Unix socket, for commands: \(ControlSocket.commands)"),
  ]

  private let plan: FaultPlan?
  private let seed: UInt64?
  private let side: Side
  private let logFile: String?
  private let control: String?

  init(_ arguments: Arguments) throws {
    seed = try arguments.seed("fault-seed")
    plan = try arguments.text("faults").map { try FaultOptions.plan(named: $0) }
    if seed != nil, plan == nil {
      throw UsageError("--fault-seed is given without --faults", remedy: "Add --faults deadlock-storm.")
    }
    side = try arguments.choice("side", Side.self) ?? .target
    logFile = try arguments.text("log")
    control = try arguments.text("control")
  }

  /// Whether there is anything for a proxy to do but to hand on.
  var isEmpty: Bool { plan == nil && logFile == nil && control == nil }

  /// Listens, and strikes as the plan says.
  func start(
    on listen: SocketAddress, before upstream: SocketAddress,
    codec: @escaping @Sendable (Side) -> any WireCodec, in session: Session
  ) throws -> RunningProxy {
    let log = try ProxyFaults.usage("Name another file.") { try logFile.map(FaultLog.init) }
    let proxy = try ProxyFaults.usage("Choose another port, or 0 for a free one.") {
      try FaultProxy(
        listen: listen, upstream: upstream, injector: try injector(plan, session),
        codec: { [side] in codec(side) }, heard: { fault in log?.add(line: fault.jsonLine) })
    }
    do {
      let socket = try ProxyFaults.usage("Choose another path.") {
        try control.map { try openControl(at: $0, proxy, session) }
      }
      return RunningProxy(proxy: proxy, socket: socket, log: log)
    } catch {
      proxy.stop()
      throw error
    }
  }

  private func openControl(at path: String, _ proxy: FaultProxy, _ session: Session) throws -> ControlSocket {
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
}

/// A proxy at work, with its log and its control socket.
struct RunningProxy {
  fileprivate let proxy: FaultProxy
  fileprivate let socket: ControlSocket?
  fileprivate let log: FaultLog?

  var address: SocketAddress { proxy.address }

  func stop() {
    socket?.close()
    proxy.stop()
  }

  func result(of command: String, in session: Session) -> CommandResult {
    let status = proxy.status
    var receipt = Receipt(command: command, exitCode: .done, time: session.time.wallClock)
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
