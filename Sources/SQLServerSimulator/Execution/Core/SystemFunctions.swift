/// Functions that ask for the session and the server. Those that ask for objects are the catalog's.
enum SystemFunctions {
  static let all: [String: CatalogFunction] = {
    var all: [String: CatalogFunction] = [:]
    for function in ofSession + ofErrors + ofServer { all[function.name] = function }
    return all
  }()

  private static func simple(
    _ name: String, _ type: SQLType, _ value: @escaping @Sendable (StatementContext) -> SQLValue
  ) -> CatalogFunction {
    CatalogFunction(name, 0...0, type) { _, _, context throws(SQLError) in value(context) }
  }

  private static let ofSession: [CatalogFunction] = [
    simple("scope_identity", .numeric(38, 0)) { $0.session.scopeIdentity.map { .decimal($0) } ?? .null },
    simple("rowcount_big", .bigint) { .integer($0.session.rowCount) },
    simple("xact_state", .smallint) { .integer(Int64($0.storage.transactionState($0.session.number))) },
    simple("host_name", .nvarchar(128)) { .text($0.session.hostName) },
    simple("app_name", .nvarchar(128)) { .text($0.session.applicationName) },
    simple("original_login", .sysname) { .text($0.session.userName) },
    simple("system_user", .sysname) { .text($0.session.userName) },
    simple("current_user", .sysname) { _ in .text("dbo") },
    simple("session_user", .sysname) { _ in .text("dbo") },
    simple("user", .sysname) { _ in .text("dbo") },
    CatalogFunction("suser_sname", 0...1, .sysname) { _, _, context throws(SQLError) in
      .text(context.session.userName)
    },
    CatalogFunction("suser_name", 0...1, .sysname) { _, _, context throws(SQLError) in
      .text(context.session.userName)
    },
    CatalogFunction("user_name", 0...1, .sysname) { _, _, _ throws(SQLError) in .text("dbo") },
    CatalogFunction("db_name", 0...1, .sysname) { values, types, context throws(SQLError) in
      var id = context.session.database
      if let value = values.first {
        guard case .integer(let wanted) = try value.converted(from: types[0] ?? .int, to: .int) else {
          return .null
        }
        id = Int(wanted)
      }
      guard context.storage.databases.indices.contains(id), let found = context.storage.databases[id] else {
        return .null
      }
      return .text(found.name)
    },
    CatalogFunction("db_id", 0...1, .smallint) { values, types, context throws(SQLError) in
      guard let value = values.first else { return .integer(Int64(context.session.database)) }
      guard let name = try value.units(of: types[0] ?? .sysname) else { return .null }
      let found = context.storage.database(String(decoding: name, as: UTF16.self))
      return found.map { .integer(Int64($0.id)) } ?? .null
    },
  ]

  private static let ofErrors: [CatalogFunction] = [
    simple("error_number", .int) { $0.session.caught.map { .integer(Int64($0.number)) } ?? .null },
    simple("error_severity", .int) { $0.session.caught.map { .integer(Int64($0.severity)) } ?? .null },
    simple("error_state", .int) { $0.session.caught.map { .integer(Int64($0.state)) } ?? .null },
    simple("error_line", .int) { $0.session.caught.map { .integer(Int64($0.line)) } ?? .null },
    simple("error_message", .nvarchar(4000)) { $0.session.caught.map { .text($0.message) } ?? .null },
    simple("error_procedure", .nvarchar(128)) { context in
      guard let error = context.session.caught, !error.procedure.isEmpty else { return .null }
      return .text(error.procedure)
    },
  ]

  private static let ofServer: [CatalogFunction] = [
    CatalogFunction("serverproperty", 1...1, .variant) { values, types, _ throws(SQLError) in
      guard let name = try values[0].units(of: types[0] ?? .sysname) else { return .null }
      return property(String(decoding: name, as: UTF16.self).lowercased())
    }
  ]

  private static func property(_ name: String) -> SQLValue {
    func text(_ text: String) -> SQLValue { .variant(.nvarchar(128), .text(text)) }
    func int(_ value: Int64) -> SQLValue { .variant(.int, .integer(value)) }
    switch name {
    case "productversion": return text(ServerIdentity.productVersion)
    case "productmajorversion": return text("15")
    case "productminorversion": return text("0")
    case "productbuild": return text("4430")
    case "productlevel": return text("RTM")
    case "productupdatelevel": return text("CU32")
    case "edition": return text("Developer Edition (64-bit)")
    case "editionid": return .variant(.bigint, .integer(-2_117_995_310))
    case "engineedition": return int(3)
    case "servername", "machinename": return text(ServerIdentity.name)
    case "collation": return text(Collation.standard.name)
    case "lcid": return int(1033)
    case "isclustered", "ishadrenabled", "isintegratedsecurityonly", "isfulltextinstalled",
      "issingleuser", "isxtpsupported":
      return int(0)
    default: return .null
    }
  }
}
