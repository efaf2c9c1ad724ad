import Databases
import FaultInjection
import Foundation
import Reports
import Runtime
import YAML

/// The faults that a command line asks for.
struct FaultOptions: Sendable {
  let plan: FaultPlan
  private let logFile: String?

  static let all: [Option] = [
    .value("faults", "PLAN", "inject faults meanwhile: a preset's name or a file, see proofload faults"),
    .value("fault-seed", "N", "what the plan's probabilities come from, instead of the plan's own seed"),
    .value("fault-log", "FILE", "write each fault there as it strikes, as a line of JSON"),
  ]

  /// The command that goes on after a failure goes on without them.
  static let names = all.map(\.name)

  /// Nil if none are asked for. Throws what no wrapper round these endpoints' connections can follow.
  init?(_ arguments: Arguments, _ endpoints: [(role: EndpointRole, endpoint: any Endpoint)]) throws {
    guard let name = try arguments.text("faults") else {
      for option in ["fault-seed", "fault-log"] where try arguments.text(option) != nil {
        throw UsageError("--\(option) is given without --faults", remedy: "Add --faults deadlock-storm.")
      }
      return nil
    }
    var plan = try FaultOptions.plan(named: name)
    if let seed = try arguments.seed("fault-seed") { plan.seed = seed }
    try FaultOptions.check(plan, endpoints)
    self.plan = plan
    logFile = try arguments.text("fault-log")
    if let logFile { try AtomicFile.checkWritable(logFile) }
  }

  /// A preset, or what a file says.
  static func plan(named name: String) throws(UsageError) -> FaultPlan {
    try parse(try text(of: name), file: name)
  }

  /// The plan as YAML.
  static func text(of name: String) throws(UsageError) -> String {
    if let preset = Preset(rawValue: name) { return preset.text }
    do {
      return try String(contentsOfFile: name, encoding: .utf8)
    } catch {
      let presets = Preset.allCases.map(\.rawValue)
      let guess = EditDistance.nearest(to: name, among: presets).map { "Did you mean \($0)? " } ?? ""
      throw UsageError(
        "there is no fault plan '\(name)': no preset has this name, and no file with it can be read",
        remedy: "\(guess)The presets are: \(presets.joined(separator: ", ")).")
    }
  }

  private static func parse(_ text: String, file: String) throws(UsageError) -> FaultPlan {
    do throws(YAMLError) {
      let name = Preset(rawValue: file)?.rawValue ?? URL(fileURLWithPath: file).lastPathComponent
      return try FaultPlan.load(text, file: file, name: name)
    } catch {
      throw UsageError(error.description, remedy: "docs/faults.md explains every key.")
    }
  }

  private static func check(
    _ plan: FaultPlan, _ endpoints: [(role: EndpointRole, endpoint: any Endpoint)]
  ) throws(UsageError) {
    if let rule = plan.rulesForTheWireOnly.first {
      throw UsageError(
        "rule '\(rule.name)' of \(plan.name) looks at statements, which only a proxy sees",
        remedy: "Use proofload proxy with this plan, or name operations: at: [delete, write, commit].")
    }
    for rule in plan.rules {
      guard case .fail(.code(let code), _) = rule.verdict else { continue }
      for (role, endpoint) in endpoints where rule.sides.contains(where: { $0.rawValue == role.rawValue }) {
        guard let catalog = ErrorCatalog.of(endpoint.engine), !catalog.codes.accepts(code) else { continue }
        throw UsageError(
          "rule '\(rule.name)' of \(plan.name) has the error \(code), which \(catalog.title) cannot answer with",
          remedy: "Its errors have \(catalog.codes). A kind as deadlock is understood by every engine.")
      }
    }
  }

  /// Begins to follow the plan.
  func injection(time: any TimeSource) throws -> InjectedFaults {
    let log = try logFile.map { file throws(UsageError) in
      do throws(FaultLog.Failure) { return try FaultLog(path: file) } catch {
        throw UsageError(error.message, remedy: "Name another file.")
      }
    }
    return InjectedFaults(
      faults: PlannedFaults(plan, time: time) { event in log?.add(event) }, log: log, time: time)
  }
}

/// Faults at work.
struct InjectedFaults: Sendable {
  let faults: PlannedFaults
  fileprivate let log: FaultLog?
  private let time: any TimeSource

  fileprivate init(faults: PlannedFaults, log: FaultLog?, time: any TimeSource) {
    self.faults = faults
    self.log = log
    self.time = time
  }

  func around(_ endpoint: any Endpoint, _ side: Side) -> any Endpoint {
    FaultyEndpoint(endpoint, side: side, injector: faults, time: time)
  }

  var receipt: FaultReceipt { FaultReceipt(faults.plan, faults.events) }
  /// What is missing in the log; nil if nothing is, or if there is none.
  var logFailure: String? { log?.failure }
}
