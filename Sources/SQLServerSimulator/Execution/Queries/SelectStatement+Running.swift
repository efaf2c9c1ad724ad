/// The SELECT statement.
extension StatementContext {
  /// Runs a SELECT within an attempt: see `attempt`. @@ROWCOUNT is its caller's to set.
  package mutating func select(_ statement: SelectStatement) throws(SQLError) -> SelectOutcome {
    if let target = statement.query.into { return .count(try selectInto(target, statement.query)) }
    var binder = Binder()
    let query = try binder.bindQuery(statement.query, in: &self)
    if case .select(let select) = query.plan, select.items.contains(where: { $0.variable != nil }) {
      return .count(try run(select, limit: rowLimit).count)
    }
    return .rows(try result(of: query))
  }

  /// SET ROWCOUNT.
  private var rowLimit: Int { session.rowLimit > 0 ? session.rowLimit : .max }

  /// A query's rows with its columns.
  package mutating func result(of query: BoundQuery) throws(SQLError) -> ResultSet {
    let rows = try run(query, limit: rowLimit)
    let fields = query.fields
    var isPlain = false
    if case .select(let select) = query.plan { isPlain = select.fields != nil }
    return ResultSet(columns: query.columns, rows: rows, fields: isPlain ? fields : nil)
  }
}

extension Query {
  /// SELECT ... INTO of its first clause.
  var into: ObjectName? {
    func into(_ body: QueryBody) -> ObjectName? {
      switch body {
      case .select(let clause): clause.into
      case .combination(let first, _): into(first)
      case .nested(let query): query.into
      }
    }
    return into(body)
  }
}
