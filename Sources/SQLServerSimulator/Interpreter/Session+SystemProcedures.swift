import ModelDatabase
import TDS

/// The procedures that every server has.
extension Session {
  /// Runs a procedure, and returns its status. Output arguments get their values.
  func perform(_ call: inout ModuleCall, database: String?) throws(SQLError) -> Int32 {
    switch call.name {
    case "sp_executesql": return try executeSQL(&call)
    case "sp_prepare", "sp_prepexec": return try prepare(&call)
    case "sp_execute": return try executePrepared(&call)
    case "sp_unprepare":
      guard let handle = try call.integer("@handle", 0), prepared[Int32(clamping: handle)] != nil else {
        throw .unknownPreparedStatement(try call.integer("@handle", 0) ?? 0)
      }
      prepared[Int32(clamping: handle)] = nil
      return 0
    case "sp_getapplock": return try getApplicationLock(call)
    case "sp_releaseapplock": return try releaseApplicationLock(call)
    case "sp_rename": return try rename(call)
    case "sp_tableoption": return try setTableOption(call)
    case "sp_reset_connection":
      try reset(keepsTransaction: false)
      return 0
    case "sp_tablecollations", "sp_tablecollations_90", "sp_tablecollations_100":
      return try tableCollations(call)
    case "sp_proofload_fault": return try armFault(call)
    case "sp_proofload_failover": return try failOver(call)
    default: return try performOfCatalog(call, database: database)
    }
  }

  private func performOfCatalog(_ call: ModuleCall, database: String?) throws(SQLError) -> Int32 {
    let before = context.session.database
    if let database {
      guard let found = core.withStorage({ $0.database(database) }) else {
        throw .databaseDoesNotExist(database)
      }
      context.session.database = found.id
    }
    defer { context.session.database = before }
    guard let parameters = try StatementContext.parameters(ofSystemProcedure: call.name) else {
      throw .unknownProcedure(call.spelled)
    }
    guard call.arguments.count <= parameters.count else {
      throw .tooManyArguments(procedure: call.spelled)
    }
    var arguments: [String: SQLValue] = [:]
    for (index, argument) in call.arguments.enumerated() {
      let name = argument.name.isEmpty ? parameters[index] : argument.name.lowercased()
      guard parameters.contains(name) else { throw .notAParameter(name, procedure: call.spelled) }
      arguments[name] = try argument.value.converted(
        from: argument.type, to: .nvarchar(SQLType.unlimited))
    }
    let given = arguments
    let result = try attempt { context throws(SQLError) in
      try context.systemProcedure(call.name, given)
    }
    guard let result else { throw .unknownProcedure(call.spelled) }
    try client.send(result, limit: .max)
    finish(Done.Command.select, rows: result.count)
    return 0
  }

  // MARK: Texts

  private func executeSQL(_ call: inout ModuleCall) throws(SQLError) -> Int32 {
    guard let text = try call.units("@stmt", 0) else {
      throw .procedureExpects("@statement", type: "ntext/nchar/nvarchar")
    }
    guard call.arguments.count > 1 else {
      return try run(text, ExecutionScope(kind: .procedure))
    }
    let list = (try call.units("@params", 1)) ?? []
    return try run(text, Parser.parseParameters(list), &call, first: 2)
  }

  private func prepare(_ call: inout ModuleCall) throws(SQLError) -> Int32 {
    guard !call.arguments.isEmpty, let text = try call.units("@stmt", 2) else {
      throw .procedureExpects("@stmt", type: "ntext/nchar/nvarchar")
    }
    let parameters = try Parser.parseParameters((try call.units("@params", 1)) ?? [])
    lastHandle += 1
    prepared[lastHandle] = PreparedStatement(parameters: parameters, text: text)
    call.arguments[0].value = .integer(Int64(lastHandle))
    call.arguments[0].type = .int
    guard call.name == "sp_prepexec" else {
      _ = try Parser.parse(text, quotedIdentifiers: context.session.quotedIdentifiers)
      return 0
    }
    return try run(text, parameters, &call, first: 3)
  }

  private func executePrepared(_ call: inout ModuleCall) throws(SQLError) -> Int32 {
    let handle = try call.integer("@handle", 0) ?? 0
    guard let statement = prepared[Int32(clamping: handle)] else { throw .unknownPreparedStatement(handle) }
    return try run(statement.text, statement.parameters, &call, first: 1)
  }

