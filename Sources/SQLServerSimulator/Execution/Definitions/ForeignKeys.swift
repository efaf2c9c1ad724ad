/// Foreign keys.
extension StatementContext {
  /// Throws 1763 to 1785, 8139 and 2714 before 1750, and 547 for a row without a parent.
  mutating func addForeignKey(
    _ definition: ForeignKeyDefinition, name: String?, to number: Int, checksRows: Bool
  ) throws(SQLError) {
    let table = storage.table(number)
    if table.database == Storage.tempdb, table.owner != nil {
      evaluation.warnings.append(.skippedForeignKey(name ?? table.name.name))
      return
    }
    let objectID = storage.newObjectID(table.database)
    let column = definition.columns.count == 1 ? definition.columns[0].text : nil
    let own =
      name
      ?? constraintName("FK", table: table.name.name, column: column, objectID: objectID)
    let reference = try makingConstraint { context throws(SQLError) in
      try context.requireFree(
        ObjectPlace(database: table.database, name: QualifiedName(table.name.schema, own)))
      return try context.reference(definition, name: own, of: table)
    }
    var description = ConstraintDescription(name: own, objectID: objectID, kind: .foreignKey(reference))
    description.isSystemNamed = name == nil
    description.isTrusted = checksRows
    try change(number) { [description] (table: inout ServerTable) throws(SQLError) in
      table.about.constraints.append(description)
    }
    try makingConstraint { context throws(SQLError) in
      for event in [ReferentialEvent.delete, .update] where event.isActive(reference) {
        guard context.cascadesOnce(on: event, in: table.database) else {
          throw .severalCascadePaths(own, table: table.name.name)
        }
      }
    }
    if checksRows { try requireRows(of: number, toHold: description) }
  }

  /// What the key references, with that table locked against everybody.
  private mutating func reference(
    _ definition: ForeignKeyDefinition, name: String, of table: ServerTable
  ) throws(SQLError) -> ConstraintDescription.Reference {
    var columns: [Int] = []
    for column in definition.columns {
      guard let position = table.about.column(column.text) else {
        throw .foreignKeyOfUnknownColumn(name, column: column.text, table: table.name.name)
      }
      if columns.contains(position) { throw .duplicateIndexColumn(column.text) }
      if table.about.columns[position].isUnpersisted {
        throw .computedColumnIsNotPersisted(
          column.text, table: table.name.name, use: "FOREIGN KEY CONSTRAINT")
      }
      columns.append(position)
    }
    let parent = try referencedTable(definition.referencedTable, key: name, of: table)
    let (referenced, index) = try referencedKey(definition, name: name, of: table, in: parent)
    var reference = ConstraintDescription.Reference(
      columns: columns, table: parent.number, referencedColumns: referenced, index: index)
    reference.onDelete = definition.onDelete.described
    reference.onUpdate = definition.onUpdate.described
    for (own, other) in zip(columns, referenced) {
      try requireAlike(
        table.about.columns[own], parent.about.columns[other], key: name,
        names: ("\(definition.referencedTable.spelled)", table.name.name))
    }
    for action in [reference.onDelete, reference.onUpdate] {
      let fixed = columns.map { table.about.columns[$0] }.filter { !$0.isNullable }
      if action == .setNull, !fixed.isEmpty { throw .setNullOnNotNull(name) }
      if action == .setDefault, fixed.contains(where: { $0.defaultValue == nil }) {
        throw .setDefaultWithoutDefault(name)
      }
      if action != .noAction, columns.contains(where: { table.about.columns[$0].computed != nil }) {
        throw .unsupported("a cascading foreign key of a computed column")
      }
    }
    return reference
  }

  /// Throws 1767, 1763 and 1766.
  private mutating func referencedTable(
    _ name: ObjectName, key: String, of table: ServerTable
  ) throws(SQLError) -> ServerTable {
    if let database = name.database, storage.database(database.text)?.id != table.database {
      throw .foreignKeyToOtherDatabase(key)
    }
    if name.name.text.hasPrefix("#") { throw .foreignKeyToTemporaryTable(key) }
    let qualified = QualifiedName(name.schema?.text ?? "dbo", name.name.text)
    guard let number = storage.findTable(session.number, table.database, qualified) else {
      throw .foreignKeyToUnknownTable(key, table: name.spelled)
    }
    try lockDefinition(of: number)
    return storage.table(number)
  }

