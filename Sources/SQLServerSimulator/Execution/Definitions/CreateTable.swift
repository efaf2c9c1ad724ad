/// CREATE TABLE and DECLARE @t TABLE.
extension StatementContext {
  /// Throws 2714 for a name that is taken, 2760 for an unknown schema, and what columns, constraints and
  /// indexes are refused for.
  mutating func createTable(_ create: CreateTableStatement) throws(SQLError) {
    let place = try newPlace(of: create.table)
    try requireFree(place)
    try make(create.elements, at: place, in: "CREATE TABLE")
  }

  /// DECLARE @t TABLE: a table of the session's own, which a rollback leaves as it is. It has to be dropped
  /// when the batch ends: see `dropTableVariables`. Throws 134 for a name that is declared already.
  mutating func declareTable(_ variable: String, _ elements: TableElements) throws(SQLError) {
    let key = variable.lowercased()
    guard session.tableVariables[key] == nil, session.variables.place(variable) == nil else {
      throw .variableAlreadyDeclared(variable)
    }
    for column in elements.columns where column.defaultValue?.constraintName != nil {
      throw .incorrectSyntax(nearKeyword: "CONSTRAINT")
    }
    for constraint in elements.constraints {
      if constraint.name != nil { throw .incorrectSyntax(nearKeyword: "CONSTRAINT") }
      if case .foreignKey = constraint.kind { throw .incorrectSyntax(nearKeyword: "FOREIGN") }
    }
    let place = ObjectPlace(database: Storage.tempdb, name: QualifiedName("dbo", variable))
    session.tableVariables[key] = try make(elements, at: place, isVariable: true, in: "DECLARE")
  }

  /// The batch is over, and its table variables with it: those that the session knows now, and not those of
  /// a batch around it.
  package mutating func dropTableVariables() {
    storage.dropVariables(session.number, session.tableVariables.values)
    session.tableVariables = [:]
  }

  @discardableResult
  private mutating func make(
    _ elements: TableElements, at place: ObjectPlace, isVariable: Bool = false, in statement: String
  ) throws(SQLError) -> Int {
    guard !elements.columns.isEmpty else { throw .incorrectSyntax(near: ")") }
    var draft = TableDraft(
      name: place.name.name, database: place.database, about: TableDescription(), statement: statement)
    try addColumns(elements, to: &draft)
    let keys = elements.constraints.filter(\.isKey)
    if keys.count(where: \.isPrimaryKey) > 1 { throw makingFailed(.severalPrimaryKeys(table: draft.name)) }
    let number = try storage.createTable(
      session.number, place.database, place.name, isVariable: isVariable)
    try requireFreeDefaults(of: draft, schema: place.name.schema)
    let (about, identity) = (draft.about, draft.identity)
    try change(number) { (table: inout ServerTable) throws(SQLError) in
      table.about = about
      table.identity = identity
    }
    let clustered = keys.count { $0.isClustered == true }
    if clustered > 1 { throw makingFailed(.severalClusteredConstraints(table: draft.name)) }
    let isClusteredOtherwise = clustered > 0 || elements.indexes.contains(where: \.isClustered)
    // The clustered key is the first that is made.
    let (first, rest) = (
      keys.filter { $0.clusters(unless: isClusteredOtherwise) },
      keys.filter { !$0.clusters(unless: isClusteredOtherwise) }
    )
    for key in first { try addKey(key, isClustered: true, to: number) }
    for index in elements.indexes where index.isClustered { try addIndex(index, to: number) }
    for key in rest { try addKey(key, isClustered: false, to: number) }
    for index in elements.indexes where !index.isClustered { try addIndex(index, to: number) }
    for constraint in elements.constraints where !constraint.isKey {
      try addConstraint(constraint, to: number, checksRows: true, in: statement)
    }
    return number
  }

  private mutating func makingFailed(_ error: SQLError) -> SQLError {
    ending(error, with: .couldNotCreateConstraint)
  }

  /// Throws 2714 for a default's name that something else has.
  mutating func requireFreeDefaults(of draft: TableDraft, schema: String, from start: Int = 0)
    throws(SQLError)
  {
    var seen: Set<String> = []
    for column in draft.about.columns[start...] {
      guard let name = column.defaultValue?.name else { continue }
      let place = ObjectPlace(database: draft.database, name: QualifiedName(schema, name))
      try makingConstraint { context throws(SQLError) in
        try context.requireFree(place)
        guard seen.insert(name.lowercased()).inserted else { throw .objectExists(name) }
      }
    }
  }
}

extension ConstraintDefinition {
  var isPrimaryKey: Bool {
    if case .primaryKey = kind { return true }
    return false
  }

  var isKey: Bool { key != nil }

  var key: KeyDefinition? {
    switch kind {
    case .primaryKey(let key), .unique(let key): key
    default: nil
    }
  }

  var isClustered: Bool? { key?.isClustered }

  /// A primary key is clustered if nothing was said, unless something else is.
  fileprivate func clusters(unless other: Bool) -> Bool {
    isClustered ?? (isPrimaryKey && !other)
  }
}
