import ModelDatabase

/// An OUTPUT clause while its statement runs.
struct OutputPlan: Sendable {
  let bound: BoundOutput
  /// INTO.
  let into: InsertPlan?
  /// It reads sources of FROM besides the target's rows.
  let readsSources: Bool
  private let types: [SQLType]
  private var collector = RowCollector()

  init(_ bound: BoundOutput, into: InsertPlan?, readsSources: Bool) {
    self.bound = bound
    self.into = into
    self.readsSources = readsSources
    types = bound.expressions.map(\.knownType)
  }

  fileprivate mutating func append(_ values: [SQLValue]) { collector.append(values, types) }

  fileprivate mutating func finish() -> ResultSet {
    ResultSet(columns: bound.columns, rows: Run(collector.finish()))
  }
}

extension Binder {
  /// Makes of the innermost scope that of an OUTPUT clause: the target's columns are read by `inserted` and
  /// `deleted` only.
  fileprivate mutating func addPseudoTables(_ names: [String], of rules: TableRules, target: Int?) {
    let scope = scopes.count - 1
    if let target { scopes[scope].sources[target].columns = [] }
    for index in scopes[scope].sources.indices { scopes[scope].sources[index].needsPrefix = true }
    for name in names {
      let columns = rules.columns.enumerated().map { index, column in
        var source = SourceColumn(column.name, column.type, isNullable: column.isNullable, field: index)
        source.isIdentity = column.isIdentity
        source.isComputed = column.computed != nil
        source.table = rules.number
        return source
      }
      var source = ScopeSource(name: name, schema: nil, columns: columns)
      source.needsPrefix = true
      scopes[scope].sources.append(source)
    }
  }
}

extension StatementContext {
  /// The OUTPUT clause of an INSERT.
  mutating func insertOutput(
    _ clause: OutputClause?, _ rules: TableRules, _ triggers: TableTriggers
  ) throws(SQLError) -> OutputPlan? {
    guard let clause else { return nil }
    var binder = Binder()
    binder.open([])
    return try outputPlan(clause, ["inserted"], rules, target: nil, triggers, &binder)
  }

  /// The OUTPUT clause of a statement whose sources' scope is open. In the frame, rows of the pseudo tables
  /// follow those of the sources. Throws 331 to 334.
  mutating func outputPlan(
    _ clause: OutputClause, _ pseudo: [String], _ rules: TableRules, target: Int?,
    _ triggers: TableTriggers, _ binder: inout Binder
  ) throws(SQLError) -> OutputPlan {
    if clause.into == nil, !triggers.isEmpty { throw .outputWithTriggers(rules.name.name) }
    if let instead = triggers.insteadOf {
      throw .unsupported("OUTPUT with the INSTEAD OF trigger \(instead.name)")
    }
    for case .all(nil) in clause.items { throw .incorrectSyntax(near: "*") }
    let sources = binder.scopes[binder.scopes.count - 1].sources.count
    binder.addPseudoTables(pseudo, of: rules, target: target)
    let bound = try binder.bindOutput(clause.items, in: &self)
    if bound.expressions.contains(where: \.hasQuery) { throw .subqueryInOutput }
    var into: InsertPlan?
    if let target = clause.into {
      let found = try writeTarget(target)
      let plan = try insertPlan(found, clause.intoColumns, count: bound.columns.count)
      try requireOutputTarget(plan.rules)
      try requireConversions(plan, bound.columns.map(\.type))
      into = plan
    }
    return OutputPlan(bound, into: into, readsSources: target != nil && sources > 1)
  }

  private mutating func requireOutputTarget(_ rules: TableRules) throws(SQLError) {
    let name = rules.name.name
    for event in [TriggerDefinition.Event.insert, .update, .delete] {
      guard triggers(of: rules.number, event).isEmpty else { throw .outputTargetHasTriggers(name) }
    }
    for constraint in storage.table(rules.number).about.constraints {
      if case .foreignKey = constraint.kind {
        throw .outputTargetHasForeignKey(name, constraint: constraint.name)
      }
    }
    if let child = try childLinks(of: rules.number, withDisabled: true).first {
      throw .outputTargetHasForeignKey(name, constraint: child.name)
    }
    if let check = rules.checks.first { throw .outputTargetHasCheck(name, constraint: check.name) }
  }

  mutating func collect(inserted row: ServerRow, _ output: inout OutputPlan?) throws(SQLError) {
    try collect([row], &output)
  }

  /// Adds the answer for the rows of all sources and of the pseudo tables.
  mutating func collect(
    _ rows: ContiguousArray<ServerRow?>, _ output: inout OutputPlan?
  ) throws(SQLError) {
    guard let expressions = output?.bound.expressions else { return }
    frames.append(RowFrame(rows))
    defer { frames.removeLast() }
    var values: [SQLValue] = []
    values.reserveCapacity(expressions.count)
    for expression in expressions { values.append(try evaluate(expression)) }
    output?.append(values)
  }

  /// What the statement answers; with INTO nothing, and the rows are in the table.
  mutating func finish(_ output: OutputPlan?) throws(SQLError) -> ResultSet? {
    guard var output else { return nil }
    let set = output.finish()
    guard let plan = output.into else { return set }
    var rows = NewRows()
    try compose(
      plan, set.rows, fields: Array(set.columns.indices), types: set.columns.map(\.declared), into: &rows)
    rows.flush()
    var nothing: OutputPlan?
    _ = try store(rows, plan, TableTriggers(), &nothing)
    return nil
  }
}

extension BoundExpression {
  fileprivate var hasQuery: Bool {
    switch node {
    case .constant, .column, .slot, .variable: false
    case .unary(_, let operand): operand.hasQuery
    case .binary(_, let left, let right): left.hasQuery || right.hasQuery
    case .call(let call): call.arguments.contains(where: \.hasQuery)
    case .catalogCall(let call): call.arguments.contains(where: \.hasQuery)
    case .conversion(let operand, let style, _): operand.hasQuery || style?.hasQuery == true
    case .choice(let whens, let otherwise):
      whens.contains { $0.condition.hasQuery || $0.result.hasQuery } || otherwise?.hasQuery == true
    case .firstValue(let operands): operands.contains(where: \.hasQuery)
    case .subquery: true
    }
  }
}

extension BoundCondition {
  fileprivate var hasQuery: Bool {
    switch self {
    case .constant: false
    case .comparison(_, let left, let right, _), .same(let left, let right, _):
      left.hasQuery || right.hasQuery
    case .all(let parts), .any(let parts): parts.contains(where: \.hasQuery)
    case .not(let part): part.hasQuery
    case .isNull(let operand): operand.hasQuery
    case .like(let like): like.text.hasQuery || like.pattern.hasQuery || like.escape?.hasQuery == true
    case .member(let member): member.operand.hasQuery
    case .exists, .quantified: true
    }
  }
}
