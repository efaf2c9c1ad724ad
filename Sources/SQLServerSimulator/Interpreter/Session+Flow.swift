import TDS

/// Control of flow.
extension Session {
  /// Parses and runs a text in a scope of its own. Variables that are there already are its parameters.
  @discardableResult
  func run(_ text: [UInt16], _ scope: ExecutionScope, variables: Variables = Variables()) throws(SQLError)
    -> Int32
  {
    guard scopes.count < Session.deepest else { return try refuse(.nestingLevelExceeded) }
    scopes.append(scope)
    let caller = context.session
    let settings = scope.kind == .batch ? nil : core.withStorage { $0.beginText(number) }
    let callerOptions = options
    context.session.variables = variables
    context.session.tableVariables = [:]
    context.session.scopeIdentity = nil
    context.session.nesting = scopes.count - 1
    let tables = core.withStorage { $0.temporaryTables(of: number) }
    defer {
      if scopes.count > 0 { scopes.removeLast() }
      dropTables(of: scope, madeSince: tables)
      finished = context.session.variables
      if scope.kind == .batch {
        context.session.variables = Variables()
      } else {
        restore(caller, settings)
        options = callerOptions
      }
      context.session.nesting = max(scopes.count - 1, 0)
    }
    let batch: Batch
    do throws(SQLError) {
      batch = try Parser.parse(text, quotedIdentifiers: context.session.quotedIdentifiers)
      try declareAll(batch.statements)
    } catch {
      return try fail(error, command: Done.Command.none, isCompilation: true)
    }
    scopes[scopes.count - 1].batch = batch
    do throws(SQLError) {
      if case .leave(let status) = try run(batch.statements) { return status }
      return 0
    } catch {
      // A name that is not there ends this text, not the one that executes it.
      guard error == .endsScope, scopes.count > 1 else { throw error }
      return -6
    }
  }

  private static let deepest = 32

  /// What USE and SET have changed ends with the text, as its variables do.
  private func restore(_ caller: SessionState, _ settings: StorageSettings?) {
    if context.session.database != caller.database {
      let (now, before) = core.withStorage { storage in
        (storage.databases[context.session.database]?.name, storage.databases[caller.database]?.name)
      }
      client.send(.database(before ?? "", old: now ?? ""))
    }
    context.session.restore(caller)
    if let settings { core.withStorage { $0.endText(number, settings) } }
  }

  /// The table variables of a text, and the temporary tables that EXEC or a procedure has made, end with it.
  private func dropTables(of scope: ExecutionScope, madeSince before: [Int]) {
    if !context.session.tableVariables.isEmpty {
      _ = try? core.attempt(&context) { context throws(SQLError) in context.dropTableVariables() }
    }
    guard scope.kind != .batch else { return }
    let own = core.withStorage { $0.temporaryTables(of: number) }
    for table in own where !before.contains(table) {
      // Nobody else has locks there, and nothing else fails.
      _ = try? core.attempt(&context) { context throws(SQLError) in
        try context.storage.dropTable(context.session.number, table).value()
      }
    }
  }

  func run(_ statements: [Statement]) throws(SQLError) -> Flow {
    for statement in statements {
      let flow = try run(statement)
      if case .next = flow { continue }
      return flow
    }
    return .next
  }

  func run(_ statement: Statement) throws(SQLError) -> Flow {
    try look()
    scopes[scopes.count - 1].line = Int32(clamping: statement.line)
    switch statement.body {
    case .block(let statements): return try run(statements)
    case .conditional(let condition, let then, let otherwise):
      if try holds(condition) { return try run(then) }
      if let otherwise { return try run(otherwise) }
      return .next
    case .loop(let condition, let body): return try loop(condition, body, statement)
    case .exitLoop: return .exitLoop
    case .continueLoop: return .continueLoop
    case .tryCatch(let body, let handler): return try attempt(body, handler)
    case .return(let value): return .leave(try status(of: value))
    default:
      try perform(statement)
      return .next
    }
  }

  /// Ends the request if its client wants that.
  func look() throws(SQLError) {
    switch client.awakening {
    case .called: return
    case .cancelled: throw .cancelled
    case .gone: throw .abandoned
    }
  }

  private func loop(
    _ condition: Condition, _ body: Statement, _ statement: Statement
  ) throws(SQLError) -> Flow {
    while try holds(condition) {
      switch try run(body) {
      case .next, .continueLoop: break
      case .exitLoop: return .next
      case .leave(let status): return .leave(status)
      }
      scopes[scopes.count - 1].line = Int32(clamping: statement.line)
      try look()
    }
    return .next
  }

  /// A condition that fails is false, once its error was sent.
  private func holds(_ condition: Condition) throws(SQLError) -> Bool {
    do throws(SQLError) {
      let holds = try attempt { context throws(SQLError) in
        var binder = Binder()
        return try context.holds(binder.bind(condition, in: &context))
      }
      context.session.errorNumber = 0
      context.session.rowCount = 0
      return holds
    } catch {
      try fail(error, command: Done.Command.none)
      return false
    }
  }

  private func status(of value: Expression?) throws(SQLError) -> Int32 {
    guard let value else { return 0 }
    let found = try attempt { context throws(SQLError) in
      var binder = Binder()
      return try context.evaluate(binder.convert(binder.bind(value, in: &context), to: .int, in: &context))
    }
    if case .integer(let status) = found { return Int32(truncatingIfNeeded: status) }
    return 0
  }

  // MARK: TRY and CATCH

  private func attempt(_ body: [Statement], _ handler: [Statement]) throws(SQLError) -> Flow {
    let depth = scopes.count
    tries.append(depth)
    let before = tries.count
    do throws(SQLError) {
      let flow = try run(body)
      tries.removeLast()
      return flow
    } catch {
      tries.removeSubrange((before - 1)...)
      scopes.removeSubrange(depth...)
      guard !error.isEnding else { throw error }
      isUnwinding = false
      let outer = context.session.caught
      context.session.caught = error
      defer { context.session.caught = outer }
      return try run(handler)
    }
  }
}
