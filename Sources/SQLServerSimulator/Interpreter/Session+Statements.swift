import TDS

/// Statements that are not control of flow.
extension Session {
  func perform(_ statement: Statement) throws(SQLError) {
    let changesRows = statement.body.changesRows
    let command = statement.body.command
    do throws(SQLError) {
      if try fault(before: statement) { return }
      if context.session.implicitTransactions, statement.body.opensTransaction { beginImplicitly() }
      if options.describesOnly, try describe(statement) { return }
      try execute(statement, command)
      if statement.body.clearsError { context.session.errorNumber = 0 }
    } catch {
      try fail(error, command: command, changesRows: changesRows)
    }
  }

  private func execute(_ statement: Statement, _ command: UInt16) throws(SQLError) {
    switch statement.body {
    case .select(let select): try self.select(select, limit: .max)
    case .insert, .update, .delete: try write(statement.body, command)
    case .truncate(let name):
      try attempt { context throws(SQLError) in try context.truncate(name) }
      finish(command)
    case .insertBulk(let bulk):
      // What is wrong with it is said before the client sends its rows.
      try attempt { context throws(SQLError) in
        _ = try context.prepareBulk(bulk, received: context.declaredTypes(bulk))
      }
      announced = bulk
      finish(command)
    case .declare(let variables): try assign(variables)
    case .declareTable(let name, _):
      // In a loop it is declared again, and stays what it is.
      if context.session.tableVariables[name.lowercased()] == nil { try define(statement) }
    case .set(let set): try self.set(set)
    case .use(let database): try use(database.text)
    case .beginTransaction, .commitTransaction, .rollbackTransaction, .saveTransaction:
      try transact(statement.body)
    case .printText(let text): try show(text)
    case .raiseError(let statement): try raise(statement)
    case .throw(let operands): try raise(operands)
    case .execute(let call): try self.execute(call)
    case .waitForDelay(let delay): try wait(delay)
    case .dbcc(let command):
      try attempt { context throws(SQLError) in try context.dbcc(command) }
      finish(Done.Command.none)
    case .kill(let session): try kill(session)
    case .checkpoint: finish(Done.Command.none)
    default:
      try define(statement)
      finish(command)
    }
  }

  /// The end of a statement without rows.
  func finish(_ command: UInt16, rows: Int? = nil) {
    context.session.rowCount = Int64(rows ?? 0)
    let isCounted = rows != nil && !context.session.noCount
    client.send(
      Done(doneKind, isCounted ? .count : [], command: command, rowCount: isCounted ? UInt64(rows ?? 0) : 0))
  }

  private func define(_ statement: Statement) throws(SQLError) {
    guard let batch = scopes.last?.batch else { return }
    try attempt { context throws(SQLError) in try context.define(statement, in: batch) }
    context.session.rowCount = 0
  }

  // MARK: Rows

  /// - Parameter limit: how many of the rows are sent.
  func select(_ statement: SelectStatement, limit: Int) throws(SQLError) {
    switch try attempt({ context throws(SQLError) in try context.select(statement) }) {
    case .rows(let result):
      try client.send(result, limit: limit)
      // After rows that a fault has limited, the statement's end is the fault's.
      if limit == .max { finish(Done.Command.select, rows: result.count) }
    case .count(let count):
      if limit == .max { finish(Done.Command.select, rows: count) }
    }
  }

  private func write(_ body: StatementBody, _ command: UInt16) throws(SQLError) {
    var executed: [ResultSet] = []
    if case .insert(let insert) = body, case .execute(let call) = insert.source {
      executed = try results(of: call)
    }
    let outcome = try attempt { context throws(SQLError) in
      switch body {
      case .insert(let insert): try context.insert(insert, executed: executed)
      case .update(let update): try context.update(update)
      case .delete(let delete): try context.delete(delete)
      default: preconditionFailure("a statement that writes rows")
      }
    }
    if let output = outcome.output { try client.send(output, limit: .max) }
    finish(command, rows: outcome.count)
  }

  /// What EXEC answers, for INSERT.
  private func results(of call: ExecuteStatement) throws(SQLError) -> [ResultSet] {
    let catcher = ResultCatcher(client)
    let outer = client
    client = catcher
    defer { client = outer }
    try execute(call)
    return catcher.results
  }

  /// SET FMTONLY: the columns of a SELECT. Nothing else is executed but SET and EXEC.
  private func describe(_ statement: Statement) throws(SQLError) -> Bool {
    switch statement.body {
    case .set, .execute, .declare, .use: return false
    case .select(let select):
      let columns = try attempt { context throws(SQLError) in
        var binder = Binder()
        return try binder.bindQuery(select.query, in: &context).columns
      }
      try client.send(ResultSet(columns: columns, rows: Run()), limit: .max)
      finish(Done.Command.select, rows: 0)
      return true
    default: return true
    }
  }

  // MARK: Variables

  /// All variables of a text are there from its beginning, wherever it declares them.
  func declareAll(_ statements: [Statement]) throws(SQLError) {
    for statement in statements {
      switch statement.body {
      case .declare(let declarations):
        for declaration in declarations {
          let type = try Binder.type(declaration.type)
          try context.session.variables.declare(Variable(declaration.name, type))
        }
      case .block(let inner): try declareAll(inner)
      case .conditional(_, let then, let otherwise):
        try declareAll([then])
        if let otherwise { try declareAll([otherwise]) }
      case .loop(_, let body): try declareAll([body])
      case .tryCatch(let body, let handler): try declareAll(body + handler)
      default: continue
      }
    }
  }

