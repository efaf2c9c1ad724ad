import ModelDatabase

/// What is inserted, with its names found.
private enum InsertInput {
  /// Nil is DEFAULT.
  case values([[BoundExpression?]])
  case query(BoundQuery)
  case results([ResultSet])
  case nothing
}

extension StatementContext {
  /// Runs an INSERT within an attempt. All rows are there before the first is written.
  ///
  /// Throws what the table's rules say: 109, 110, 120, 121, 206, 207, 213, 257, 264, 271, 273, 339, 515, 544,
  /// 545, 547, 2601, 2627, 2628, 8101, 8115, 8152. Views and common table expressions as targets are refused.
  ///
  /// - Parameter executed: the results of the statement's EXEC.
  package mutating func insert(
    _ statement: InsertStatement, executed: [ResultSet] = []
  ) throws(SQLError) -> WriteOutcome {
    let target = try writeTarget(statement.target, commonTables: statement.commonTables)
    var binder = Binder()
    binder.commonTables = statement.commonTables
    let input = try bind(statement.source, executed, &binder)
    var plan = try insertPlan(
      target, statement.columns, count: input.width, mismatch: input.mismatch)
    let limit = try rowLimit(statement.top, &binder)
    let triggers = try runnableTriggers(of: target.table, .insert)
    var output = try insertOutput(statement.output, plan.rules, triggers)
    var rows = NewRows()
    try compose(input, &plan, &binder, limit: limit, into: &rows)
    rows.flush()
    let inserted = try store(rows, plan, triggers, &output)
    if rows.count > 0 {
      session.lastIdentity = rows.lastIdentity
      if let last = rows.lastIdentity { session.scopeIdentity = last }
    }
    let modules = triggers.insteadOf.map { [$0] } ?? triggers.after
    try fire(
      modules, .insert, of: plan.rules, inserted: inserted, columns: Set(plan.rules.columns.indices))
    return WriteOutcome(count: rows.count, output: try finish(output))
  }

  // MARK: What is inserted

  private mutating func bind(
    _ source: InsertSource, _ executed: [ResultSet], _ binder: inout Binder
  ) throws(SQLError) -> InsertInput {
    switch source {
    case .values(let rows): return .values(try bind(rows, &binder))
    case .query(let query):
      let bound = try binder.bindQuery(query, in: &self)
      if query.into != nil { throw .unsupported("SELECT INTO within INSERT") }
      if case .select(let select) = bound.plan, select.items.contains(where: { $0.variable != nil }) {
        throw .assignmentWithRetrieval
      }
      return .query(bound)
    case .execute: return .results(executed)
    case .defaultValues: return .nothing
    }
  }

  /// Rows of VALUES. A column of several rows has one type, as with UNION ALL.
  private mutating func bind(
    _ rows: [[Expression]], _ binder: inout Binder
  ) throws(SQLError) -> [[BoundExpression?]] {
    var bound: [[BoundExpression?]] = []
    bound.reserveCapacity(rows.count)
    for row in rows {
      guard row.count == rows[0].count else { throw .valuesDiffer }
      var values: [BoundExpression?] = []
      values.reserveCapacity(row.count)
      for value in row {
        values.append(value == .defaultValue ? nil : try binder.bind(value, in: &self))
      }
      bound.append(values)
    }
    guard rows.count > 1 else { return bound }
    for column in rows[0].indices {
      let types = bound.map { $0[column]?.type }
      guard let type = try SQLType.common(of: types) else { continue }
      for row in bound.indices {
        guard let value = bound[row][column], value.type != type else { continue }
        bound[row][column] = try binder.convert(value, to: type, in: &self)
      }
    }
    return bound
  }

  private mutating func compose(
    _ input: InsertInput, _ plan: inout InsertPlan, _ binder: inout Binder, limit: Int,
    into rows: inout NewRows
  ) throws(SQLError) {
    switch input {
    case .values(let values):
      try bindDefaults(values, &plan)
      for row in values.prefix(limit) { try compose(row, plan, into: &rows) }
    case .query(let query):
      try requireConversions(plan, query.columns.map(\.type))
      let found = try run(query, limit: limit)
      try compose(
        plan, found, fields: query.fields, types: query.columns.map(\.declared), into: &rows)
    case .results(let sets):
      for set in sets {
        guard set.columns.count == plan.columns.count else { throw .columnCountDoesNotMatch }
        try requireConversions(plan, set.columns.map(\.type))
        try compose(
          plan, set.rows, fields: set.fields ?? Array(set.columns.indices),
          types: set.columns.map(\.declared), limit: limit - rows.count, into: &rows)
      }
    case .nothing:
      if limit > 0 { try compose(plan, into: &rows) { _, _, _, _ throws(SQLError) in } }
    }
  }

