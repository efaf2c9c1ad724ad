/// The columns of a table in the making.
struct TableDraft {
  var name: String
  var database: Int
  var about: TableDescription
  var identity: IdentityCounter?
  /// CREATE TABLE, ALTER TABLE, DECLARE: for messages.
  var statement: String
}

extension StatementContext {
  /// Adds columns to a draft: those that are not computed first, of which the others are made, but in the
  /// order in which they were written.
  ///
  /// Throws 2705 for a name that is there, 2715 for an unknown type, 2738, 2744, 2749 and the like.
  mutating func addColumns(_ elements: TableElements, to draft: inout TableDraft) throws(SQLError) {
    let start = draft.about.columns.count
    let keys = elements.constraints.flatMap { constraint -> [String] in
      guard case .primaryKey(let key) = constraint.kind else { return [] }
      return key.columns.map { $0.name.text.lowercased() }
    }
    for definition in elements.columns {
      guard draft.about.column(definition.name.text) == nil else {
        throw .columnNamesMustBeUnique(definition.name.text, table: draft.name)
      }
      guard draft.about.columns.count < 1024 else {
        throw .tooManyColumns(definition.name.text, table: draft.name)
      }
      draft.about.lastColumnID += 1
      var column = ColumnDescription(
        name: definition.name.text, id: draft.about.lastColumnID, type: .int, isNullable: true)
      if definition.computed == nil {
        let isKey = keys.contains(column.name.lowercased())
        try describe(definition, isKey: isKey, as: &column, in: &draft)
      }
      draft.about.columns.append(column)
    }
    for (offset, definition) in elements.columns.enumerated() {
      guard let computed = definition.computed else { continue }
      let others = elements.columns.filter { $0.computed != nil }.map { $0.name.text.lowercased() }
      draft.about.columns[start + offset] = try describe(
        computed, definition, draft.about.columns[start + offset], others: others, in: draft)
    }
  }

  private mutating func describe(
    _ definition: ColumnDefinition, isKey: Bool, as column: inout ColumnDescription,
    in draft: inout TableDraft
  ) throws(SQLError) {
    guard let type = definition.type else { return }
    column.type = try columnType(
      type, collation: definition.collation, position: draft.about.columns.count + 1,
      database: draft.database)
    if column.type.kind == .rowversion, draft.about.columns.contains(where: { $0.type.kind == .rowversion }) {
      throw .secondRowversion(column.name, table: draft.name)
    }
    let isSysname = type.name.text.lowercased() == "sysname"
    column.isNullable =
      definition.isNullable
      ?? !(isKey || isSysname || definition.identity != nil || column.type.kind == .rowversion)
    if definition.isRowGUID {
      guard column.type.kind == .uniqueidentifier else { throw .unsupported("ROWGUIDCOL of other types") }
      if draft.about.columns.contains(where: \.isRowGUID) { throw .secondRowGUID }
      column.isRowGUID = true
    }
    if let identity = definition.identity {
      guard draft.identity == nil else { throw .secondIdentityColumn(table: draft.name) }
      draft.identity = try counter(identity, column, table: draft.name)
      column.isIdentity = true
    }
    if let value = definition.defaultValue {
      column.defaultValue = try makeDefault(value, name: value.constraintName, of: column, in: draft)
    }
  }

  /// A column's type. Text without COLLATE has the database's collation. Throws 447 and 448.
  func columnType(
    _ type: DataType, collation: Identifier?, position: Int, database: Int
  ) throws(SQLError) -> SQLType {
    if let schema = type.schema, schema.text.lowercased() != "sys" {
      throw .unknownType("\(schema.text).\(type.name.text)", column: position)
    }
    var arguments: [SQLType.Argument] = []
    switch type.length {
    case .number(let length): arguments.append(.number(length))
    case .max: arguments.append(.max)
    case nil: break
    }
    if let scale = type.scale { arguments.append(.number(scale)) }
    let name = type.name.text
    let own = storage.databases[database]?.isCaseSensitive == true
    var result = try SQLType(
      name: name, arguments: arguments, collation: own ? .caseSensitive : .standard, position: position,
      line: type.line)
    guard let collation else { return result }
    guard result.isText else { throw .collateNotOnText(result.name) }
    if !["database_default", "catalog_default"].contains(collation.text.lowercased()) {
      result.collation = try Collation(name: collation.text)
    }
    return result
  }

  // MARK: Identity

