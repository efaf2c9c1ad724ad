import ModelDatabase

/// Views, triggers, procedures and functions, and schemas: changed with the transaction. What a session has
/// changed and not committed keeps others from looking it up, as with tables.
extension Storage {
  // MARK: Looking up

  /// All databases' modules, in the order in which they were made.
  package internal(set) var modules: [ServerModule] {
    get { moduleRecords.filter { $0.droppedBy == nil } }
    // Without locks and undo: to set a server up.
    set { moduleRecords = moduleRecords.filter { $0.droppedBy != nil } + newValue }
  }

  package func modules(in database: Int) -> [ServerModule] {
    moduleRecords.filter { $0.database == database && $0.droppedBy == nil }
  }

  /// The module of this name; nil if there is none.
  package func module(_ name: QualifiedName, in database: Int) -> ServerModule? {
    moduleRecords.first { $0.database == database && $0.name == name && $0.droppedBy == nil }
  }

  /// A table's triggers, in the order in which they were made. Who has any lock on the table finds that
  /// nobody else changes them.
  package func triggers(of table: Int) -> [ServerModule] {
    moduleRecords.filter { $0.droppedBy == nil && $0.trigger?.table == table }
  }

  /// Sees that nobody changes a module of this name now: comes before looking it up.
  package mutating func passModule(_ session: Int, _ name: QualifiedName, in database: Int) -> Attempt<Void> {
    for module in moduleRecords where module.database == database && module.name == name && module.space >= 0
    {
      guard lock(session, .schemaStability, in: module.space, isShort: true) else { return .blocked }
    }
    return .done(())
  }

  // MARK: Changing

  /// Makes a module, or changes the one that has this object_id, its name included. That nothing else has
  /// the name is the caller's to see. Throws 3906 and 3930.
  package mutating func setModule(_ session: Int, _ module: ServerModule) throws(SQLError) -> Attempt<Void> {
    try requireWritable(session, module.database)
    var module = module
    guard let place = moduleRecords.firstIndex(where: { $0.id == module.id }) else {
      module.space = newSpace()
      let isLocked = lock(session, .schemaModification, in: module.space)
      precondition(isLocked, "nobody knows a new module")
      moduleRecords.append(module)
      log(session, .module(module.id, nil), work: 100)
      return .done(())
    }
    if moduleRecords[place].space < 0 { moduleRecords[place].space = newSpace() }
    let before = moduleRecords[place]
    guard lock(session, .schemaModification, in: before.space) else { return .blocked }
    module.space = before.space
    moduleRecords[place] = module
    log(session, .module(module.id, before), work: 100)
    return .done(())
  }

  /// Drops a module. Throws 3906 and 3930.
  package mutating func removeModule(_ session: Int, _ module: ServerModule) throws(SQLError) -> Attempt<Void>
  {
    var module = module
    module.droppedBy = session
    return try setModule(session, module)
  }

  mutating func forgetModules(droppedBy session: Int) {
    guard moduleRecords.contains(where: { $0.droppedBy == session }) else { return }
    retired += moduleRecords.filter { $0.droppedBy == session }.map(\.space)
    moduleRecords.removeAll { $0.droppedBy == session }
  }

  // MARK: Schemas

  package func hasSchema(_ name: String, in database: Int) -> Bool {
    let key = name.lowercased()
    return databases[database]?.schemas.contains { $0.lowercased() == key } ?? false
  }

  package mutating func addSchema(_ session: Int, _ name: String, in database: Int) throws(SQLError) {
    try requireWritable(session, database)
    databases[database]?.schemas.append(name)
    log(session, .schema(database: database, name, wasThere: false), work: 100)
  }

  package mutating func removeSchema(_ session: Int, _ name: String, in database: Int) throws(SQLError) {
    try requireWritable(session, database)
    databases[database]?.schemas.removeAll { $0.lowercased() == name.lowercased() }
    log(session, .schema(database: database, name, wasThere: true), work: 100)
  }

  // MARK: Undo

  /// Takes back what was done to a module or a schema.
  mutating func undo(_ record: UndoRecord) {
    switch record {
    case .module(let id, let before):
      guard let place = moduleRecords.firstIndex(where: { $0.id == id }) else { return }
      if let before {
        moduleRecords[place] = before
      } else {
        retired.append(moduleRecords.remove(at: place).space)
      }
    case .schema(let database, let name, let wasThere):
      if wasThere {
        databases[database]?.schemas.append(name)
      } else {
        databases[database]?.schemas.removeAll { $0 == name }
      }
    default: break
    }
  }

  // MARK: Table variables

  /// The batch of these tables is over. What a transaction's log has of them keeps their numbers from being
  /// given out until it ends.
  package mutating func dropVariables(_ session: Int, _ numbers: some Sequence<Int>) {
    for number in numbers where tables[number]?.isVariable == true { tables[number]?.droppedBy = session }
    if sessions[session]?.transaction == nil { forgetVariables(session) }
  }

  mutating func forgetVariables(_ session: Int) {
    for number in sessions[session]?.temporary ?? [] {
      guard let table = tables[number], table.isVariable, table.droppedBy != nil else { continue }
      forget(table)
    }
  }
}

extension ServerModule {
  package var trigger: Trigger? {
    if case .trigger(let trigger) = kind { return trigger }
    return nil
  }
}
