/// Schemas and databases.
extension StatementContext {
  /// Throws 2714 before 2759 for a name that is taken.
  mutating func createSchema(_ name: String) throws(SQLError) {
    if storage.hasSchema(name, in: session.database) {
      throw ending(.objectExists(name), with: .createSchemaFailed)
    }
    try storage.addSchema(session.number, name, in: session.database)
  }

  /// Throws 226, 1801, and 448 for a collation that the server's databases cannot have.
  mutating func createDatabase(_ name: String, collation: String?) throws(SQLError) {
    try requireNoTransaction("CREATE DATABASE")
    var isCaseSensitive = false
    if let collation {
      let wanted = try Collation(name: collation)
      guard wanted == .standard || wanted == .caseSensitive else {
        throw .unsupported("databases with the collation \(wanted.name)")
      }
      isCaseSensitive = wanted == .caseSensitive
    }
    guard let id = storage.createDatabase(name) else { throw .databaseExists(name) }
    storage.alterDatabase(id) { $0.isCaseSensitive = isCaseSensitive }
  }

  /// Throws 226, 5011 and 5058 before 5069, and 40517 for an option that would change what the server does.
  mutating func alterDatabase(_ alter: AlterDatabaseStatement) throws(SQLError) {
    try requireNoTransaction("ALTER DATABASE")
    let current = storage.databases[session.database]?.name ?? ""
    let name = alter.database?.text ?? current
    guard let database = storage.database(name) else {
      throw ending(.cannotAlterDatabase(name), with: .alterDatabaseFailed)
    }
    for option in alter.options {
      if database.id <= 2,
        ["READ_ONLY", "ALLOW_SNAPSHOT_ISOLATION", "READ_COMMITTED_SNAPSHOT"].contains(
          option.name)
      {
        throw ending(
          .optionNotForDatabase(option.name, database: database.name), with: .alterDatabaseFailed)
      }
      try set(option, of: database)
    }
  }

  /// Of no consequence here: every session says itself how it compares and calculates, and nothing is stored
  /// on disks.
  private static let idleOptions: Set<String> = [
    "RECOVERY", "COMPATIBILITY_LEVEL", "AUTO_CLOSE", "AUTO_SHRINK", "AUTO_CREATE_STATISTICS",
    "AUTO_UPDATE_STATISTICS", "AUTO_UPDATE_STATISTICS_ASYNC", "PAGE_VERIFY", "TORN_PAGE_DETECTION",
    "MULTI_USER", "ONLINE", "READ_WRITE", "TARGET_RECOVERY_TIME", "DELAYED_DURABILITY", "PARAMETERIZATION",
    "TRUSTWORTHY", "DB_CHAINING", "QUERY_STORE", "DATE_CORRELATION_OPTIMIZATION", "CURSOR_CLOSE_ON_COMMIT",
    "CURSOR_DEFAULT", "ANSI_NULL_DEFAULT", "ANSI_NULLS", "ANSI_PADDING", "ANSI_WARNINGS", "ARITHABORT",
    "CONCAT_NULL_YIELDS_NULL", "NUMERIC_ROUNDABORT", "QUOTED_IDENTIFIER", "RECURSIVE_TRIGGERS",
    "MIXED_PAGE_ALLOCATION", "ACCELERATED_DATABASE_RECOVERY",
  ]

  private mutating func set(_ option: NamedOption, of database: ServerDatabase) throws(SQLError) {
    let isOn = option.value == "ON"
    switch option.name {
    case "READ_ONLY": storage.alterDatabase(database.id) { $0.isReadOnly = true }
    case "READ_WRITE": storage.alterDatabase(database.id) { $0.isReadOnly = false }
    case "ALLOW_SNAPSHOT_ISOLATION", "READ_COMMITTED_SNAPSHOT":
      guard isOn || option.value == "OFF" else { throw .incorrectSyntax(near: option.value) }
      let isAllowed = option.name == "ALLOW_SNAPSHOT_ISOLATION"
      storage.alterDatabase(database.id) { database in
        if isAllowed { database.allowsSnapshot = isOn } else { database.readsCommittedSnapshot = isOn }
      }
    case "RECURSIVE_TRIGGERS" where isOn: throw .unsupported(option: "RECURSIVE_TRIGGERS ON")
    case "COLLATE":
      let wanted = try Collation(name: option.value)
      guard wanted == (database.isCaseSensitive ? .caseSensitive : .standard) else {
        throw .unsupported("changing a database's collation")
      }
    default:
      guard StatementContext.idleOptions.contains(option.name) else {
        throw .unsupported(option: option.name)
      }
    }
  }
}
