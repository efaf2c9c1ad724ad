import ModelDatabase

extension StatementContext {
  /// Runs a DELETE within an attempt. Throws 547 and what names and conditions say; refuses views and common
  /// table expressions as targets.
  package mutating func delete(_ statement: DeleteStatement) throws(SQLError) -> WriteOutcome {
    var binder = Binder()
    let target = try binder.open(
      statement.target, from: statement.from, filter: statement.filter,
      commonTables: statement.commonTables, in: &self)
    let hints = try writeHints(of: target)
    let rules = try rules(of: target.table, written: [])
    let limit = try rowLimit(statement.top, &binder)
    let triggers = try runnableTriggers(of: target.table, .delete)
    var output: OutputPlan?
    if let clause = statement.output {
      output = try outputPlan(clause, ["deleted"], rules, target: target.source, triggers, &binder)
    }
    binder.close()
    var rows: [ServerRow] = []
    var sources: [ContiguousArray<ServerRow?>] = []
    let readsSources = output?.readsSources == true
    try forEachRow(of: target, limit: limit) { context, row throws(SQLError) in
      rows.append(row)
      if readsSources { sources.append(context.frames[context.frames.count - 1].rows) }
    }
    try remove(rows, rules, hints, triggers, "DELETE")
    if output != nil {
      for (index, row) in rows.enumerated() {
        try collect((readsSources ? sources[index] : [nil]) + [row], &output)
      }
    }
    return WriteOutcome(count: rows.count, output: try finish(output))
  }

  /// The hints that a target has, there or in FROM. Throws 1065.
  func writeHints(of target: BoundTarget) throws(SQLError) -> LockHints {
    guard case .table(_, let hints) = target.select.sources[target.source].kind else { return [] }
    if hints.contains(.noLock) { throw .noLockOnTarget }
    return hints
  }

  /// TRUNCATE TABLE. Throws 4701 and 4712.
  package mutating func truncate(_ name: ObjectName) throws(SQLError) {
    guard let number = try Binder.findTable(name, in: &self) else {
      throw .cannotFindObject(name.name.text, number: 4701)
    }
    for link in try childLinks(of: number, withDisabled: true) where link.child != number {
      throw .cannotTruncateReferenced(name.spelled)
    }
    try storage.truncateTable(session.number, number).value()
  }
}