  /// The columns that a key references and the unique index that has just these. Throws 1770, 1773, 1776 and
  /// 8139.
  private func referencedKey(
    _ definition: ForeignKeyDefinition, name: String, of table: ServerTable, in parent: ServerTable
  ) throws(SQLError) -> (columns: [Int], index: Int32) {
    let spelled = definition.referencedTable.spelled
    guard !definition.referencedColumns.isEmpty else {
      guard case .primaryKey(let index)? = parent.about.primaryKey?.kind,
        let about = parent.index(id: index)
      else { throw .noPrimaryKeyToReference(name, table: spelled) }
      let columns = about.keys.columns.map(\.column)
      guard columns.count == definition.columns.count else {
        throw .referencedColumnCountDiffers(table: table.name.name)
      }
      return (columns, index)
    }
    var columns: [Int] = []
    for column in definition.referencedColumns {
      guard let position = parent.about.column(column.text) else {
        throw .foreignKeyToUnknownColumn(name, column: column.text, table: spelled)
      }
      columns.append(position)
    }
    guard columns.count == definition.columns.count else {
      throw .referencedColumnCountDiffers(table: table.name.name)
    }
    guard let index = parent.uniqueIndex(over: columns) else {
      throw .noKeyToReference(name, table: spelled)
    }
    return (columns, index)
  }

  /// Throws 1778, 1753 and 1757.
  private func requireAlike(
    _ own: ColumnDescription, _ other: ColumnDescription, key: String, names: (String, String)
  ) throws(SQLError) {
    let (first, second) = ("\(names.0).\(other.name)", "\(names.1).\(own.name)")
    guard own.type.kind == other.type.kind else {
      throw .keyTypesDiffer(first, referencing: second, key: key)
    }
    guard own.type.length == other.type.length, own.type.scale == other.type.scale,
      own.type.precision == other.type.precision
    else { throw .keyLengthsDiffer(first, referencing: second, key: key) }
    guard own.type.collation == other.type.collation else {
      throw .keyCollationsDiffer(first, referencing: second, key: key)
    }
  }

  // MARK: Cascades

  /// Whether from every table at most one way of actions leads to each other one, and none back.
  private func cascadesOnce(on event: ReferentialEvent, in database: Int) -> Bool {
    var children: [Int: [Int]] = [:]
    for table in storage.tables {
      guard let table, table.database == database, table.droppedBy == nil else { continue }
      for constraint in table.about.constraints {
        guard case .foreignKey(let reference) = constraint.kind, event.isActive(reference) else { continue }
        children[reference.table, default: []].append(table.number)
      }
    }
    return children.keys.sorted().allSatisfy { root in
      var seen: Set<Int> = [root]
      var waiting = children[root] ?? []
      while let next = waiting.popLast() {
        guard seen.insert(next).inserted else { return false }
        waiting += children[next] ?? []
      }
      return true
    }
  }

  /// Foreign keys of any table that reference a table, or one of its indexes. Throws `blocked` while
  /// somebody changes a table that has one.
  mutating func foreignKeys(
    to number: Int, index: Int32? = nil
  ) throws(SQLError) -> [(table: Int, constraint: Int)] {
    var found: [(table: Int, constraint: Int)] = []
    for table in storage.tables {
      guard let table, table.droppedBy != session.number else { continue }
      for (position, constraint) in table.about.constraints.enumerated() {
        guard case .foreignKey(let reference) = constraint.kind, reference.table == number,
          index == nil || reference.index == index
        else { continue }
        if table.number != number { try storage.passDefinition(session.number, table.number).value() }
        found.append((table.number, position))
      }
    }
    return found
  }
}

private enum ReferentialEvent {
  case delete, update

  func isActive(_ reference: ConstraintDescription.Reference) -> Bool {
    (self == .delete ? reference.onDelete : reference.onUpdate) != .noAction
  }
}

extension ReferentialAction {
  fileprivate var described: ConstraintDescription.Action {
    switch self {
    case .noAction: .noAction
    case .cascade: .cascade
    case .setNull: .setNull
    case .setDefault: .setDefault
    }
  }
}

extension ServerTable {
  /// A unique index without a filter that has just these columns in any order; the primary key's first.
  fileprivate func uniqueIndex(over columns: [Int]) -> Int32? {
    let wanted = Set(columns)
    guard wanted.count == columns.count else { return nil }
    var found: [(rank: Int, id: Int32)] = []
    func consider(_ about: IndexDescription, _ id: Int32) {
      guard about.isUnique, about.filter == nil, Set(about.keys.columns.map(\.column)) == wanted else {
        return
      }
      found.append((about.constraint == .primaryKey ? 0 : about.constraint == .unique ? 1 : 2, id))
    }
    if let clustered { consider(clustered, 1) }
    for index in indexes where !index.isDisabled { consider(index.about, index.id) }
    return found.min { ($0.rank, $0.id) < ($1.rank, $1.id) }?.id
  }
}
