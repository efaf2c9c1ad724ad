/// ALTER TABLE: constraints and triggers on and off, and what is dropped.
extension StatementContext {
  // MARK: On and off

  /// CHECK CONSTRAINT and NOCHECK CONSTRAINT. Throws 4917 and 11415 before 4916, 1989, and 547 for a row that
  /// the constraint does not hold of.
  mutating func switchConstraints(
    _ names: [Identifier], of number: Int, isOn: Bool, checksRows: Bool
  ) throws(SQLError) {
    let about = storage.table(number).about
    var positions: [Int] = []
    for name in names {
      guard let position = about.constraint(name.text) else {
        let error: SQLError =
          about.columnOfDefault(name.text) == nil
          ? .constraintDoesNotExist(name.text) : .constraintCannotBeSwitched(name.text)
        throw ending(error, with: .couldNotSwitchConstraint)
      }
      guard about.constraints[position].isSwitched else {
        throw ending(.constraintCannotBeSwitched(name.text), with: .couldNotSwitchConstraint)
      }
      positions.append(position)
    }
    if names.isEmpty { positions = about.constraints.indices.filter { about.constraints[$0].isSwitched } }
    for position in positions {
      let constraint = about.constraints[position]
      if isOn, case .foreignKey(let reference) = constraint.kind {
        try requireEnabledKey(reference, name: constraint.name)
      }
      // One that was never off and is trusted stays so.
      let wasTrusted = !constraint.isDisabled && constraint.isTrusted
      try change(number) { (table: inout ServerTable) throws(SQLError) in
        table.about.constraints[position].isDisabled = !isOn
        table.about.constraints[position].isTrusted = isOn && (checksRows || wasTrusted)
      }
      if isOn, checksRows { try requireRows(of: number, toHold: constraint) }
    }
  }

  private mutating func requireEnabledKey(
    _ reference: ConstraintDescription.Reference, name: String
  ) throws(SQLError) {
    try lockDefinition(of: reference.table)
    let parent = storage.table(reference.table)
    guard let index = parent.indexes.first(where: { $0.id == reference.index }), index.isDisabled else {
      return
    }
    throw .referencedIndexIsDisabled(name, index: index.about.name)
  }

  // MARK: DROP

  /// Throws 3728, 3733 and 3725 before 3727, 4924 and 4923, and 5074 before 4922.
  mutating func drop(_ elements: [DroppedElement], of number: Int) throws(SQLError) {
    for element in elements where element.kind == .constraint {
      try drop(constraint: element.name.text, of: number, ifExists: element.ifExists)
    }
    for element in elements where element.kind == .column {
      try drop(column: element.name.text, of: number, ifExists: element.ifExists)
    }
  }

  private mutating func drop(
    constraint name: String, of number: Int, ifExists: Bool
  ) throws(SQLError) {
    let table = storage.table(number)
    if let column = table.about.columnOfDefault(name) {
      try change(number) { (table: inout ServerTable) throws(SQLError) in
        table.about.columns[column].defaultValue = nil
      }
      return
    }
    guard let position = table.about.constraint(name) else {
      if ifExists { return }
      let place = ObjectPlace(
        database: table.database, name: QualifiedName(table.name.schema, name))
      let error: SQLError =
        try tableOfConstraint(place) == nil
        ? .notAConstraint(name) : .constraintOfOtherTable(name, table: table.name.name)
      throw ending(error, with: .couldNotDropConstraint)
    }
    switch table.about.constraints[position].kind {
    case .primaryKey(let index), .unique(let index):
      if let key = try foreignKeys(to: number, index: index).first {
        let child = storage.table(key.table)
        throw ending(
          .constraintIsReferenced(
            table.about.constraints[position].name, table: child.name.name,
            key: child.about.constraints[key.constraint].name),
          with: .couldNotDropConstraint)
      }
      try remove(index: index, of: number)
    case .foreignKey, .check: break
    }
    try change(number) { (table: inout ServerTable) throws(SQLError) in
      _ = table.about.constraints.remove(at: position)
    }
  }