  private func assign(_ declarations: [VariableDeclaration]) throws(SQLError) {
    for declaration in declarations {
      guard let initial = declaration.initial else { continue }
      try assign(initial, to: declaration.name)
    }
  }

  /// SET @v = x.
  func assign(_ value: Expression, to name: String) throws(SQLError) {
    guard let place = context.session.variables.place(name) else { throw .mustDeclareScalarVariable(name) }
    let type = context.session.variables[place].type
    context.session.variables[place].value = try attempt { context throws(SQLError) in
      var binder = Binder()
      let bound = try binder.convert(binder.bind(value, in: &context), to: type, in: &context)
      return try context.evaluate(bound)
    }
  }

  // MARK: Session

  func use(_ name: String) throws(SQLError) {
    let old = core.withStorage { $0.databases[context.session.database]?.name } ?? ""
    guard let database = core.withStorage({ $0.choose(name, for: number) }) else {
      throw .databaseDoesNotExist(name)
    }
    context.session.database = database.id
    client.send(.database(database.name, old: old))
    client.send(SQLError.changedDatabase(database.name).at(line: line))
    finish(Done.Command.use)
  }

  private func wait(_ delay: Expression) throws(SQLError) {
    let time = try attempt { context throws(SQLError) in
      var binder = Binder()
      return try context.evaluate(
        binder.convert(binder.bind(delay, in: &context), to: .time(7), in: &context))
    }
    guard case .time(let ticks) = time else { throw .incorrectSyntax(near: "WAITFOR") }
    let end = core.now + .nanoseconds(ticks * 100)
    while core.now < end {
      switch client.wait(until: end) {
      case .called: continue
      case .cancelled: throw .cancelled
      case .gone: throw .abandoned
      }
    }
    finish(Done.Command.none)
  }

  private func kill(_ session: Expression) throws(SQLError) {
    guard case .integer(let wanted) = try values(of: [session])[0].value else { throw .killNeedsNumber }
    if Int(wanted) == number { throw .killsItself }
    guard core.kill(Int(wanted)) else { throw .noSuchProcess(Int(wanted)) }
    finish(Done.Command.none)
  }
}

/// Takes results for INSERT ... EXEC; messages go on to the client.
private final class ResultCatcher: SessionClient {
  private let client: any SessionClient
  private(set) var results: [ResultSet] = []

  init(_ client: any SessionClient) { self.client = client }

  func send(_ message: SQLError) { client.send(message) }
  func send(_ result: ResultSet, limit: Int) throws(SQLError) { results.append(result) }
  func send(_ done: Done) {}
  func send(_ change: EnvironmentChange) { client.send(change) }
  func send(returnStatus: Int32) {}
  func send(_ output: ModuleCall.Argument, ordinal: Int) {}
  func wait(until deadline: Duration?) -> Awakening { client.wait(until: deadline) }
  func breakOff(resets: Bool) { client.breakOff(resets: resets) }
  var awakening: Awakening { client.awakening }
}

extension StatementBody {
  var changesRows: Bool {
    switch self {
    case .insert, .update, .delete, .insertBulk: true
    default: false
    }
  }

  /// IMPLICIT_TRANSACTIONS: what begins a transaction.
  fileprivate var opensTransaction: Bool {
    switch self {
    case .insert, .update, .delete, .truncate, .createTable, .alterTable, .createIndex, .drop, .insertBulk,
      .createView, .createTrigger, .createRoutine, .createSchema:
      true
    case .select(let select): select.query.readsTables
    default: false
    }
  }

  /// These leave @@ERROR to themselves.
  fileprivate var clearsError: Bool {
    switch self {
    case .raiseError, .execute, .declare: false
    default: true
    }
  }

  var command: UInt16 {
    switch self {
    case .select: Done.Command.select
    case .insert: Done.Command.insert
    case .update: Done.Command.update
    case .delete: Done.Command.delete
    case .insertBulk: Done.Command.bulkLoad
    case .set: Done.Command.set
    case .use: Done.Command.use
    case .execute: Done.Command.execute
    case .beginTransaction: Done.Command.begin
    case .commitTransaction: Done.Command.commit
    case .rollbackTransaction: Done.Command.rollback
    default: Done.Command.none
    }
  }
}

extension Query {
  fileprivate var readsTables: Bool {
    func reads(_ body: QueryBody) -> Bool {
      switch body {
      case .select(let clause): !clause.from.isEmpty
      case .combination(let first, let rest): reads(first) || rest.contains { reads($0.body) }
      case .nested(let query): query.readsTables
      }
    }
    return reads(body)
  }
}

extension SQLError {
  static let killNeedsNumber = make(6101, 16, 1, "Session ID is not valid.", .statement)
  static let killsItself = make(6104, 16, 1, "Cannot use KILL to kill your own process.", .statement)
  static func noSuchProcess(_ number: Int) -> SQLError {
    make(6106, 16, 2, "Process ID \(number) is not an active process ID.", .statement)
  }
}
