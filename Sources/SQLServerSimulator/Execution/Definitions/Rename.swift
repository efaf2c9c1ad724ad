/// sp_rename.
extension StatementContext {
  /// Gives an object, a column or an index another name. Texts that have the old one stay as they are.
  ///
  /// Throws 15225, 15248, 15249, 15335 and 15336. Warns with 15477.
  package mutating func renameObject(
    _ old: String, to new: String, kind: String?
  ) throws(SQLError) {
    try requireNoSnapshot()
    let shown = kind ?? "(null)"
    let database = storage.databases[session.database]?.name ?? ""
    let missing = SQLError.nothingToRename(old, database: database, kind: shown)
    let name: ObjectName
    do throws(SQLError) {
      name = try Parser.parseObjectName(Array(old.utf16))
    } catch {
      throw .ambiguousRename(kind: shown)
    }
    guard !new.isEmpty else { throw .missingColumnName }
    switch kind?.uppercased() {
    case nil:
      // Without a kind, three parts or a name that no object has are those of a column or an index.
      if try !renameObject(name, to: new) {
        var isDone = try renameColumn(name, to: new)
        if !isDone { isDone = try renameIndex(name, to: new) }
        guard isDone else { throw missing }
      }
    case "OBJECT":
      guard try renameObject(name, to: new) else { throw .ambiguousRename(kind: shown) }
    case "COLUMN":
      guard try renameColumn(name, to: new) else { throw .ambiguousRename(kind: shown) }
    case "INDEX":
      guard try renameIndex(name, to: new) else { throw .ambiguousRename(kind: shown) }
    case "DATABASE", "STATISTICS", "USERDATATYPE":
      throw .unsupported("sp_rename of a \(shown.lowercased())")
    default: throw .unknownRenameKind(shown)
    }
    evaluation.warnings.append(.renameCaution)
  }

  // MARK: Objects

  /// A table, a module or a constraint; false if there is none of this name.
  private mutating func renameObject(_ name: ObjectName, to new: String) throws(SQLError) -> Bool {
    guard !name.name.text.hasPrefix("#"), isHere(name.database) else { return false }
    let place = try place(of: name)
    var wanted = place
    wanted.name.name = new
    if let number = try lockTable(name) {
      try requireNew(wanted, unlike: place)
      try storage.renameTable(session.number, number, to: new).value()
      return true
    }
    if var module = try findModule(place) {
      if let trigger = module.trigger { try lockDefinition(of: trigger.table) }
      try requireNew(wanted, unlike: place)
      module.name.name = new
      try storage.setModule(session.number, module).value()
      return true
    }
    guard let number = try tableOfConstraint(place) else { return false }
    try lockDefinition(of: number)
    try requireNew(wanted, unlike: place)
    try renameConstraint(place.name.name, of: number, to: new)
    return true
  }

  private mutating func renameConstraint(_ name: String, of number: Int, to new: String) throws(SQLError) {
    try change(number) { (table: inout ServerTable) throws(SQLError) in
      if let column = table.about.columnOfDefault(name) {
        table.about.columns[column].defaultValue?.name = new
        return
      }
      guard let position = table.about.constraint(name) else { return }
      table.about.constraints[position].name = new
      table.about.constraints[position].isSystemNamed = false
      switch table.about.constraints[position].kind {
      case .primaryKey(let index), .unique(let index): table.renameIndex(index, to: new)
      case .foreignKey, .check: break
      }
    }
  }

  /// Throws 15335. Another spelling of the same name is no other object's.
  private mutating func requireNew(_ place: ObjectPlace, unlike old: ObjectPlace) throws(SQLError) {
    if place.name == old.name { return }
    do throws(SQLError) {
      try requireFree(place)
    } catch {
      throw error.number == 2714 ? .newNameIsInUse(place.name.name, kind: "object") : error
    }
  }

  // MARK: Columns and indexes

  /// The table of `t.c`; nil if there is none. Its own name is what stands before the point.
  private mutating func table(of part: ObjectName) throws(SQLError) -> Int? {
    guard let table = part.schema, isHere(part.server) else { return nil }
    return try lockTable(ObjectName(schema: part.database, name: table))
  }

  private func isHere(_ database: Identifier?) -> Bool {
    database.map { storage.database($0.text)?.id == session.database } ?? true
  }

  private mutating func renameColumn(_ name: ObjectName, to new: String) throws(SQLError) -> Bool {
    guard let number = try table(of: name) else { return false }
    let table = storage.table(number)
    guard let position = table.about.column(name.name.text) else { return false }
    if let other = table.about.column(new), other != position {
      throw .newNameIsInUse(new, kind: "COLUMN")
    }
    if try isInText(position, of: number) { throw .hasEnforcedDependencies(name.spelled) }
    try change(number) { (table: inout ServerTable) throws(SQLError) in
      table.about.columns[position].name = new
    }
    return true
  }

  private mutating func renameIndex(_ name: ObjectName, to new: String) throws(SQLError) -> Bool {
    guard let number = try table(of: name) else { return false }
    let table = storage.table(number)
    guard let id = table.indexID(name.name.text) else { return false }
    if let other = table.indexID(new), other != id { throw .newNameIsInUse(new, kind: "INDEX") }
    if table.index(id: id)?.constraint != nil {
      let (old, wanted) = (
        ObjectPlace(
          database: table.database, name: QualifiedName(table.name.schema, name.name.text)),
        ObjectPlace(database: table.database, name: QualifiedName(table.name.schema, new))
      )
      try requireNew(wanted, unlike: old)
      try renameConstraint(name.name.text, of: number, to: new)
      return true
    }
    try change(number) { (table: inout ServerTable) throws(SQLError) in table.renameIndex(id, to: new) }
    return true
  }
}

extension ServerTable {
  fileprivate mutating func renameIndex(_ id: Int32, to name: String) {
    if id == 1 {
      clustered?.name = name
    } else if let position = indexes.firstIndex(where: { $0.id == id }) {
      indexes[position].about.name = name
    }
  }
}
