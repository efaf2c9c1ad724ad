/// Functions that ask for databases, users, the connection and its options.
enum ServerFunctions {
  private typealias Functions = CatalogFunctions

  static let functions: [CatalogFunction] = ofDatabases + ofUsers + ofConnections + ofValues

  private static let ofDatabases: [CatalogFunction] = [
    Functions.function("databasepropertyex", 2...2, .variant) { arguments, context throws(SQLError) in
      guard let database = context.storage.database(try arguments.text(0)) else { return .null }
      return property(try arguments.text(1).lowercased(), of: database)
    },
    Functions.function("databaseproperty", 2...2, .int) { arguments, context throws(SQLError) in
      guard let database = context.storage.database(try arguments.text(0)),
        case .variant(let type, let value) = property(try arguments.text(1).lowercased(), of: database),
        type.isInteger
      else { return .null }
      return value
    },
    Functions.function("has_dbaccess", 1...1, .int) { arguments, context throws(SQLError) in
      context.storage.database(try arguments.text(0)) == nil ? .null : .integer(1)
    },
    Functions.function("filegroup_name", 1...1, .nvarchar(128)) { arguments, _ throws(SQLError) in
      try arguments.int(0) == 1 ? .text("PRIMARY") : .null
    },
    Functions.function("filegroup_id", 1...1, .int) { arguments, _ throws(SQLError) in
      try arguments.text(0).lowercased() == "primary" ? .integer(1) : .null
    },
  ]

  private static func property(_ name: String, of database: ServerDatabase) -> SQLValue {
    func text(_ text: String) -> SQLValue { .variant(.nvarchar(128), .text(text)) }
    func int(_ value: Int64) -> SQLValue { .variant(.int, .integer(value)) }
    switch name {
    case "collation": return text(database.collation.name)
    case "status": return text("ONLINE")
    case "updateability": return text(database.isReadOnly ? "READ_ONLY" : "READ_WRITE")
    case "useraccess": return text("MULTI_USER")
    case "recovery": return text(database.isSimple ? "SIMPLE" : "FULL")
    case "lcid": return int(1033)
    case "comparisonstyle": return int(database.isCaseSensitive ? 196_608 : 196_609)
    case "sqlsortorder": return int(database.isCaseSensitive ? 51 : 52)
    case "version": return int(904)
    case "isautocreatestatistics", "isautoupdatestatistics", "istornpagedetectionenabled":
      return int(name == "istornpagedetectionenabled" ? 0 : 1)
    case "isautoclose", "isautoshrink", "isinstandby", "isansinulldefault", "isansinullsenabled",
      "isansipaddingenabled", "isansiwarningsenabled", "isarithmeticabortenabled",
      "isclosecursorsoncommitenabled",
      "isfulltextenabled", "islocalcursorsdefault", "ismergepublished", "isnullconcat",
      "isnumericroundabortenabled", "isparameterizationforced", "ispublished", "isquotedidentifiersenabled",
      "isrecursivetriggersenabled", "issubscribed", "issyncwithbackup", "isofflinestate", "issuspect":
      return int(0)
    case "isreadonly": return int(database.isReadOnly ? 1 : 0)
    default: return .null
    }
  }

  // MARK: Users

  private static let principals = ["public": 0, "dbo": 1, "guest": 2, "information_schema": 3, "sys": 4]
  private static let databaseRoles: Set<String> = [
    "public", "db_owner", "db_accessadmin", "db_securityadmin", "db_ddladmin", "db_backupoperator",
    "db_datareader", "db_datawriter", "db_denydatareader", "db_denydatawriter",
  ]
  private static let serverRoles: Set<String> = [
    "public", "sysadmin", "securityadmin", "serveradmin", "setupadmin", "processadmin", "diskadmin",
    "dbcreator", "bulkadmin",
  ]

  /// sa is a member of the roles that give permissions.
  private static func membership(_ name: String, in roles: Set<String>) -> SQLValue {
    let key = name.lowercased()
    guard roles.contains(key) else { return .null }
    return .integer(key.hasPrefix("db_deny") ? 0 : 1)
  }

  private static let ofUsers: [CatalogFunction] = [
    Functions.function("has_perms_by_name", 3...5, .int, isStrict: false) { _, _ throws(SQLError) in
      .integer(1)
    },
    Functions.function("is_member", 1...1, .int) { arguments, _ throws(SQLError) in
      membership(try arguments.text(0), in: databaseRoles)
    },
    Functions.function("is_rolemember", 1...2, .int) { arguments, _ throws(SQLError) in
      membership(try arguments.text(0), in: databaseRoles)
    },
    Functions.function("is_srvrolemember", 1...2, .int) { arguments, _ throws(SQLError) in
      membership(try arguments.text(0), in: serverRoles)
    },
    Functions.function("user_id", 0...1, .int) { arguments, _ throws(SQLError) in
      guard arguments.count > 0 else { return .integer(1) }
      return principals[try arguments.text(0).lowercased()].map { .integer(Int64($0)) } ?? .null
    },
    Functions.function("database_principal_id", 0...1, .int) { arguments, context throws(SQLError) in
      guard arguments.count > 0 else { return .integer(1) }
      let name = try arguments.text(0).lowercased()
      let role = context.storage.databases[context.session.database]?.schemaID(name)
      let id = principals[name] ?? role.flatMap { $0 >= 16384 ? $0 : nil }
      return id.map { .integer(Int64($0)) } ?? .null
    },
    Functions.function("suser_id", 0...1, .int) { arguments, context throws(SQLError) in
      try isOwn(arguments, context) ? .integer(1) : .null
    },
    Functions.function("suser_sid", 0...2, .varbinary(85)) { arguments, context throws(SQLError) in
      try isOwn(arguments, context) ? .binary([1]) : .null
    },
  ]