  // MARK: Application locks

  private func getApplicationLock(_ call: ModuleCall) throws(SQLError) -> Int32 {
    guard let name = try call.text("@resource", 0) else {
      throw .parameterNotSupplied("@Resource", procedure: "sp_getapplock")
    }
    let modes: [String: LockMode] = [
      "shared": .shared, "update": .update, "exclusive": .exclusive, "intentshared": .intentShared,
      "intentexclusive": .intentExclusive,
    ]
    guard let mode = modes[try call.text("@lockmode", 1)?.lowercased() ?? ""] else { return -999 }
    let owner: ApplicationLockOwner = try owner(of: call, 2)
    var timeout: Duration?? = .none
    if let wanted = try call.integer("@locktimeout", 3) {
      timeout = .some(wanted < 0 ? nil : .milliseconds(wanted))
    }
    let limit = timeout
    let answer = try attempt { context throws(SQLError) in
      try context.storage.getApplicationLock(
        context.session.number, name, database: context.session.database, mode, owner: owner, timeout: limit
      ).value()
    }
    return Int32(answer.rawValue)
  }

  private func releaseApplicationLock(_ call: ModuleCall) throws(SQLError) -> Int32 {
    guard let name = try call.text("@resource", 0) else {
      throw .parameterNotSupplied("@Resource", procedure: "sp_releaseapplock")
    }
    let owner = try owner(of: call, 1)
    let isReleased = core.withStorage {
      $0.releaseApplicationLock(number, name, database: context.session.database, owner: owner)
    }
    if isReleased { return 0 }
    throw .applicationLockIsNotHeld(name)
  }

  private func owner(of call: ModuleCall, _ position: Int) throws(SQLError) -> ApplicationLockOwner {
    try call.text("@lockowner", position)?.lowercased() == "session" ? .session : .transaction
  }

  // MARK: Objects

  private func rename(_ call: ModuleCall) throws(SQLError) -> Int32 {
    guard let old = try call.text("@objname", 0), let new = try call.text("@newname", 1) else {
      throw .parameterNotSupplied("@newname", procedure: "sp_rename")
    }
    let kind = try call.text("@objtype", 2)
    try attempt { context throws(SQLError) in try context.renameObject(old, to: new, kind: kind) }
    return 0
  }

  private func setTableOption(_ call: ModuleCall) throws(SQLError) -> Int32 {
    let table = try call.text("@tablenamepattern", 0) ?? ""
    let option = try call.text("@optionname", 1) ?? ""
    let value = try call.text("@optionvalue", 2) ?? ""
    try attempt { context throws(SQLError) in try context.setOption(option, of: table, to: value) }
    return 0
  }

  /// What .NET's bulk copy asks for: each column's collation, as it is on the wire.
  private func tableCollations(_ call: ModuleCall) throws(SQLError) -> Int32 {
    guard let text = try call.units("@object", 0) else { return 0 }
    let name = try Parser.parseObjectName(text)
    let result = try attempt { context throws(SQLError) -> ResultSet in
      guard let number = try Binder.findTable(name, in: &context) else {
        throw .invalidObjectName(name.spelled)
      }
      let types: [SQLType] = [.int, .sysname, .varbinary(5), .sysname]
      var rows = RowCollector()
      for (index, column) in context.storage.table(number).about.columns.enumerated() {
        let collation = column.type.collation
        rows.append(
          [
            .integer(Int64(index + 1)), .text(column.name), collation.map { .binary($0.bytes) } ?? .null,
            collation.map { .text($0.name) } ?? .null,
          ], types)
      }
      let names = ["colid", "name", "tds_collation", "collation"]
      return ResultSet(
        columns: zip(names, types).map { OutputColumn(name: $0, type: $1, isNullable: true) },
        rows: Run(rows.finish()))
    }
    try client.send(result, limit: .max)
    finish(Done.Command.select, rows: result.count)
    return 0
  }
}

extension SQLError {
  static func applicationLockIsNotHeld(_ name: String) -> SQLError {
    make(
      1223, 16, 1,
      "Cannot release the application lock (Database Principal: 'public', Resource: '\(name)') because it is not currently held.",
      .statement)
  }
}
