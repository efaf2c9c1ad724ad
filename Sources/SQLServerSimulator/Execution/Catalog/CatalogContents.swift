/// What a session sees of a database.
struct CatalogContents: Sendable {
  let database: ServerDatabase
  /// In the order of their names.
  let tables: [ServerTable]
  let modules: [ServerModule]

  /// Throws `blocked` while somebody else changes one of the tables.
  static func read(
    _ number: Int, withObjects: Bool = true, _ context: inout StatementContext
  ) throws(SQLError) -> CatalogContents {
    guard let database = context.storage.databases[number] else {
      preconditionFailure("database \(number) is gone")
    }
    guard withObjects else { return CatalogContents(database: database, tables: [], modules: []) }
    let session = context.session.number
    var tables: [ServerTable] = []
    for table in context.storage.tableNumbers(session, in: number) {
      try context.storage.seeDefinition(session, table).value()
      tables.append(context.storage.table(table))
    }
    let modules = context.storage.modules.filter { $0.database == number }
    return CatalogContents(
      database: database, tables: tables, modules: modules.sorted { $0.sortName < $1.sortName })
  }

  func table(id: Int32) -> ServerTable? { tables.first { $0.objectID == id } }

  var views: [ServerModule] { modules.filter { $0.kind == .view } }

  var triggers: [(module: ServerModule, trigger: ServerModule.Trigger)] {
    modules.compactMap { module in
      if case .trigger(let trigger) = module.kind { (module, trigger) } else { nil }
    }
  }

  /// The object_id of a table's number in the storage; 0 if it is not of this database.
  func objectID(ofTable number: Int) -> Int32 {
    tables.first { $0.number == number }?.objectID ?? 0
  }

  /// Everything that has an object_id, in the order of these.
  var objects: [CatalogObject] {
    var objects: [CatalogObject] = []
    for table in tables { objects += table.objects(database) }
    for module in modules { objects.append(module.object(self)) }
    return objects.sorted { $0.id < $1.id }
  }
}

/// A row of sys.objects.
struct CatalogObject: Sendable {
  enum Kind: String, Sendable {
    case table = "U"
    case view = "V"
    case procedure = "P"
    case trigger = "TR"
    case scalarFunction = "FN"
    case inlineFunction = "IF"
    case tableFunction = "TF"
    case primaryKey = "PK"
    case unique = "UQ"
    case foreignKey = "F"
    case check = "C"
    case defaultValue = "D"

    var description: String {
      switch self {
      case .table: "USER_TABLE"
      case .view: "VIEW"
      case .procedure: "SQL_STORED_PROCEDURE"
      case .trigger: "SQL_TRIGGER"
      case .scalarFunction: "SQL_SCALAR_FUNCTION"
      case .inlineFunction: "SQL_INLINE_TABLE_VALUED_FUNCTION"
      case .tableFunction: "SQL_TABLE_VALUED_FUNCTION"
      case .primaryKey: "PRIMARY_KEY_CONSTRAINT"
      case .unique: "UNIQUE_CONSTRAINT"
      case .foreignKey: "FOREIGN_KEY_CONSTRAINT"
      case .check: "CHECK_CONSTRAINT"
      case .defaultValue: "DEFAULT_CONSTRAINT"
      }
    }

    var isConstraint: Bool {
      switch self {
      case .primaryKey, .unique, .foreignKey, .check, .defaultValue: true
      default: false
      }
    }
  }

  var name: String
  var id: Int32
  var schema: String
  /// schema_id.
  var schemaID: Int
  /// The table that it belongs to; 0 if it stands alone.
  var parent: Int32 = 0
  var kind: Kind
}

extension ServerDatabase {
  /// Roles have schemas of their name too.
  private static let roles = [
    ("db_owner", 16384), ("db_accessadmin", 16385), ("db_securityadmin", 16386), ("db_ddladmin", 16387),
    ("db_backupoperator", 16389), ("db_datareader", 16390), ("db_datawriter", 16391),
    ("db_denydatareader", 16392), ("db_denydatawriter", 16393),
  ]

  /// Schemas with their schema_id: that of a schema which is no role's is its place in the list.
  var allSchemas: [(name: String, id: Int)] {
    schemas.enumerated().map { ($0.element, $0.offset + 1) } + ServerDatabase.roles
  }

  func schemaID(_ name: String) -> Int? {
    let key = name.lowercased()
    return allSchemas.first { $0.name.lowercased() == key }?.id
  }

  var collation: Collation {
    isCaseSensitive ? Collation(.sqlLatin1, [.accentSensitive, .caseSensitive]) : .standard
  }
}

extension ServerModule {
  fileprivate var sortName: String { "\(name.schema.lowercased()).\(name.name.lowercased())" }

  var objectKind: CatalogObject.Kind {
    switch kind {
    case .view: .view
    case .procedure: .procedure
    case .trigger: .trigger
    case .function: functionKind
    }
  }

  /// What stands behind RETURNS.
  private var functionKind: CatalogObject.Kind {
    let units = Array(text.utf16)
    let tokens = (try? Lexer.tokens(of: units)) ?? []
    let place = tokens.firstIndex { token in
      token.kind == .word && String(decoding: units[token.range], as: UTF16.self).uppercased() == "RETURNS"
    }
    guard let place, place + 1 < tokens.count else { return .scalarFunction }
    let next = tokens[place + 1]
    return next.kind == .variable
      ? .tableFunction : next.keyword == .table ? .inlineFunction : .scalarFunction
  }

  func object(_ contents: CatalogContents) -> CatalogObject {
    var parent: Int32 = 0
    if case .trigger(let trigger) = kind { parent = contents.objectID(ofTable: trigger.table) }
    return CatalogObject(
      name: name.name, id: objectID, schema: name.schema,
      schemaID: contents.database.schemaID(name.schema) ?? 1, parent: parent, kind: objectKind)
  }
}
