/// Objects by name and number.
extension StatementContext {
  /// The object of a name with one to three parts, and its database. Throws `blocked` while somebody else
  /// changes it.
  mutating func catalogObject(
    named text: String
  ) throws(SQLError) -> (object: CatalogObject, database: Int)? {
    guard let parts = NameParts.split(text), parts.count <= 3 else { return nil }
    var database = session.database
    if parts.count == 3, !parts[0].isEmpty {
      guard let found = storage.database(parts[0]) else { return nil }
      database = found.id
    }
    let schema = parts.count > 1 && !parts[parts.count - 2].isEmpty ? parts[parts.count - 2] : nil
    let name = QualifiedName(schema ?? "dbo", parts[parts.count - 1])
    guard let known = storage.databases[database] else { return nil }
    // Temporary tables are found in tempdb only.
    if !name.name.hasPrefix("#") || database == Storage.tempdb,
      let number = storage.findTable(session.number, database, name)
    {
      try storage.passDefinition(session.number, number).value()
      return (storage.table(number).objects(known)[0], database)
    }
    if let object = try constraint(name, known) { return (object, database) }
    if let module = storage.modules.last(where: { $0.database == database && $0.name == name }) {
      let contents = CatalogContents(database: known, tables: [], modules: [])
      return (module.object(contents), database)
    }
    return CatalogObject(system: name, isNamed: schema != nil).map { ($0, database) }
  }

  private mutating func constraint(
    _ name: QualifiedName, _ database: ServerDatabase
  ) throws(SQLError) -> CatalogObject? {
    for number in storage.tables.indices where storage.tables[number]?.database == database.id {
      guard let table = storage.tables[number], table.droppedBy != session.number,
        table.name.schema.lowercased() == name.schema.lowercased()
      else { continue }
      let found = table.objects(database).dropFirst().first { $0.name.lowercased() == name.name.lowercased() }
      guard let found else { continue }
      try storage.passDefinition(session.number, number).value()
      return found
    }
    return nil
  }

  /// The object of an object_id.
  mutating func catalogObject(id: Int, database: Int) throws(SQLError) -> CatalogObject? {
    guard let id = Int32(exactly: id), id != 0, storage.databases.indices.contains(database),
      let known = storage.databases[database]
    else { return nil }
    if let table = try catalogTable(id: Int(id), database: database) { return table.objects(known)[0] }
    if let module = storage.modules.last(where: { $0.database == database && $0.objectID == id }) {
      return module.object(CatalogContents(database: known, tables: [], modules: []))
    }
    if let table = try table(ofConstraint: id, database) {
      return table.objects(known).first { $0.id == id }
    }
    return id < 0 ? CatalogObject(systemID: id) : nil
  }

  /// The table of an object_id.
  mutating func catalogTable(id: Int, database: Int? = nil) throws(SQLError) -> ServerTable? {
    let database = database ?? session.database
    let number = storage.tables.firstIndex { table in
      table?.objectID == Int32(truncatingIfNeeded: id) && table?.database == database
        && table?.droppedBy != session.number
    }
    guard let number else { return nil }
    try storage.passDefinition(session.number, number).value()
    return storage.table(number)
  }

  /// The table of a name in a string.
  mutating func catalogTable(named text: String) throws(SQLError) -> ServerTable? {
    guard let (object, database) = try catalogObject(named: text), object.kind == .table else { return nil }
    return try catalogTable(id: Int(object.id), database: database)
  }

  /// The columns of a table or a view.
  mutating func catalogColumns(ofObject id: Int) throws(SQLError) -> [ColumnDescription] {
    try catalogColumns(ofObject: id, database: session.database)
  }

  mutating func catalogColumns(ofObject id: Int, database: Int) throws(SQLError) -> [ColumnDescription] {
    if let table = try catalogTable(id: id, database: database) { return table.about.columns }
    let module = storage.modules.last {
      $0.database == database && Int($0.objectID) == id && $0.kind == .view
    }
    return try module?.viewColumns(&self) ?? []
  }

  /// The table that has a constraint or default of this object_id.
  private mutating func table(
    ofConstraint id: Int32, _ database: Int
  ) throws(SQLError) -> ServerTable? {
    let number = storage.tables.firstIndex { table in
      table?.database == database && table?.droppedBy != session.number && table?.about.hasObject(id) == true
    }
    guard let number else { return nil }
    try storage.passDefinition(session.number, number).value()
    return storage.table(number)
  }

  /// The text of a module, check or default.
  mutating func definition(ofObject id: Int) throws(SQLError) -> String? {
    guard let id = Int32(exactly: id), id != 0 else { return nil }
    let database = session.database
    if let module = storage.modules.last(where: { $0.database == database && $0.objectID == id }) {
      return module.text
    }
    let table = try table(ofConstraint: id, database)
    if let constraint = table?.about.constraints.first(where: { $0.objectID == id }) {
      return constraint.check
    }
    return table?.about.columns.first { $0.defaultValue?.objectID == id }?.defaultValue?.text
  }
}

extension TableDescription {
  fileprivate func hasObject(_ id: Int32) -> Bool {
    constraints.contains { $0.objectID == id } || columns.contains { $0.defaultValue?.objectID == id }
  }
}

extension CatalogObject {
  /// A view of the catalog. Without a schema only the old ones are found.
  fileprivate init?(system name: QualifiedName, isNamed: Bool) {
    let key = name.name.lowercased()
    let schema = isNamed && name.schema.lowercased() != "dbo" ? name.schema.lowercased() : "sys"
    guard let view = SystemCatalog.views["\(schema).\(key)"],
      schema != "sys" || isNamed && name.schema.lowercased() == "sys" || OldViews.names.contains(key)
    else { return nil }
    self.init(system: view)
  }

  fileprivate init?(systemID id: Int32) {
    let place = -1000 - Int(id)
    guard SystemCatalog.sorted.indices.contains(place) else { return nil }
    self.init(system: SystemCatalog.sorted[place])
  }

  private init(system view: CatalogView) {
    self.init(
      name: view.name, id: view.objectID, schema: view.schema, schemaID: view.schema == "sys" ? 4 : 3,
      kind: .view)
  }
}
