import TDS

/// What becomes of errors.
extension Session {
  /// A statement has failed. Within TRY the error is thrown to CATCH; otherwise it is sent, and this returns if the
  /// batch goes on, or throws what ends it.
  ///
  /// - Parameters:
  ///   - isCompilation: It was found before anything ran, so a TRY of the same text does not catch it.
  ///   - changesRows: It is an error of INSERT, UPDATE or DELETE.
  @discardableResult
  func fail(
    _ failure: SQLError, command: UInt16, isCompilation: Bool = false, changesRows: Bool = false
  ) throws(SQLError) -> Int32 {
    if failure.isEnding {
      if failure == .cancelled || failure == .abandoned { core.withStorage { $0.failStatement(number) } }
      throw failure
    }
    // Thrown by a text within: it is on its way to CATCH.
    if isUnwinding { throw failure }
    var error = failure
    if error.line <= 1 { error.line = line }
    context.session.errorNumber = error.number
    context.session.rowCount = 0
    let effect = error.effect(xactAbort: context.session.xactAbort)
    let isCompilation = isCompilation || effect == .batch && error.isOfCompilation
    let said = forerunners
    forerunners = []
    if isCaught(error, isCompilation: isCompilation) {
      if effect >= .transaction { doom() }
      isUnwinding = true
      throw error
    }
    for message in said { client.send(message.at(line: error.line)) }
    client.send(error)
    if effect >= .transaction { core.withStorage { $0.rollbackAll(number) } }
    noteTransaction(committed: false)
    if changesRows, effect == .statement { client.send(SQLError.statementTerminated.at(line: error.line)) }
    client.send(Done(doneKind, .error, command: command))
    switch effect {
    case .information, .statement: return -6
    case .batch: throw isCompilation ? .endsScope : .endsBatch
    case .transaction: throw .endsBatch
    case .connection: throw .endsConnection
    }
  }

  func refuse(_ error: SQLError) throws(SQLError) -> Int32 { try fail(error, command: Done.Command.none) }

  private func isCaught(_ error: SQLError, isCompilation: Bool) -> Bool {
    guard let scope = tries.last, error.severity > 10, error.severity < 20 else { return false }
    return !isCompilation || scope < scopes.count
  }

  /// The transaction is there for CATCH to see, and can only be rolled back. That of a deadlock's victim is gone
  /// already, with its locks: an empty one stands for it.
  private func doom() {
    let wasOpen = knownTransaction != nil
    core.withStorage { storage in
      if storage.transactionCount(number) == 0, wasOpen { storage.begin(number) }
      storage.doom(number)
      if wasOpen { knownTransaction = storage.transactionNumber(number) }
    }
  }

  /// Tells the client when a transaction of the user has begun or ended.
  func noteTransaction(committed: Bool) {
    let now = core.withStorage { $0.transactionNumber(number) }
    guard now != knownTransaction else { return }
    if let known = knownTransaction {
      client.send(committed ? .commitTransaction(UInt64(known)) : .rollbackTransaction(UInt64(known)))
    }
    if let now { client.send(.beginTransaction(UInt64(now))) }
    knownTransaction = now
  }

  var doneKind: Done.Kind { scopes.contains { $0.kind == .procedure } ? .inProcedure : .statement }

  // MARK: Messages of the user's

  func raise(_ statement: RaiseErrorStatement) throws(SQLError) {
    let values = try values(
      of: [statement.message, statement.severity, statement.state] + statement.arguments)
    var severity = 0
    if case .integer(let number) = values[1].value { severity = Int(number) }
    var state = 1
    if case .integer(let number) = values[2].value { state = Int(number) }
    guard case .text(let format) = values[0].value else {
      throw .unsupported("RAISERROR with a message's number")
    }
    if severity > 18, !statement.options.contains("LOG") { throw .severityNeedsLog }
    let text = try MessageFormat.fill(format, values.dropFirst(3).map { ($0.value, $0.type) })
    let error = SQLError(
      number: 50000, severity: UInt8(clamping: max(severity, 0)),
      state: UInt8(clamping: state < 0 ? 1 : state),
      message: text, effect: severity >= 20 ? .connection : severity > 10 ? .statement : .information,
      line: line)
    try tell(error, setsError: statement.options.contains("SETERROR"))
  }

  /// RAISERROR does not end a batch, not even with XACT_ABORT.
  private func tell(_ error: SQLError, setsError: Bool) throws(SQLError) {
    if error.severity > 10, isCaught(error, isCompilation: false) {
      context.session.errorNumber = error.number
      throw error
    }
    client.send(error)
    context.session.errorNumber = error.severity > 10 || setsError ? error.number : 0
    client.send(Done(doneKind, error.severity > 10 ? .error : []))
    if error.effect == .connection { throw .endsConnection }
  }

  func raise(_ operands: ThrowOperands?) throws(SQLError) {
    guard let operands else {
      guard var error = context.session.caught else { throw .throwOutsideCatch }
      error.effect = max(error.effect, .batch)
      throw error
    }
    let values = try values(of: [operands.number, operands.message, operands.state])
    guard case .integer(let number) = values[0].value, number >= 50000, number <= Int64(Int32.max) else {
      throw .throwNumberOutOfRange
    }
    guard case .text(let text) = values[1].value, case .integer(let state) = values[2].value else {
      throw .throwNumberOutOfRange
    }
    throw SQLError(
      number: Int32(number), severity: 16, state: UInt8(clamping: state),
      message: String(decoding: text, as: UTF16.self),
      effect: context.session.xactAbort ? .transaction : .batch, line: line)
  }

  /// PRINT.
  func show(_ expression: Expression) throws(SQLError) {
    let text = try attempt { context throws(SQLError) in
      var binder = Binder()
      return try context.evaluate(
        binder.convert(binder.bind(expression, in: &context), to: .nvarchar(4000), in: &context))
    }
    var message = ""
    if case .text(let units) = text { message = String(decoding: units, as: UTF16.self) }
    client.send(
      SQLError(number: 0, severity: 0, state: 1, message: message, effect: .information, line: line))
    context.session.rowCount = 0
  }

  /// The values of expressions with their types.
  func values(of expressions: [Expression]) throws(SQLError) -> [(value: SQLValue, type: SQLType)] {
    let found = try attempt { context throws(SQLError) -> [Variable] in
      var binder = Binder()
      var values: [Variable] = []
      for expression in expressions {
        let bound = try binder.bind(expression, in: &context)
        values.append(Variable("", bound.type ?? .int, try context.evaluate(bound)))
      }
      return values
    }
    return found.map { ($0.value, $0.type) }
  }
}

extension SQLError {
  /// Names, types and syntax are found out before a statement runs.
  fileprivate var isOfCompilation: Bool { number < 3000 && number != 1205 && number != 1222 }

  static let throwOutsideCatch = make(
    10704, 15, 1,
    "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.",
    .batch)
  static let throwNumberOutOfRange = make(
    35100, 16, 10,
    "Error number in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.",
    .batch)
  static let severityNeedsLog = make(
    2754, 16, 1,
    "Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.",
    .statement)
  static let nestingLevelExceeded = make(
    217, 16, 1,
    "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).", .batch)
}
