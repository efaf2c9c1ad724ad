import TDS

/// The side door: faults that a client arms with T-SQL.
extension Session {
  /// `sp_proofload_fault @error, @statement, @nth, @rows, @times, @moment`: see docs/sqlserver-simulator.md.
  func armFault(_ call: ModuleCall) throws(SQLError) -> Int32 {
    let moment = try call.text("@moment", 5)?.lowercased() ?? "before"
    if moment == "never" {
      core.disarmFaults()
      return 0
    }
    let effect = try call.text("@action", 6)?.lowercased()
    var fault: ServerFault
    switch (effect, try call.integer("@error", 0)) {
    case ("reset", _): fault = ServerFault(.reset)
    case ("close", _): fault = ServerFault(.close)
    case (nil, let number?): fault = ServerFault(.error(Int32(clamping: number)))
    default: throw .parameterNotSupplied("@error", procedure: call.name)
    }
    fault.pattern = try call.text("@statement", 1) ?? ""
    fault.skips = max((try call.integer("@nth", 2) ?? 1) - 1, 0)
    fault.times = try call.integer("@times", 4) ?? 1
    switch moment {
    case "before": fault.moment = try call.integer("@rows", 3).map { .afterRows($0) } ?? .before
    case "commit": fault.moment = .commit
    case "after commit": fault.moment = .afterCommit
    default: throw .unsupported(option: "@moment = '\(moment)'")
    }
    core.arm(fault)
    return 0
  }

  /// `sp_proofload_failover @refuse_ms, @read_only_ms`: all connections end, this one too.
  func failOver(_ call: ModuleCall) throws(SQLError) -> Int32 {
    let refusing = try call.integer("@refuse_ms", 0) ?? 0
    let readOnly = try call.integer("@read_only_ms", 1) ?? 0
    core.failOver(refusing: .milliseconds(refusing), readOnly: .milliseconds(readOnly))
    client.breakOff(resets: false)
    throw .abandoned
  }

  /// True if the fault has taken the statement's place. Throws its error.
  func fault(before statement: Statement) throws(SQLError) -> Bool {
    guard core.hasFaults, let batch = scopes.last?.batch else { return false }
    if case .commitTransaction = statement.body { return false }
    if case .execute = statement.body { return false }
    guard let fault = core.strike(batch.source(of: statement.range), where: \.isOfStatement) else {
      return false
    }
    if case .afterRows(let count) = fault.moment {
      if case .select(let select) = statement.body { try self.select(select, limit: count) }
      if case .insertBulk(let bulk) = statement.body {
        announced = bulk
        announcedFault = (count, fault)
        finish(Done.Command.bulkLoad)
        return true
      }
    }
    throw strike(fault)
  }

  /// Whether the answer to COMMIT is to be lost. Throws an error instead of committing.
  func faultAtCommit() throws(SQLError) -> ServerFault? {
    guard core.hasFaults, let fault = core.strike("", where: { !$0.isOfStatement }) else { return nil }
    if case .commit = fault.moment { throw strike(fault) }
    return fault
  }

  /// What a fault does: an error to be handled like any other, or the end of the connection.
  func strike(_ fault: ServerFault) -> SQLError {
    switch fault.effect {
    case .error(let number):
      let database = core.withStorage { $0.databases[context.session.database]?.name } ?? ""
      return .armed(number, session: self.number, database: database)
    case .reset:
      client.breakOff(resets: true)
      return .abandoned
    case .close:
      client.breakOff(resets: false)
      return .abandoned
    }
  }
}