  /// DEFAULT among the values. Throws 206, 257, 273, 339.
  private mutating func bindDefaults(
    _ values: [[BoundExpression?]], _ plan: inout InsertPlan
  ) throws(SQLError) {
    for row in values {
      for (place, column) in plan.columns.enumerated() {
        let about = plan.rules.columns[column]
        if let value = row[place] {
          guard column != plan.rules.rowVersion else { throw .cannotInsertTimestamp }
          try value.type?.requireConversion(to: about.type)
        } else if column == plan.rules.identity {
          throw .defaultForIdentity
        } else if plan.defaults[column] == nil {
          plan.defaults[column] = try boundDefault(of: about) ?? .constant(.null, about.type)
        }
      }
    }
  }

  private mutating func compose(
    _ row: [BoundExpression?], _ plan: InsertPlan, into rows: inout NewRows
  ) throws(SQLError) {
    try compose(plan, into: &rows) { context, place, column, bytes throws(SQLError) in
      guard let expression = row[place] ?? plan.defaults[column] else { return }
      let value = try context.evaluate(expression)
      try plan.rules.append(
        value, of: expression.knownType, to: column, "INSERT", &context.evaluation, into: &bytes)
    }
  }

  // MARK: Writing

  /// Writes new rows, unless an INSTEAD OF trigger does, and sees that they keep the table's constraints.
  /// Returns them if there are triggers.
  mutating func store(
    _ rows: NewRows, _ plan: InsertPlan, _ triggers: TableTriggers, _ output: inout OutputPlan?
  ) throws(SQLError) -> [ServerRow] {
    let rules = plan.rules
    if let instead = triggers.insteadOf { try requirePlain(rules, instead) }
    var kept: [ServerRow] = []
    let keepsRows = !triggers.isEmpty
    var parents = ParentKeys(rules)
    for chunk in rows.chunks {
      let chunk = try completed(chunk, rules, "INSERT")
      if triggers.insteadOf == nil {
        try check(chunk, rules, "INSERT")
        try parents.add(chunk, rules)
        try storage.insert(session.number, into: rules.number, chunk, hints: plan.hints).value()
      }
      guard keepsRows || output != nil else { continue }
      for index in 0..<chunk.count {
        let row = ServerRow(key: RowKey(prefix: UInt64(kept.count)), chunk: chunk, row: index)
        if keepsRows { kept.append(row) }
        try collect(inserted: row, &output)
      }
    }
    if rows.chunks.isEmpty, triggers.insteadOf == nil {
      // Nothing to write still needs the table's lock and a transaction that may write.
      try storage.insert(
        session.number, into: rules.number, RowChunk.empty, hints: plan.hints
      ).value()
    }
    try requireParents(parents, rules, "INSERT")
    return kept
  }

  /// What `inserted` has in generated columns before anything is written is not known here.
  private func requirePlain(_ rules: TableRules, _ trigger: ServerModule) throws(SQLError) {
    guard rules.identity == nil, rules.rowVersion == nil, rules.computed.isEmpty else {
      throw .unsupported("the INSTEAD OF trigger \(trigger.name) on a table with generated columns")
    }
  }
}

extension RowChunk {
  /// Without rows.
  static var empty: RowChunk {
    var builder = RowChunkBuilder()
    return builder.finish()
  }
}

extension InsertInput {
  /// Values in a row; nil for DEFAULT VALUES, and for results, which say so themselves.
  var width: Int? {
    switch self {
    case .values(let rows): rows[0].count
    case .query(let query): query.columns.count
    case .results(let sets): sets.first?.columns.count
    case .nothing: nil
    }
  }

  func mismatch(_ tooFew: Bool) -> SQLError {
    switch self {
    case .values: tooFew ? .moreColumnsThanValues : .fewerColumnsThanValues
    case .query: .selectListDoesNotMatchInsert(tooFew: tooFew)
    case .results, .nothing: .columnCountDoesNotMatch
    }
  }
}