  /// Whether a login's name is that of sa or the session's own; it is if there is none.
  private static func isOwn(
    _ arguments: CatalogArguments, _ context: StatementContext
  ) throws(SQLError) -> Bool {
    guard arguments.count > 0 else { return true }
    let name = try arguments.text(0).lowercased()
    return name == "sa" || name == context.session.userName.lowercased()
  }

  // MARK: Connections

  private static let ofConnections: [CatalogFunction] = [
    Functions.function("connectionproperty", 1...1, .variant) { arguments, _ throws(SQLError) in
      func text(_ text: String) -> SQLValue { .variant(.nvarchar(40), .text(text)) }
      switch try arguments.text(0).lowercased() {
      case "net_transport", "physical_net_transport": return text("TCP")
      case "protocol_type": return text("TSQL")
      case "auth_scheme": return text("SQL")
      case "local_net_address", "client_net_address": return .variant(.varchar(48), .text("127.0.0.1"))
      case "local_tcp_port": return .variant(.int, .integer(1433))
      default: return .null
      }
    },
    Functions.function("sessionproperty", 1...1, .variant) { arguments, context throws(SQLError) in
      let options = context.session.options
      func flag(_ value: Bool) -> SQLValue { .variant(.int, .integer(value ? 1 : 0)) }
      switch try arguments.text(0).lowercased() {
      case "ansi_nulls": return flag(context.session.ansiNulls)
      case "ansi_padding": return flag(true)
      case "ansi_warnings": return flag(options.ansiWarnings)
      case "arithabort": return flag(options.arithAbort)
      case "concat_null_yields_null": return flag(options.concatNullYieldsNull)
      case "numeric_roundabort": return flag(false)
      case "quoted_identifier": return flag(context.session.quotedIdentifiers)
      default: return .null
      }
    },
    Functions.function("cursor_status", 2...2, .smallint) { _, _ throws(SQLError) in .integer(-3) },
    Functions.function("trigger_nestlevel", 0...3, .int, isStrict: false) { _, context throws(SQLError) in
      guard context.session.nesting == 0 else { throw .unsupported("TRIGGER_NESTLEVEL()") }
      return .integer(0)
    },
    Functions.function("getansinull", 0...1, .smallint) { _, _ throws(SQLError) in .integer(1) },
    Functions.function("current_request_id", 0...0, .smallint) { _, _ throws(SQLError) in .integer(0) },
    Functions.function("stats_date", 2...2, .datetime) { _, _ throws(SQLError) in .null },
  ]

  // MARK: Values

  private static let ofValues: [CatalogFunction] = [
    Functions.function("collationproperty", 2...2, .variant) { arguments, _ throws(SQLError) in
      guard let collation = try? Collation(name: try arguments.text(0)) else { return .null }
      func int(_ value: Int) -> SQLValue { .variant(.int, .integer(Int64(value))) }
      switch try arguments.text(1).lowercased() {
      case "codepage": return int(collation.codePage)
      case "lcid": return int(Collation.lcid)
      case "comparisonstyle": return int(collation.comparisonStyle)
      case "version":
        return .variant(.tinyint, .integer(collation.family == .latin1Version100 ? 2 : 0))
      default: return .null
      }
    },
    Functions.function("sql_variant_property", 2...2, .variant) { arguments, _ throws(SQLError) in
      var value = arguments.values[0]
      var type = arguments.types[0] ?? .int
      if case .variant(let own, let inner) = value { (type, value) = (own, inner) }
      switch try arguments.text(1).lowercased() {
      case "basetype": return .variant(.sysname, .text(type.name))
      case "precision": return .variant(.int, .integer(Int64(type.catalogPrecision)))
      case "scale": return .variant(.int, .integer(Int64(type.catalogScale)))
      case "maxlength": return .variant(.int, .integer(Int64(type.maxLength)))
      case "collation":
        return type.isText ? .variant(.sysname, .text((type.collation ?? .standard).name)) : .null
      default: return .null
      }
    },
  ]
}

extension Collation {
  /// What does not count: case 1, accents 2, kana 65536, width 131072.
  fileprivate var comparisonStyle: Int {
    if isBinary { return 0 }
    return (options.contains(.caseSensitive) ? 0 : 1) | (options.contains(.accentSensitive) ? 0 : 2)
      | (options.contains(.kanaSensitive) ? 0 : 65536) | (options.contains(.widthSensitive) ? 0 : 131_072)
  }
}
