import ModelDatabase

/// One run of a trigger: what it sees.
package struct TriggerFiring: Sendable {
  package let trigger: ServerModule
  package let event: TriggerDefinition.Event
  /// The pseudo tables, with all columns of the trigger's table. They may be empty.
  package let inserted: ResultSet
  package let deleted: ResultSet
  /// Positions of the columns for which UPDATE(column) is true.
  package let columns: Set<Int>
}

/// Runs the bodies of triggers.
package protocol TriggerRunner: Sendable {
  /// Runs a trigger within the attempt of the statement that fires it. An error, or `blocked`, ends that
  /// statement.
  func fire(_ firing: TriggerFiring, in context: inout StatementContext) throws(SQLError)
}

/// The enabled triggers of a table for one event.
struct TableTriggers: Sendable {
  var insteadOf: ServerModule?
  /// In the order in which they were made.
  var after: [ServerModule] = []

  var isEmpty: Bool { insteadOf == nil && after.isEmpty }
}

extension StatementContext {
  /// Who must run when a statement writes to a table. A trigger does not fire itself: the database option
  /// RECURSIVE_TRIGGERS is off.
  func triggers(of table: Int, _ event: TriggerDefinition.Event) -> TableTriggers {
    var found = TableTriggers()
    for module in storage.modules {
      guard case .trigger(let trigger) = module.kind, trigger.table == table, !trigger.isDisabled,
        trigger.events.contains(event)
      else { continue }
      if trigger.isInsteadOf {
        if !firing.contains(module.objectID) { found.insteadOf = module }
      } else if firing.last != module.objectID {
        found.after.append(module)
      }
    }
    return found
  }

  /// The same for a statement that is about to write: refused by the trigger's name if nobody runs triggers.
  func runnableTriggers(
    of table: Int, _ event: TriggerDefinition.Event
  ) throws(SQLError) -> TableTriggers {
    let found = triggers(of: table, event)
    if triggers == nil, let first = found.insteadOf ?? found.after.first {
      throw .unsupported("the trigger \(first.name)")
    }
    return found
  }

  /// Runs triggers one after the other.
  mutating func fire(
    _ modules: [ServerModule], _ event: TriggerDefinition.Event, of rules: TableRules,
    inserted: [ServerRow] = [], deleted: [ServerRow] = [], columns: Set<Int> = []
  ) throws(SQLError) {
    guard let runner = triggers, !modules.isEmpty else { return }
    guard firing.count < 32 else { throw .nestedTooDeeply }
    let (outerFrames, outerAnswers) = (frames, answers)
    // A trigger is a scope of its own; @@IDENTITY is not.
    let identity = session.scopeIdentity
    defer {
      (frames, answers) = (outerFrames, outerAnswers)
      session.scopeIdentity = identity
    }
    for module in modules {
      (frames, answers) = ([], [:])
      firing.append(module.objectID)
      defer { firing.removeLast() }
      try runner.fire(
        TriggerFiring(
          trigger: module, event: event, inserted: rules.rowSet(inserted), deleted: rules.rowSet(deleted),
          columns: columns), in: &self)
    }
  }
}

extension TableRules {
  /// Rows of the table as a result with all its columns.
  fileprivate func rowSet(_ rows: [ServerRow]) -> ResultSet {
    let columns = columns.map { OutputColumn(name: $0.name, type: $0.type, isNullable: $0.isNullable) }
    return ResultSet(columns: columns, rows: Run(ContiguousArray(rows)))
  }
}
