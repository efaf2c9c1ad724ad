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
  /// - Parameters:
  ///   - written: the columns that are assigned; nil for all of new rows. What depends on no other column is
  ///     left out: nobody has to be waited for because of it.
  ///   - checksRows: false for a bulk load that does not look at constraints.
  mutating func rules(
    of number: Int, written: Set<Int>? = nil, checksRows: Bool = true
  ) throws(SQLError) -> TableRules {
    let variable = session.tableVariables.first { $0.value == number }?.key
    var rules = TableRules(
      storage.table(number), variable: variable, databaseName: storage.databaseName(of: number))
    guard written?.isEmpty != true else { return rules }
    var changing = written
    for (index, column) in rules.columns.enumerated() {
      guard let text = column.computed else { continue }
      var binder = Binder()
      binder.open(table: number, in: self)
      let value = try binder.bind(CatalogExpression.expression(text), in: &self)
      rules.computed.append(TableRules.Computed(column: index, value: value))
      changing?.insert(index)
    }
    guard checksRows else { return rules }
    for constraint in storage.table(number).about.constraints where !constraint.isDisabled {
      switch constraint.kind {
      case .check(let text): try addCheck(constraint.name, text, to: &rules, changing)
      case .foreignKey(let reference):
        if let changing, changing.isDisjoint(with: reference.columns) { continue }
        rules.foreignKeys.append(try parentLink(constraint.name, reference, of: rules))
      case .primaryKey, .unique: break
      }
    }
    return rules
  }

  private mutating func addCheck(
    _ name: String, _ text: String, to rules: inout TableRules, _ changing: Set<Int>?
  ) throws(SQLError) {
    let columns = CatalogExpression.columns(of: text, in: rules.columns)
    if let changing, changing.isDisjoint(with: columns) { return }
    var binder = Binder()
    binder.open(table: rules.number, in: self)
    let condition = try binder.bind(CatalogExpression.condition(text), in: &self)
    rules.checks.append(
      TableRules.Check(
        name: name, condition: condition,
        column: columns.count == 1 ? rules.columns[columns[0]].name : nil))
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
    var parser = try Parser(Array(text.utf16), quotedIdentifiers: true)
    let expression = try parser.parseExpression()
    try parser.expect(.endOfText)
    return expression
  }

  static func condition(_ text: String) throws(SQLError) -> Condition {
    var parser = try Parser(Array(text.utf16), quotedIdentifiers: true)
    let condition = try parser.parseCondition()
    try parser.expect(.endOfText)
    return condition
  }

  /// The columns that a text speaks of, by position: the catalog's texts have every name in brackets.
  static func columns(of text: String, in columns: [ColumnDescription]) -> [Int] {
    let text = text.lowercased()
    return columns.indices.filter { index in
      let parts = columns[index].name.lowercased().split(separator: "]", omittingEmptySubsequences: false)
      return text.contains("[\(parts.joined(separator: "]]"))]")
    }
  }
}
