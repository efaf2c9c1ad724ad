/// DROP of everything but indexes, constraints and columns.
extension StatementContext {
  /// Throws 3701 for what does not exist and 3705 for what is something else.
  mutating func drop(_ kind: ObjectKind, _ name: ObjectName, ifExists: Bool) throws(SQLError) {
    switch kind {
    case .table: try dropTable(name, ifExists: ifExists)
    case .view: try dropModule("VIEW", name, ifExists: ifExists)
    case .procedure: try dropModule("PROCEDURE", name, ifExists: ifExists)
    case .function: try dropModule("FUNCTION", name, ifExists: ifExists)
    case .trigger: try dropModule("TRIGGER", name, ifExists: ifExists)
    case .schema: try dropSchema(name, ifExists: ifExists)
    case .database: try dropDatabase(name.name.text, ifExists: ifExists)
    }
  }

  /// With its triggers. Throws 3726 for a table that a foreign key of another one references.
  private mutating func dropTable(_ name: ObjectName, ifExists: Bool) throws(SQLError) {
    guard let number = try lockTable(name) else {
      if name.database.map({ storage.database($0.text) != nil }) ?? true,
        let module = try findModule(place(of: name))
      {
        throw .otherKind(name.spelled, wanted: "TABLE", kind: module.kind.word)
      }
      if ifExists { return }
      throw .cannotDrop("table", name: name.spelled)
    }
    guard try foreignKeys(to: number).allSatisfy({ $0.table == number }) else {
      throw .referencedByForeignKey(name.spelled)
    }
    for trigger in storage.triggers(of: number) {
      try storage.removeModule(session.number, trigger).value()
    }
    try storage.dropTable(session.number, number).value()
    if session.identityInsert == number { session.identityInsert = nil }
  }

  private mutating func dropModule(_ word: String, _ name: ObjectName, ifExists: Bool) throws(SQLError) {
    let word = word.uppercased()
    if name.database != nil { throw .databasePrefixNotAllowed("DROP \(word)") }
    let place = try place(of: name)
    guard let module = try findModule(place) else {
      if let table = storage.findTable(session.number, place.database, place.name) {
        try storage.passDefinition(session.number, table).value()
        throw .otherKind(name.spelled, wanted: word, kind: "TABLE")
      }
      if ifExists { return }
      throw .cannotDrop(word.lowercased(), name: name.spelled)
    }
    guard module.kind.word == word else {
      throw .otherKind(name.spelled, wanted: word, kind: module.kind.word)
    }
    // Who writes to the table fires the trigger, or does not.
    if let trigger = module.trigger { try lockDefinition(of: trigger.table) }
    try storage.removeModule(session.number, module).value()
  }

  /// Throws 15151 for an unknown schema and 3729 for one that has something in it.
  private mutating func dropSchema(_ name: ObjectName, ifExists: Bool) throws(SQLError) {
    let schema = name.name.text
    guard storage.hasSchema(schema, in: session.database) else {
      if ifExists { return }
      throw .cannotDropSchema(schema)
    }
    guard !["dbo", "guest", "sys", "information_schema"].contains(schema.lowercased()) else {
      throw .cannotDropSchema(schema)
    }
    for number in storage.tableNumbers(session.number, in: session.database) {
      let table = storage.table(number)
      guard table.name.schema.lowercased() == schema.lowercased() else { continue }
      try storage.passDefinition(session.number, number).value()
      throw .schemaIsNotEmpty(schema, object: table.name.name)
    }
    for module in storage.modules(in: session.database)
    where module.name.schema.lowercased() == schema.lowercased() {
      throw .schemaIsNotEmpty(schema, object: module.name.name)
    }
    try storage.removeSchema(session.number, schema, in: session.database)
  }

  /// Throws 226, 3701, 3708 and 3702.
  private mutating func dropDatabase(_ name: String, ifExists: Bool) throws(SQLError) {
    try requireNoTransaction("DROP DATABASE")
    guard let database = storage.database(name) else {
      if ifExists { return }
      throw .cannotDrop("database", name: name)
    }
    guard database.id > 4 else { throw .isSystemDatabase(name) }
    guard database.id != session.database, storage.dropDatabase(database.id) else {
      throw .databaseIsInUse(name)
    }
  }
}
