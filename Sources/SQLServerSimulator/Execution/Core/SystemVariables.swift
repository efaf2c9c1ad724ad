/// `@@ROWCOUNT` and its like. Those of statistics that nothing here counts are zero.
enum SystemVariables {
  static let all: [String: CatalogFunction] = {
    var all: [String: CatalogFunction] = [:]
    func add(_ name: String, _ type: SQLType, _ value: @escaping @Sendable (StatementContext) -> SQLValue) {
      all["@@" + name] = CatalogFunction(name, 0...0, type) { _, _, context throws(SQLError) in
        value(context)
      }
    }
    func text(_ name: String, _ value: @escaping @Sendable (StatementContext) -> String) {
      add(name, .nvarchar(128)) { .text(value($0)) }
    }
    func int(_ name: String, _ value: @escaping @Sendable (StatementContext) -> Int) {
      add(name, .int) { .integer(Int64(value($0))) }
    }
    int("rowcount") { Int(Int32(clamping: $0.session.rowCount)) }
    int("error") { Int($0.session.errorNumber) }
    int("trancount") { $0.storage.transactionCount($0.session.number) }
    add("spid", .smallint) { .integer(Int64($0.session.number)) }
    add("identity", .numeric(38, 0)) { $0.session.lastIdentity.map { .decimal($0) } ?? .null }
    int("nestlevel") { $0.session.nesting }
    int("fetch_status") { _ in -1 }
    int("cursor_rows") { _ in 0 }
    add("datefirst", .tinyint) { .integer(Int64($0.session.options.dateFirst)) }
    int("lock_timeout") { context in
      guard let timeout = context.storage.sessions[context.session.number]?.lockTimeout else { return -1 }
      return Int(timeout / .milliseconds(1))
    }
    int("textsize") { Int($0.session.textSize) }
    int("options") { $0.session.optionBits }
    add("max_precision", .tinyint) { _ in .integer(38) }
    text("language") { $0.session.language }
    add("langid", .smallint) { _ in .integer(0) }
    text("servername") { _ in ServerIdentity.name }
    text("servicename") { _ in "MSSQLSERVER" }
    add("version", .nvarchar(300)) { _ in .text(ServerIdentity.version) }
    int("microsoftversion") { _ in ServerIdentity.number }
    add("dbts", .varbinary(8)) { context in
      let version = context.storage.databases[context.session.database]?.rowVersion ?? 0
      return .binary((0..<8).map { UInt8(truncatingIfNeeded: version >> (56 - 8 * UInt64($0))) })
    }
    for name in [
      "connections", "cpu_busy", "idle", "io_busy", "pack_received", "pack_sent", "packet_errors",
      "total_errors", "total_read", "total_write", "procid", "remserver",
    ] { int(name) { _ in 0 } }
    int("max_connections") { _ in 32767 }
    int("timeticks") { _ in 31250 }
    return all
  }()
}

/// Who the server says it is.
package enum ServerIdentity {
  package static let name = "SIMULATOR"
  package static let productVersion = "15.0.4430.1"
  static let number = 0x0F00_114E
  static let version =
    "Microsoft SQL Server 2019 (RTM-CU32) - \(productVersion) (X64) - simulated by Proofload"
}

extension SessionState {
  /// @@OPTIONS, by the manual's bits.
  fileprivate var optionBits: Int {
    (implicitTransactions ? 2 : 0) | (options.ansiWarnings ? 8 : 0) | 16 | (ansiNulls ? 32 : 0)
      | (options.arithAbort ? 64 : 0) | (quotedIdentifiers ? 256 : 0) | (noCount ? 512 : 0) | 1024
      | (options.concatNullYieldsNull ? 4096 : 0) | (xactAbort ? 16384 : 0)
  }
}
