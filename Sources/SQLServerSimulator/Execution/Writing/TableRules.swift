/// What a table asks of the rows that are written to it: bound once a statement.
struct TableRules: Sendable {
  struct Computed: Sendable {
    let column: Int
    let value: BoundExpression
  }

  struct Check: Sendable {
    let name: String
    let condition: BoundCondition
    /// The only column that it speaks of.
    let column: String?
  }

  /// In the storage.
  let number: Int
  let database: Int
  let databaseName: String
  let name: QualifiedName
  /// `database.schema.table`, or a table variable's name.
  let fullName: String
  let isVariable: Bool
  let columns: [ColumnDescription]
  let identity: Int?
  let rowVersion: Int?
  var computed: [Computed] = []
  var checks: [Check] = []
  /// The enabled keys by which it references other tables.
  var foreignKeys: [ParentLink] = []

  fileprivate init(_ table: ServerTable, variable: String?, databaseName: String) {
    number = table.number
    database = table.database
    self.databaseName = databaseName
    name = table.name
    fullName = variable ?? "\(databaseName).\(table.name)"
    isVariable = variable != nil
    columns = table.about.columns
    identity = columns.firstIndex(where: \.isIdentity)
    rowVersion = columns.firstIndex { $0.type.kind == .rowversion && $0.computed == nil }
  }

  /// Throws 207.
  func column(_ name: Identifier) throws(SQLError) -> Int {
    let key = name.text.lowercased()
    guard let found = columns.firstIndex(where: { $0.name.lowercased() == key }) else {
      throw .invalidColumnName(name.text)
    }
    return found
  }
}

extension StatementContext {
  /// - Parameter checksRows: false for a bulk load that does not look at constraints.
  mutating func rules(of number: Int, checksRows: Bool = true) throws(SQLError) -> TableRules {
    let table = storage.table(number)
    let variable = session.tableVariables.first { $0.value == number }?.key
    var rules = TableRules(table, variable: variable, databaseName: storage.databaseName(of: number))
    for (index, column) in rules.columns.enumerated() {
      guard let text = column.computed else { continue }
      var binder = Binder()
      binder.open(table: number, in: self)
      let value = try binder.bind(CatalogExpression.expression(text), in: &self)
      rules.computed.append(TableRules.Computed(column: index, value: value))
    }
    guard checksRows else { return rules }
    for constraint in table.about.constraints where !constraint.isDisabled {
      switch constraint.kind {
      case .check(let text):
        var binder = Binder()
        binder.open(table: number, in: self)
        let condition = try binder.bind(CatalogExpression.condition(text), in: &self)
        rules.checks.append(
          TableRules.Check(
            name: constraint.name, condition: condition,
            column: CatalogExpression.onlyColumn(of: text, in: rules.columns)))
      case .foreignKey(let reference):
        rules.foreignKeys.append(try parentLink(constraint.name, reference, of: rules))
      case .primaryKey, .unique: break
      }
    }
    return rules
  }

  /// The value of a column that is given none; nil is NULL.
  mutating func boundDefault(of column: ColumnDescription) throws(SQLError) -> BoundExpression? {
    guard let text = column.defaultValue?.text else { return nil }
    var binder = Binder()
    let bound = try binder.bind(CatalogExpression.expression(text), in: &self)
    try bound.type?.requireConversion(to: column.type)
    return bound
  }
}

/// Expressions that the catalog keeps as text.
enum CatalogExpression {
  static func expression(_ text: String) throws(SQLError) -> Expression {
    if case .expression(let expression, _)? = try clause("SELECT " + text)?.items.first { return expression }
    throw .unsupported("the expression \(text)")
  }

  static func condition(_ text: String) throws(SQLError) -> Condition {
    if let condition = try clause("SELECT 1 WHERE " + text)?.filter { return condition }
    throw .unsupported("the condition \(text)")
  }

  private static func clause(_ text: String) throws(SQLError) -> SelectClause? {
    let statements = try Parser.parse(text).statements
    guard statements.count == 1, case .select(let select) = statements[0].body,
      case .select(let clause) = select.query.body
    else { return nil }
    return clause
  }

  /// The catalog's text has every name in brackets.
  static func onlyColumn(of text: String, in columns: [ColumnDescription]) -> String? {
    let text = text.lowercased()
    let named = columns.filter { column in
      let quoted = column.name.lowercased().split(separator: "]", omittingEmptySubsequences: false)
      return text.contains("[\(quoted.joined(separator: "]]"))]")
    }
    return named.count == 1 ? named[0].name : nil
  }
}
