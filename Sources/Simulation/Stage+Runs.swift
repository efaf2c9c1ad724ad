import Databases
import FaultInjection
import ModelDatabase
import Replication
import Reports
import Rows
import Runtime

extension Stage {
  /// Runs the job in a process of its own. Returns whether it says that it is done.
  func runJob(underFaults: Bool, isFirst: Bool) async -> Bool {
    let judge = judge
    let policy = underFaults ? policy : .standard
    let conduct = Conduct(channelBytes: options.channelBytes, policy: policy) { judge.report($0) }
    let target = target
    let process = SimulatedProcess(world: world, conduct: conduct, source: source, target: target) {
      judge.truth(of: target)
    }
    var replication = ReplicationOptions()
    replication.workers = options.workers
    replication.unitBytes = options.unitBytes
    replication.transactionBytes = options.transactionBytes
    replication.channelBytes = options.channelBytes
    replication.retry = policy
    replication.seed = UInt64(process.number)
    replication.mode = mode(underFaults: underFaults, isFirst: isFirst)
    let started = judge.version
    world.trace.note(-5, process.number) { "p\(process.number) begins, \(replication.mode)" }
    let job = Replication(
      source: endpoint(.source, of: process, underFaults),
      target: endpoint(.target, of: process, underFaults),
      options: replication, time: world.time, stop: process.stop)
    let result: Result<RunReport, any Error>
    do { result = .success(try await job.run()) } catch { result = .failure(error) }
    guard process.isAlive else { return false }
    return audit(result, of: process, mode: replication.mode, since: started)
  }

  private func mode(underFaults: Bool, isFirst: Bool) -> RerunMode {
    guard underFaults, !isFirst else { return .verify }
    if options.flags.contains(.fresh), world.flips() { return .fresh }
    return options.flags.contains(.resume) ? .resume : .verify
  }

  private func endpoint(_ side: Side, of process: SimulatedProcess, _ underFaults: Bool)
    -> any Endpoint
  {
    var endpoint: any Endpoint =
      side == .source ? process.source : ServedEndpoint(base: process.target, process: process)
    if underFaults, !options.troubles.isEmpty {
      endpoint = FaultyEndpoint(endpoint, side: side, injector: faults, time: world.time)
    }
    endpoint = ProcessEndpoint(base: endpoint, side: side, process: process)
    return canary.map { $0.planted(in: endpoint, memory: memory) } ?? endpoint
  }

  // MARK: What a run says of itself

  /// Compares what the run says with what is true.
  private func audit(
    _ result: Result<RunReport, any Error>, of process: SimulatedProcess, mode: RerunMode, since started: Int
  ) -> Bool {
    let isDone: Bool
    switch result {
    case .success(let report):
      isDone = report.outcome == .done
      let code = ExitCode(report)
      world.trace.note(-6, process.number, Int(code.rawValue)) {
        "p\(process.number) ends: \(report.outcome), exit code \(code.rawValue) "
          + (report.failure?.message ?? "")
      }
      if (code == .done) != isDone { judge.report("exit code: \(code) of a run that is \(report.outcome)") }
      if report.outcome == .stopped, !process.stop.isRequested {
        judge.report("exit code: a run says that it was stopped, and nobody asked it to")
      }
      if isDone { auditDone(report, process, mode, since: started) }
    case .failure(let error):
      isDone = false
      world.trace.note(-6, process.number, -1) { "p\(process.number) fails: \(error)" }
    }
    if !isDone, options.troubles.isEmpty, options.events.isEmpty, !isConflict(result, process) {
      judge.report("exit code: a run failed, and nothing had gone wrong")
    }
    return isDone
  }

  /// Workers get in each other's way, and a policy may be too impatient for it.
  private func isConflict(_ result: Result<RunReport, any Error>, _ process: SimulatedProcess) -> Bool {
    guard let error = (try? result.get())?.failure?.database, error.errorClass == .conflict,
      policy != .standard
    else { return false }
    // Calls that belong to no unit are counted by nobody.
    return error.place.unit == nil || process.conduct.isExhausted(by: error)
  }

  private func auditDone(
    _ report: RunReport, _ process: SimulatedProcess, _ mode: RerunMode, since started: Int
  ) {
    guard let truth = process.ending else {
      return judge.report("exit code: a run says that it is done, and never had the fence")
    }
    if !truth.isAllDone { judge.report("exit code: a run says that it is done, and the ledger does not") }
    if !truth.isRestored { judge.report("exit code: a run says that it is done, and indexes are put aside") }
    // Who believes the ledger has units of several states; without a snapshot, so has everybody.
    if mode != .resume, report.snapshot == .consistent, !truth.versions.contains(where: { $0 >= started }) {
      judge.report("exit code: a run says that it is done, and the target is nothing that the source was")
    }
    auditFigures(report, truth)
  }

  /// Rows read = rows sent = rows acknowledged = rows in the ledger.
  private func auditFigures(_ report: RunReport, _ truth: Judge.Truth) {
    if report.units.count != truth.entries.count {
      judge.report(
        "report: \(report.units.count) units are reported, and the ledger has \(truth.entries.count)")
    }
    for unit in report.units {
      guard let entry = truth.entries.first(where: { $0.unit == unit.unit }) else {
        judge.report("report: unit \(unit.unit) is reported, and not in the ledger")
        continue
      }
      if entry.fingerprint != unit.fingerprint {
        judge.report("report: unit \(unit.unit) is reported as another than the ledger has")
      }
      let figures = [unit.rowsRead, unit.rowsSent, unit.rowsAcknowledged]
      if unit.action == .copied, figures.contains(where: { $0 != entry.fingerprint.rows }) {
        judge.report(
          "reconciliation: unit \(unit.unit) has \(entry.fingerprint.rows) rows, and reports \(figures)")
      }
    }
  }
}
