import TDS

/// Transactions of the user.
extension Session {
  func transact(_ body: StatementBody) throws(SQLError) {
    switch body {
    case .beginTransaction(let name):
      try begin(name: name.map { n throws(SQLError) in try text(of: n) } ?? "")
      finish(Done.Command.begin)
    case .commitTransaction:
      try commit()
      finish(Done.Command.commit)
    case .rollbackTransaction(let name):
      try rollback(to: name.map { n throws(SQLError) in try text(of: n) })
      finish(Done.Command.rollback)
    case .saveTransaction(let name):
      let name = try text(of: name)
      try withOwnSession { storage throws(SQLError) in try storage.save(number, name) }
      finish(Done.Command.none)
    default: preconditionFailure("a statement about transactions")
    }
  }

  func begin(name: String = "") throws(SQLError) {
    if core.withStorage({ $0.transactionState(number) }) < 0 { throw .transactionIsDoomed }
    try withOwnSession { storage throws(SQLError) in storage.begin(number, name: name) }
    noteTransaction(committed: false)
  }

  func commit() throws(SQLError) {
    let fault = core.withStorage({ $0.transactionCount(number) }) == 1 ? try faultAtCommit() : nil
    try withOwnSession { storage throws(SQLError) in _ = try storage.commit(number) }
    if let fault {
      // It is done, and nobody hears of it.
      client.breakOff(resets: fault.effect.resets)
      throw .abandoned
    }
    noteTransaction(committed: true)
  }

  func rollback(to name: String? = nil) throws(SQLError) {
    try withOwnSession { storage throws(SQLError) in _ = try storage.rollback(number, to: name) }
    noteTransaction(committed: false)
  }

  /// Of a session that was ended meanwhile there is no transaction to look at: that is not the client's mistake.
  func withOwnSession<Value: Sendable>(
    _ body: (inout Storage) throws(SQLError) -> Value
  ) throws(SQLError) -> Value {
    try core.withStorage { storage throws(SQLError) in
      guard storage.sessions.indices.contains(number), storage.sessions[number] != nil else {
        throw .sessionIsKilled
      }
      return try body(&storage)
    }
  }

  func beginImplicitly() {
    guard core.withStorage({ $0.transactionCount(number) }) == 0 else { return }
    core.withStorage { $0.begin(number) }
    noteTransaction(committed: false)
  }

  private func text(of name: TransactionName) throws(SQLError) -> String {
    switch name {
    case .name(let name): return name.text
    case .variable(let variable):
      guard let place = context.session.variables.place(variable) else {
        throw .mustDeclareScalarVariable(variable)
      }
      guard case .text(let units) = context.session.variables[place].value else { return "" }
      return String(decoding: units, as: UTF16.self)
    }
  }
}
