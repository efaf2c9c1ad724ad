import ModelDatabase

/// What writing statements need of queries: the rows that UPDATE and DELETE mean, and expressions over the
/// rows of known tables (constraints, computed columns, OUTPUT).
package struct BoundTarget: Sendable {
  /// The table that is written to, by its number in the storage.
  package let table: Int
  /// Its ordinal among the sources of the statement.
  package let source: Int
  let select: BoundSelect
}

extension Binder {
  /// Opens a scope of sources that the caller puts into a frame itself, one row each. Expressions bound until
  /// `close` see their columns; columns read the stored row's field of that number.
  package mutating func open(_ sources: [(name: String, columns: [SourceColumn])]) {
    var scope = Scope()
    scope.sources = sources.map { ScopeSource(name: $0.name, schema: nil, columns: $0.columns) }
    scopes.append(scope)
  }

  /// Opens a scope of one table's row.
  package mutating func open(table number: Int, in context: StatementContext) {
    let name = context.storage.table(number).name
    var scope = Scope()
    scope.sources = [
      ScopeSource(
        name: name.name, schema: name.schema, columns: Binder.columns(of: number, in: context))
    ]
    scopes.append(scope)
  }

  package mutating func close() { scopes.removeLast() }

  /// Finds the target of UPDATE or DELETE among its sources, or as the only one, and binds the condition.
  /// The scope stays open, for SET and OUTPUT, until `close`.
  package mutating func open(
    _ target: TargetTable, from list: [TableSource], filter: Condition?, commonTables: [CommonTable] = [],
    in context: inout StatementContext
  ) throws(SQLError) -> BoundTarget {
    self.commonTables += commonTables
    var select = BoundSelect()
    scopes.append(Scope())
    try bindSources(list, into: &select, in: &context)
    let source = try self.source(of: target, into: &select, in: &context)
    guard case .table(let number, let hints) = select.sources[source].kind else {
      throw .unsupported("writing to views and derived tables")
    }
    if case .table(_, let own) = target {
      select.sources[source].kind = .table(number, hints: hints.union(LockHints(own)))
    }
    select.updated = source
    if let filter {
      let bound = try bind(filter, in: &context)
      addSeeks(bound, to: &select, of: select.sources.indices)
      select.filter = bound
    }
    return BoundTarget(table: number, source: source, select: select)
  }

  /// The source that has the target's name as its alias, or is that table; a new one if there is none.
  private mutating func source(
    of target: TargetTable, into select: inout BoundSelect, in context: inout StatementContext
  ) throws(SQLError) -> Int {
    let sources = scopes[scopes.count - 1].sources
    switch target {
    case .variable(let name):
      if let known = sources.firstIndex(where: { $0.name.lowercased() == name.lowercased() }) { return known }
      try bindSources([.variable(name, alias: nil)], into: &select, in: &context)
    case .table(let name, _):
      if name.schema == nil, name.database == nil,
        let known = sources.firstIndex(where: { $0.name.lowercased() == name.name.text.lowercased() })
      {
        return known
      }
      if let number = try Binder.findTable(name, in: &context) {
        let same = select.sources.indices.filter { index in
          if case .table(let other, _) = select.sources[index].kind { return other == number }
          return false
        }
        if same.count == 1 { return same[0] }
        if same.count > 1 { throw .ambiguousTarget(name.spelled) }
      }
      try bindSources(
        [.table(TableReference(name: name, alias: nil, hints: []))], into: &select, in: &context)
    }
    return select.sources.count - 1
  }

  /// The select list of an OUTPUT clause in the scope that is open.
  package mutating func bindOutput(
    _ items: [SelectItem], in context: inout StatementContext
  ) throws(SQLError) -> BoundOutput {
    var select = BoundSelect()
    var columns: [OutputColumn] = []
    for item in items { try bind(item, into: &select, &columns, in: &context) }
    guard select.items.count == columns.count else { throw .assignmentWithRetrieval }
    return BoundOutput(columns: columns, expressions: select.items.map(\.expression))
  }

  /// TOP of a writing statement: rows, or a part of them in percent.
  package mutating func bindTop(
    _ top: Top, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    if top.isPercent { throw .unsupported("TOP PERCENT of a writing statement") }
    return try limit(top.count, in: &context)
  }
}

/// The columns of an OUTPUT clause.
package struct BoundOutput: Sendable {
  package let columns: [OutputColumn]
  package let expressions: [BoundExpression]
}

extension StatementContext {
  /// Calls a body for each row of the target that the condition leaves, once, with the rows of all sources in
  /// the frame on top. Nothing is written before it is through.
  package mutating func forEachRow(
    of target: BoundTarget, limit: Int = .max,
    _ body: (inout StatementContext, ServerRow) throws(SQLError) -> Void
  ) throws(SQLError) {
    guard limit > 0 else { return }
    frames.append(RowFrame(sources: target.select.sources.count))
    defer { frames.removeLast() }
    var seen: Set<RowKey> = []
    var count = 0
    let isAlone = target.select.sources.count == 1
    let scanned = isAlone && target.select.filter == nil ? limit : .max
    try forEachRow(target.select, limit: scanned) { context throws(SQLError) in
      guard let row = context.frames[context.frames.count - 1].rows[target.source] else { return true }
      if !isAlone, !seen.insert(row.key).inserted { return true }
      try body(&context, row)
      count += 1
      return count < limit
    }
  }

  /// The value of a TOP: throws 127 below zero.
  package mutating func count(of top: BoundExpression) throws(SQLError) -> Int {
    guard case .integer(let count) = try evaluate(top) else { throw .topIsNoInteger }
    guard count >= 0 else { throw .topIsNegative }
    return Int(count)
  }
}
