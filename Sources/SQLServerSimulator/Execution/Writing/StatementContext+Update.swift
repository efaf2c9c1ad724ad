import ModelDatabase

extension StatementContext {
  /// Runs an UPDATE within an attempt. Every expression reads the rows as they were; variables are assigned
  /// before columns, row by row. Keys may move as long as the end is valid.
  ///
  /// Throws 206, 207, 257, 264, 271, 272, 515, 547, 2601, 2627, 2628, 8102, 8152; refuses views and common
  /// table expressions as targets.
  package mutating func update(_ statement: UpdateStatement) throws(SQLError) -> WriteOutcome {
    var binder = Binder()
    let target = try binder.open(
      statement.target, from: statement.from, filter: statement.filter,
      commonTables: statement.commonTables, in: &self)
    let hints = try writeHints(of: target)
    var rules = try rules(of: target.table, written: [])
    let assignments = try binder.bind(statement.assignments, of: target, rules, in: &self)
    let columns = Set(assignments.compactMap(\.column))
    rules = try self.rules(of: target.table, written: columns)
    let limit = try rowLimit(statement.top, &binder)
    let triggers = try runnableTriggers(of: target.table, .update)
    var output: OutputPlan?
    if let clause = statement.output {
      output = try outputPlan(
        clause, ["inserted", "deleted"], rules, target: target.source, triggers, &binder)
    }
    binder.close()
    var draft = UpdateDraft(keepsSources: output?.readsSources == true)
    try forEachRow(of: target, limit: limit) { [rules] context, row throws(SQLError) in
      try context.append(row, assignments, rules, to: &draft)
    }
    var new: [ServerRow] = []
    if !columns.isEmpty {
      new = try replace(
        draft.old, by: draft.builder.finish(), rules, hints, triggers, columns: columns, "UPDATE")
    }
    if output != nil {
      for (index, row) in draft.old.enumerated() {
        let sources = draft.keepsSources ? draft.sources[index] : [nil]
        try collect(sources + [new.isEmpty ? row : new[index], row], &output)
      }
    }
    return WriteOutcome(count: draft.old.count, output: try finish(output))
  }

  private mutating func append(
    _ row: ServerRow, _ assignments: [BoundAssignment], _ rules: TableRules, to draft: inout UpdateDraft
  ) throws(SQLError) {
    if draft.keepsSources { draft.sources.append(frames[frames.count - 1].rows) }
    draft.old.append(row)
    // What goes to a column and a variable is evaluated with the variables.
    var shared: [Int: SQLValue] = [:]
    for assignment in assignments {
      guard let variable = assignment.variable else { continue }
      let value = try evaluate(assignment.value)
      var (assigned, type) = (value, assignment.value.knownType)
      if let column = assignment.column {
        shared[column] = value
        (assigned, type) = (try asStored(value, type, column, rules), rules.columns[column].type)
      }
      let own = session.variables[variable].type
      session.variables[variable].value = try assigned.assigned(
        from: type, to: own, options: evaluation.options)
      // Subqueries may read the variable.
      answers = [:]
    }
    try appendChanged(row, rules, to: &draft.builder) { context, column, bytes throws(SQLError) in
      guard let assignment = assignments.first(where: { $0.column == column }) else { return false }
      let value: SQLValue
      if let known = shared[column] { value = known } else { value = try context.evaluate(assignment.value) }
      try rules.append(
        value, of: assignment.value.knownType, to: column, "UPDATE", &context.evaluation, into: &bytes)
      return true
    }
  }

  /// A value as a column would have it.
  private mutating func asStored(
    _ value: SQLValue, _ type: SQLType, _ column: Int, _ rules: TableRules
  ) throws(SQLError) -> SQLValue {
    var bytes: [UInt8] = []
    try rules.append(value, of: type, to: column, "UPDATE", &evaluation, into: &bytes)
    return bytes.withUnsafeBytes { rules.columns[column].type.decoded(StoredFields.field(0, of: $0)) }
  }
}

/// The rows of an UPDATE before they are written.
private struct UpdateDraft {
  var builder = RowChunkBuilder()
  var old: [ServerRow] = []
  /// The rows of all sources, for OUTPUT.
  var sources: [ContiguousArray<ServerRow?>] = []
  let keepsSources: Bool
}
