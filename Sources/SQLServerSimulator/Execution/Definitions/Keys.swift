/// Primary and unique keys, and the indexes that enforce them.
extension StatementContext {
  /// Adds a constraint of any kind to a table that nobody else can see or change.
  mutating func addConstraint(
    _ constraint: ConstraintDefinition, to number: Int, checksRows: Bool, in statement: String
  ) throws(SQLError) {
    switch constraint.kind {
    case .primaryKey, .unique:
      let isFree = storage.table(number).clustered == nil
      try addKey(
        constraint, isClustered: constraint.isClustered ?? (constraint.isPrimaryKey && isFree), to: number)
    case .check(let condition, _):
      try addCheck(
        condition.condition, name: constraint.name?.text, to: number, checksRows: checksRows, in: statement)
    case .foreignKey(let key):
      try addForeignKey(key, name: constraint.name?.text, to: number, checksRows: checksRows)
    case .default(let value, let column):
      try addDefault(value, name: constraint.name, column: column.text, to: number)
    }
  }

  /// Throws 1902, 1909, 1911, 1913, 1919, 1779, 8111, 2714 and, for rows that are there, 1505, all before
  /// 1750.
  mutating func addKey(
    _ constraint: ConstraintDefinition, isClustered: Bool, to number: Int
  ) throws(SQLError) {
    guard let key = constraint.key else { return }
    try requireKnown(key.options, of: "ALTER TABLE")
    try makingConstraint { context throws(SQLError) in
      let table = context.storage.table(number)
      if constraint.isPrimaryKey, table.about.primaryKey != nil {
        throw .secondPrimaryKey(table: table.name.name)
      }
      let columns = try context.keyColumns(key.columns, in: table)
      if constraint.isPrimaryKey {
        for key in columns {
          let column = table.about.columns[key.column]
          if column.computed != nil, column.isNullable || !column.isPersisted {
            throw .primaryKeyOnComputed(column.name, table: table.name.name)
          }
          if column.isNullable { throw .primaryKeyOnNullable(table: table.name.name) }
        }
      }
      let objectID = context.storage.newObjectID(table.database)
      let name =
        constraint.name?.text
        ?? context.keyName(
          constraint.isPrimaryKey ? "PK" : "UQ", table: table.name.name,
          columns: key.columns.map(\.name.text), objectID: objectID)
      try context.requireFree(
        ObjectPlace(database: table.database, name: QualifiedName(table.name.schema, name)))
      let about = IndexDescription(
        name, KeyMaker(columns), isUnique: true, constraint: constraint.isPrimaryKey ? .primaryKey : .unique)
      let id = try context.add(about, isClustered: isClustered, to: number)
      var description = ConstraintDescription(
        name: name, objectID: objectID, kind: constraint.isPrimaryKey ? .primaryKey(id) : .unique(id))
      description.isSystemNamed = constraint.name == nil
      try context.change(number) { [description] (table: inout ServerTable) throws(SQLError) in
        table.about.constraints.append(description)
      }
    }
  }

  /// Makes the structure of a key or an index: its id. Throws 1913, 1902, 1505, and warns with 1945.
  mutating func add(
    _ about: IndexDescription, isClustered: Bool, to number: Int
  ) throws(SQLError) -> Int32 {
    let table = storage.table(number)
    guard table.indexID(about.name) == nil else {
      throw .indexExists(about.name, table: table.name.description)
    }
    if let existing = table.clustered, isClustered {
      throw .secondClusteredIndex(table: table.name.description, existing: existing.name)
    }
    try checkLength(about, isClustered: isClustered, in: table)
    guard isClustered else {
      return try storage.createIndex(session.number, number, about).value()
    }
    try storage.setClustered(session.number, number, about).value()
    return 1
  }

  /// The columns of a key or an index. Throws 1911, 1909, 1904 and 1919.
  func keyColumns(_ columns: [IndexColumn], in table: ServerTable) throws(SQLError) -> [KeyColumn] {
    var keys: [KeyColumn] = []
    for column in columns {
      guard let position = table.about.column(column.name.text) else {
        throw .unknownIndexColumn(column.name.text)
      }
      let description = table.about.columns[position]
      if keys.contains(where: { $0.column == position }) { throw .duplicateIndexColumn(description.name) }
      guard description.type.isOfKeys else {
        throw .invalidKeyColumnType(description.name, table: table.name.description)
      }
      keys.append(KeyColumn(position, description.type, isDescending: column.isDescending))
    }
    guard keys.count <= 32 else {
      throw .tooManyKeyColumns("", table: table.name.description, count: keys.count)
    }
    return keys
  }

  /// A key may be too long for every row (1944) or for some (1945, a warning).
  private mutating func checkLength(
    _ about: IndexDescription, isClustered: Bool, in table: ServerTable
  ) throws(SQLError) {
    let maximum = isClustered ? 900 : 1700
    var (least, most) = (0, 0)
    for column in about.keys.columns {
      most += column.type.maxLength
      if ![.varchar, .nvarchar, .varbinary, .variant].contains(column.type.kind) {
        least += column.type.maxLength
      }
    }
    if least > maximum { throw .keyIsTooLong(about.name, length: least, maximum: maximum) }
    if most > maximum {
      evaluation.warnings.append(.keyMayBeTooLong(about.name, isClustered: isClustered, length: most))
    }
  }

  /// DEFAULT x FOR c. Throws 1752 for an unknown column, 1781 for one that has a default.
  private mutating func addDefault(
    _ definition: DefaultDefinition, name: Identifier?, column: String, to number: Int
  ) throws(SQLError) {
    let table = storage.table(number)
    let draft = TableDraft(
      name: table.name.name, database: table.database, about: table.about, statement: "ALTER TABLE")
    guard let position = table.about.column(column) else {
      throw ending(.invalidDefaultColumn(column, table: table.name.name), with: .couldNotCreateConstraint)
    }
    let made = try makingConstraint { context throws(SQLError) in
      if let name {
        try context.requireFree(
          ObjectPlace(database: table.database, name: QualifiedName(table.name.schema, name.text)))
      }
      if table.about.columns[position].defaultValue != nil { throw .hasDefault }
      return try context.makeDefault(definition, name: name, of: table.about.columns[position], in: draft)
    }
    try change(number) { (table: inout ServerTable) throws(SQLError) in
      table.about.columns[position].defaultValue = made
    }
  }
}

extension TableDescription {
  var primaryKey: ConstraintDescription? {
    constraints.first { constraint in
      if case .primaryKey = constraint.kind { return true }
      return false
    }
  }
}

extension ColumnDescription {
  /// Computed, and not PERSISTED.
  var isUnpersisted: Bool { computed != nil && !isPersisted }
}

extension ServerTable {
  /// An index's id by its name in any case; 1 for the clustered one.
  func indexID(_ name: String) -> Int32? {
    if clustered?.name.lowercased() == name.lowercased() { return 1 }
    return index(name).map { indexes[$0].id }
  }

  /// The description of an index by its id.
  func index(id: Int32) -> IndexDescription? {
    id == 1 ? clustered : indexes.first { $0.id == id }?.about
  }
}

extension SQLType {
  /// Whether a column of the type may be in a key.
  var isOfKeys: Bool {
    !isUnlimited && !isLargeObject && ![.xml, .geography, .geometry].contains(kind)
  }
}
