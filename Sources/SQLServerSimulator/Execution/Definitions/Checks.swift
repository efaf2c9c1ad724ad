import ModelDatabase

/// Check constraints, and rows that constraints are checked against.
extension StatementContext {
  /// Throws what the condition is not allowed, 2714, and 547 for a row that it is false of.
  mutating func addCheck(
    _ condition: Condition, name: String?, to number: Int, checksRows: Bool, in statement: String
  ) throws(SQLError) {
    let table = storage.table(number)
    let columns = table.about.columns
    let (_, use) = try bind(condition, table: table.name.name, columns: columns, in: statement)
    guard let text = CatalogText.definition(of: condition) else { throw .subqueryNotAllowed }
    let objectID = storage.newObjectID(table.database)
    let column = use.fields.count == 1 ? use.fields.first.map { columns[$0].name } : nil
    let own =
      name
      ?? constraintName("CK", table: table.name.name, column: column, objectID: objectID)
    try makingConstraint { context throws(SQLError) in
      for field in use.fields where columns[field].isUnpersisted {
        throw .computedColumnIsNotPersisted(
          columns[field].name, table: table.name.name, use: "CHECK CONSTRAINT")
      }
      try context.requireFree(
        ObjectPlace(database: table.database, name: QualifiedName(table.name.schema, own)))
    }
    var description = ConstraintDescription(name: own, objectID: objectID, kind: .check(text))
    description.isSystemNamed = name == nil
    description.isTrusted = checksRows
    try change(number) { [description] (table: inout ServerTable) throws(SQLError) in
      table.about.constraints.append(description)
    }
    if checksRows { try requireRows(of: number, toHold: description) }
  }

  /// Throws 547 for a row of which the constraint does not hold. Nobody else can change the rows.
  mutating func requireRows(
    of number: Int, toHold constraint: ConstraintDescription
  ) throws(SQLError) {
    switch constraint.kind {
    case .check(let text): try requireRows(of: number, toHold: text, name: constraint.name)
    case .foreignKey(let reference):
      try requireParents(of: number, reference, name: constraint.name)
    case .primaryKey, .unique: break
    }
  }

  private mutating func requireRows(of number: Int, toHold text: String, name: String) throws(SQLError) {
    let table = storage.table(number)
    guard table.rows.count > 0 else { return }
    let (condition, use) = try bind(
      StatementContext.condition(of: text), table: table.name.name, columns: table.about.columns,
      in: "ALTER TABLE")
    frames.append(RowFrame(sources: 1))
    defer { frames.removeLast() }
    let top = frames.count - 1
    for slice in table.rows.run(.all).slices {
      for row in slice {
        frames[top].rows[0] = row
        guard try evaluate(condition) == false else { continue }
        throw .constraintConflict(
          statement: "ALTER TABLE", kind: "CHECK", constraint: name,
          database: storage.databaseName(of: number), table: table.name.description,
          column: use.fields.count == 1 ? use.fields.first.map { table.about.columns[$0].name } : nil)
      }
    }
  }

  private mutating func requireParents(
    of number: Int, _ reference: ConstraintDescription.Reference, name: String
  ) throws(SQLError) {
    let child = storage.table(number)
    guard child.rows.count > 0 else { return }
    let parent = storage.table(reference.table)
    guard let index = parent.index(id: reference.index) else { return }
    // Where each column of the parent's key is in the child's rows.
    let places = index.keys.columns.map { key -> Int in
      guard let place = reference.referencedColumns.firstIndex(of: key.column) else {
        preconditionFailure("a foreign key has the columns of the key that it references")
      }
      return reference.columns[place]
    }
    for slice in child.rows.run(.all).slices {
      for row in slice {
        let values = row.withBytes { bytes in
          places.map { StoredFields.field($0, of: bytes).map { Array($0) } }
        }
        if values.contains(where: { $0 == nil }) { continue }
        if parent.hasKey(index.keys.prefix(values), in: reference.index) { continue }
        let isOwn = reference.table == number
        throw .constraintConflict(
          statement: "ALTER TABLE", kind: isOwn ? "FOREIGN KEY SAME TABLE" : "FOREIGN KEY",
          constraint: name, database: storage.databaseName(of: number), table: parent.name.description,
          column: reference.referencedColumns.count == 1
            ? parent.about.columns[reference.referencedColumns[0]].name : nil)
      }
    }
  }
}

extension ServerTable {
  /// Whether a unique index has an entry with this key.
  fileprivate func hasKey(_ key: [UInt8], in index: Int32) -> Bool {
    if index == 1 { return rows.find(RowKey(bytes: key)) != nil }
    return indexes.first { $0.id == index }?.entries.find(RowKey(bytes: key)) != nil
  }
}
