/// DBCC.
extension StatementContext {
  /// Commands that change and show nothing here.
  private static let idleCommands: Set<String> = [
    "TRACEON", "TRACEOFF", "OPENTRAN", "DROPCLEANBUFFERS", "FREEPROCCACHE", "FREESYSTEMCACHE",
    "FREESESSIONCACHE", "UPDATEUSAGE",
  ]

  /// Throws 2526 for an unknown command, and 2501, 7997 and 2560 of CHECKIDENT. USEROPTIONS answers rows,
  /// which nothing here does: it is refused.
  package mutating func dbcc(_ statement: DBCCStatement) throws(SQLError) {
    switch statement.command {
    case "CHECKIDENT": try checkIdentity(statement.arguments)
    case "USEROPTIONS": throw .unsupported("DBCC USEROPTIONS")
    default:
      guard StatementContext.idleCommands.contains(statement.command) else { throw .incorrectDBCC }
    }
    if statement.options.contains("NO_INFOMSGS") {
      evaluation.warnings.removeAll { $0.severity <= 10 }
    } else {
      evaluation.warnings.append(.dbccCompleted)
    }
  }

  /// CHECKIDENT (table [, NORESEED | RESEED [, value]]).
  private mutating func checkIdentity(_ arguments: [DBCCArgument]) throws(SQLError) {
    guard (1...3).contains(arguments.count) else { throw .incorrectDBCC }
    let name = try tableName(arguments[0])
    var reseeds = true
    if arguments.count > 1 {
      guard case .name(let word) = arguments[1],
        ["RESEED", "NORESEED"].contains(word.name.text.uppercased())
      else { throw .incorrectDBCC }
      reseeds = word.name.text.uppercased() == "RESEED"
      if !reseeds, arguments.count > 2 { throw .incorrectDBCC }
    }
    guard let number = try Binder.findTable(name, in: &self) else {
      throw .dbccCannotFind(name.spelled)
    }
    if reseeds { try lockDefinition(of: number) }
    let table = storage.table(number)
    guard let identity = table.identity,
      let position = table.about.columns.firstIndex(where: \.isIdentity)
    else { throw .hasNoIdentityColumn(table.name.name) }
    let current = identity.last ?? identity.first
    let shown = current.map { String($0) } ?? "NULL"
    if arguments.count == 3 {
      guard case .value(let expression) = arguments[2],
        let value = try StatementContext.integer(expression),
        table.about.columns[position].type.holdsIdentity(value)
      else { throw .incorrectDBCCParameter(3) }
      // A table that never had rows takes the value itself next, another one the value behind it.
      try change(number) { (table: inout ServerTable) throws(SQLError) in
        if table.identity?.last == nil {
          table.identity?.first = value
        } else {
          table.identity?.last = value
        }
      }
      storage.tables[number]?.version = table.version
      evaluation.warnings.append(.checkedIdentity(shown, column: nil))
      return
    }
    let extreme = try extremeIdentity(of: table, position, isLargest: identity.increment > 0)
    evaluation.warnings.append(
      .checkedIdentity(shown, column: extreme.map { String($0) } ?? "NULL"))
    guard reseeds, let extreme else { return }
    if let last = identity.last, identity.increment > 0 ? last >= extreme : last <= extreme { return }
    try change(number) { (table: inout ServerTable) throws(SQLError) in table.identity?.last = extreme }
    // Its columns are what they were: who reads a snapshot goes on.
    storage.tables[number]?.version = table.version
  }

  private func tableName(_ argument: DBCCArgument) throws(SQLError) -> ObjectName {
    switch argument {
    case .name(let name): return name
    case .value(.literal(.string(let units))), .value(.literal(.nationalString(let units))):
      do throws(SQLError) {
        return try Parser.parseObjectName(units)
      } catch {
        throw .dbccCannotFind(String(decoding: units, as: UTF16.self))
      }
    case .value: throw .incorrectDBCCParameter(1)
    }
  }

  /// The largest value of the identity column, or the smallest; nil without rows.
  private mutating func extremeIdentity(
    of table: ServerTable, _ position: Int, isLargest: Bool
  ) throws(SQLError) -> Int64? {
    let type = table.about.columns[position].type
    let rows = try storage.scan(session.number, Scan(table.number)).value().rows
    var extreme: Int64?
    for row in rows {
      let value = row.withBytes { type.decoded(StoredFields.field(position, of: $0)) }
      let number: Int64?
      switch value {
      case .integer(let integer): number = integer
      case .decimal(let decimal):
        number = Int64(exactly: decimal.magnitude).map { decimal.isNegative ? -$0 : $0 }
      default: number = nil
      }
      guard let number else { throw .unsupported("IDENTITY beyond bigint") }
      extreme = extreme.map { isLargest ? max($0, number) : min($0, number) } ?? number
    }
    return extreme
  }
}