  private mutating func drop(column name: String, of number: Int, ifExists: Bool) throws(SQLError) {
    let table = storage.table(number)
    guard let position = table.about.column(name) else {
      if ifExists { return }
      throw .columnDoesNotExist(name, table: table.name.name, operation: "ALTER TABLE DROP COLUMN")
    }
    let column = table.about.columns[position]
    try requireUnused(position, of: number, "ALTER TABLE DROP COLUMN")
    guard table.about.columns.count(where: { $0.computed == nil || $0.name == column.name }) > 1 else {
      throw .lastColumn(column.name, table: table.name.name)
    }
    let filters = try filters(of: table, without: position)
    try storage.rewriteTable(session.number, number) { (table: inout ServerTable) throws(SQLError) in
      table.about.columns.remove(at: position)
      if column.isIdentity { table.identity = nil }
      table.shiftColumns(behind: position, filters: filters)
    } _: { (bytes: UnsafeRawBufferPointer, builder: inout RowChunkBuilder) throws(SQLError) in
      var fields = StoredFields(bytes)
      var index = 0
      while !fields.isAtEnd {
        let field = fields.nextField()
        if index != position {
          if let field { builder.append(field) } else { builder.appendNull() }
        }
        index += 1
      }
    }.value()
    try shiftReferences(to: number, behind: position)
  }

  /// The filters of a table's indexes, when a column is gone.
  private mutating func filters(
    of table: ServerTable, without position: Int
  ) throws(SQLError) -> [Int32: IndexFilter] {
    var columns = table.about.columns
    columns.remove(at: position)
    var filters: [Int32: IndexFilter] = [:]
    for index in table.indexes {
      guard let text = index.about.filterText else { continue }
      filters[index.id] = try filter(
        StatementContext.condition(of: text), of: index.about.name, table: table.name, columns: columns,
        isFromCatalog: true)
    }
    return filters
  }

  /// Other tables' foreign keys know the columns that they reference by position.
  private mutating func shiftReferences(to number: Int, behind position: Int) throws(SQLError) {
    for (child, constraint) in try foreignKeys(to: number) {
      guard case .foreignKey(var reference) = storage.table(child).about.constraints[constraint].kind,
        reference.referencedColumns.contains(where: { $0 > position })
      else { continue }
      reference.referencedColumns = reference.referencedColumns.map { $0 > position ? $0 - 1 : $0 }
      try change(child) { [reference] (table: inout ServerTable) throws(SQLError) in
        table.about.constraints[constraint].kind = .foreignKey(reference)
      }
    }
  }
}

extension ConstraintDescription {
  /// Whether CHECK and NOCHECK CONSTRAINT are for it.
  fileprivate var isSwitched: Bool {
    switch kind {
    case .check, .foreignKey: true
    case .primaryKey, .unique: false
    }
  }
}

extension ServerTable {
  /// Everything that knows columns by position: one of them is gone. What others reference is not here.
  fileprivate mutating func shiftColumns(behind gone: Int, filters: [Int32: IndexFilter]) {
    func shifted(_ about: IndexDescription) -> IndexDescription {
      var about = about
      about.keys = KeyMaker(
        about.keys.columns.map { key in
          var key = key
          if key.column > gone { key.column -= 1 }
          return key
        })
      about.included = about.included.map { $0 > gone ? $0 - 1 : $0 }
      return about
    }
    clustered = clustered.map(shifted)
    for index in indexes.indices {
      indexes[index].about = shifted(indexes[index].about)
      if let filter = filters[indexes[index].id] { indexes[index].about.filter = { filter($0) } }
    }
    for position in about.constraints.indices {
      guard case .foreignKey(var reference) = about.constraints[position].kind else { continue }
      reference.columns = reference.columns.map { $0 > gone ? $0 - 1 : $0 }
      about.constraints[position].kind = .foreignKey(reference)
    }
  }
}