  /// Throws 2749 for a type that does not count, 8147 for a column that may be NULL, 2752 and 2753 for a seed
  /// and an increment that it does not hold.
  private func counter(
    _ identity: IdentityDefinition, _ column: ColumnDescription, table: String
  ) throws(SQLError) -> IdentityCounter {
    let type = column.type
    guard type.isInteger && type.kind != .bit || type.isDecimal && type.scale == 0 else {
      throw .invalidIdentityType(column.name)
    }
    if column.isNullable { throw .identityOnNullable(column.name, table: table) }
    guard let seed = try StatementContext.integer(identity.seed), type.holdsIdentity(seed) else {
      throw .invalidSeed(column.name)
    }
    guard let increment = try StatementContext.integer(identity.increment), increment != 0,
      type.holdsIdentity(increment) || type.kind == .tinyint && type.holdsIdentity(-increment)
    else { throw .invalidIncrement(column.name) }
    return IdentityCounter(seed: seed, increment: increment)
  }

  /// A whole number with or without a sign; nil for what is none.
  static func integer(_ expression: Expression) throws(SQLError) -> Int64? {
    switch expression {
    case .literal(.integer(let value)): return Int64(value)
    case .literal(.decimal(let digits, let scale)):
      guard scale == 0 else { return nil }
      guard let value = Int64(digits) else { throw .unsupported("IDENTITY beyond bigint") }
      return value
    case .unary(.minus, .literal(.decimal("9223372036854775808", scale: 0))): return Int64.min
    case .unary(.minus, let operand): return try integer(operand).map { -$0 }
    case .unary(.plus, let operand): return try integer(operand)
    default: return nil
    }
  }

  // MARK: Defaults

  /// Throws 1754 and 1755 for columns that have no defaults, 2714 for a name that is taken, and what the
  /// expression is not allowed.
  mutating func makeDefault(
    _ definition: DefaultDefinition, name: Identifier?, of column: ColumnDescription, in draft: TableDraft
  ) throws(SQLError) -> ColumnDescription.Default {
    try makingConstraint { context throws(SQLError) in
      if column.isIdentity { throw .defaultOnIdentity(column.name, table: draft.name) }
      if column.type.kind == .rowversion { throw .defaultOnRowversion(column.name, table: draft.name) }
      if column.computed != nil { throw .invalidDefaultColumn(column.name, table: draft.name) }
      _ = try context.bindDefault(definition.value.expression, type: column.type, in: draft.statement)
      guard let text = CatalogText.definition(of: definition.value.expression) else {
        throw .subqueryNotAllowed
      }
      let objectID = context.storage.newObjectID(draft.database)
      return ColumnDescription.Default(
        name: name?.text
          ?? context.constraintName("DF", table: draft.name, column: column.name, objectID: objectID),
        objectID: objectID, text: text)
    }
  }

  // MARK: Computed columns

  /// Computed columns are calculated when a row is written and stored like others, so they must be
  /// deterministic even where SQL Server would calculate them for each reader.
  private mutating func describe(
    _ computed: ComputedColumn, _ definition: ColumnDefinition, _ column: ColumnDescription,
    others: [String], in draft: TableDraft
  ) throws(SQLError) -> ColumnDescription {
    var column = column
    let (bound, use) = try bind(
      computed.expression.expression, table: draft.name, columns: draft.about.columns, in: draft.statement)
    for field in use.fields {
      let used = draft.about.columns[field]
      if used.computed != nil || others.contains(used.name.lowercased()) {
        throw .computedOfComputed(used.name, table: draft.name)
      }
    }
    guard use.isDeterministic else {
      if computed.isPersisted {
        throw .computedColumnIsNotDeterministic(column.name, table: draft.name)
      }
      throw .unsupported("a computed column that is not deterministic")
    }
    guard let type = bound.type, let text = CatalogText.definition(of: computed.expression.expression) else {
      throw .unsupported("a computed column of NULL")
    }
    column.type = type
    if type.isText, type.collation == nil {
      let isCaseSensitive = storage.databases[draft.database]?.isCaseSensitive == true
      column.type.collation = isCaseSensitive ? .caseSensitive : .standard
    }
    column.isNullable = bound.isNullable || use.hasArithmetic
    if definition.isNullable == false {
      guard computed.isPersisted else { throw .computedColumnMustBePersisted }
      column.isNullable = false
    }
    column.computed = text
    column.isPersisted = computed.isPersisted
    return column
  }
}

extension SQLType {
  /// Whether a number is one of an identity column's values.
  func holdsIdentity(_ value: Int64) -> Bool {
    guard isDecimal else { return holds(value) }
    guard precision < 19 else { return true }
    var bound: Int64 = 1
    for _ in 0..<precision { bound *= 10 }
    return value > -bound && value < bound
  }

  /// The value of an identity column.
  func identityValue(_ value: Int64) -> SQLValue {
    guard isDecimal else { return .integer(value) }
    return .decimal(
      SQLDecimal(magnitude: UInt128(value.magnitude), isNegative: value < 0, scale: 0))
  }
}

extension Collation {
  /// SQL_Latin1_General_CP1_CS_AS.
  static let caseSensitive = Collation(.sqlLatin1, [.accentSensitive, .caseSensitive])
}
