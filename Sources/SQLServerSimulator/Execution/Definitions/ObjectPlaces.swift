/// Where an object is or is to be.
struct ObjectPlace {
  var database: Int
  var name: QualifiedName
}

/// Names: tables, views, procedures, functions, triggers and constraints of a schema share them.
extension StatementContext {
  /// Where a name points; temporary tables are in tempdb. Throws 2702 for an unknown database.
  func place(of name: ObjectName) throws(SQLError) -> ObjectPlace {
    if name.server != nil { throw .unsupported("linked servers") }
    if name.name.text.hasPrefix("##") { throw .unsupported("global temporary tables") }
    if name.name.text.hasPrefix("#") {
      return ObjectPlace(database: Storage.tempdb, name: QualifiedName("dbo", name.name.text))
    }
    var database = session.database
    if let wanted = name.database {
      guard let found = storage.database(wanted.text) else { throw .unknownDatabase(wanted.text) }
      database = found.id
    }
    return ObjectPlace(database: database, name: QualifiedName(name.schema?.text ?? "dbo", name.name.text))
  }

  /// Where a new object is to be. Throws 2760 for an unknown schema.
  func newPlace(of name: ObjectName) throws(SQLError) -> ObjectPlace {
    let place = try place(of: name)
    guard storage.hasSchema(place.name.schema, in: place.database),
      !["sys", "information_schema"].contains(place.name.schema.lowercased())
    else { throw .schemaDoesNotExist(place.name.schema) }
    return place
  }

  /// Throws 2714 if something in the schema has the name, and `blocked` while somebody makes or drops it.
  mutating func requireFree(_ place: ObjectPlace) throws(SQLError) {
    if let table = storage.findTable(session.number, place.database, place.name) {
      try storage.passDefinition(session.number, table).value()
      throw .objectExists(place.name.name)
    }
    if try findModule(place) != nil { throw .objectExists(place.name.name) }
    if try tableOfConstraint(place) != nil { throw .objectExists(place.name.name) }
  }

  mutating func findModule(_ place: ObjectPlace) throws(SQLError) -> ServerModule? {
    try storage.passModule(session.number, place.name, in: place.database).value()
    return storage.module(place.name, in: place.database)
  }

  /// The table that has a constraint of this name, defaults among them.
  mutating func tableOfConstraint(_ place: ObjectPlace) throws(SQLError) -> Int? {
    let key = place.name.name.lowercased()
    for table in storage.tables {
      guard let table, table.database == place.database, table.droppedBy != session.number,
        table.name.schema.lowercased() == place.name.schema.lowercased(),
        table.about.hasConstraint(key)
      else { continue }
      try storage.passDefinition(session.number, table.number).value()
      return table.number
    }
    return nil
  }

  /// The table of a name, locked against everybody. Nil if there is none.
  mutating func lockTable(_ name: ObjectName) throws(SQLError) -> Int? {
    guard let number = try Binder.findTable(name, in: &self) else { return nil }
    try lockDefinition(of: number)
    return number
  }

  /// `database.schema.table`, as messages about NULL have it.
  func fullName(of number: Int) -> String {
    let table = storage.table(number)
    if table.isVariable { return table.name.name }
    return "\(storage.databaseName(of: number)).\(table.name)"
  }

  // MARK: Names that the server makes

  /// `PK__Badges__3214EC07…`: eight letters of the table and sixteen digits.
  func keyName(_ kind: String, table: String, columns: [String], objectID: Int32) -> String {
    var hash: UInt32 = 2_166_136_261
    for unit in columns.joined(separator: ",").utf8 { hash = (hash ^ UInt32(unit)) &* 16_777_619 }
    return "\(kind)__\(table.prefix(8))__\(hex(hash))\(hex(UInt32(bitPattern: objectID)))"
  }

  /// `DF__Badges__Date__…`: fourteen letters of table and column, nine of the table at most.
  func constraintName(_ kind: String, table: String, column: String?, objectID: Int32) -> String {
    let start = table.prefix(9)
    let rest = column.map { "__\($0.prefix(14 - start.count))" } ?? ""
    return "\(kind)__\(start)\(rest)__\(hex(UInt32(bitPattern: objectID)))"
  }

  private func hex(_ number: UInt32) -> String {
    let digits = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension TableDescription {
  /// Whether a constraint or a default has the name, which is in small letters.
  func hasConstraint(_ key: String) -> Bool {
    constraints.contains { $0.name.lowercased() == key }
      || columns.contains { $0.defaultValue?.name.lowercased() == key }
  }

  func constraint(_ name: String) -> Int? {
    let key = name.lowercased()
    return constraints.firstIndex { $0.name.lowercased() == key }
  }

  /// The column that has the default of this name.
  func columnOfDefault(_ name: String) -> Int? {
    let key = name.lowercased()
    return columns.firstIndex { $0.defaultValue?.name.lowercased() == key }
  }
}
