import ModelDatabase

/// Statements that define objects. Each is run inside one attempt, and an error takes back all that it has
/// done: it changes first and looks at the rows afterwards, when nobody else can change them.
extension StatementContext {
  /// Runs a statement of definition; see the functions that it calls for the errors. What SQL Server says
  /// before the error that ends the statement (8111 before 1750, 5074 before 4922) is in the warnings, with
  /// its severity above 10.
  package mutating func define(_ statement: Statement, in batch: Batch) throws(SQLError) {
    switch statement.body {
    case .createTable(let create): try createTable(create)
    case .alterTable(let alter): try alterTable(alter)
    case .createIndex(let index, on: let table): try createIndex(index, on: table)
    case .alterIndex(let alter): try alterIndex(alter)
    case .dropIndexes(let indexes, ifExists: let ifExists):
      for index in indexes { try dropIndex(index, ifExists: ifExists) }
    case .createView(let view): try createView(view, text: batch.source(of: view.range))
    case .createTrigger(let trigger): try createTrigger(trigger, text: batch.source(of: trigger.range))
    case .createRoutine(let routine): try createRoutine(routine, text: batch.source(of: routine.range))
    case .createSchema(let name): try createSchema(name.text)
    case .createDatabase(let name, collation: let collation):
      try createDatabase(name.text, collation: collation?.text)
    case .alterDatabase(let alter): try alterDatabase(alter)
    case .drop(let kind, let names, ifExists: let ifExists):
      for name in names { try drop(kind, name, ifExists: ifExists) }
    case .switchTriggers(let names, of: let table, isOn: let isOn):
      try switchTriggers(names, of: table, isOn: isOn)
    case .statistics(let name):
      guard try Binder.findTable(name, in: &self) != nil else {
        throw .cannotFindTable(name.spelled, state: 12)
      }
    case .declareTable(let variable, let elements): try declareTable(variable, elements)
    default: throw .unsupported("a statement that defines nothing")
    }
  }

  // MARK: Errors

  /// The error that ends the statement, where SQL Server says another before it.
  mutating func ending(_ first: SQLError, with last: SQLError) -> SQLError {
    evaluation.warnings.append(first)
    return last
  }

  /// Errors of constraints and indexes that 1750 follows when a constraint was to be made.
  private static let precedesCouldNotCreate: Set<Int32> = [
    1505, 1711, 1752, 1753, 1754, 1755, 1757, 1761, 1762, 1763, 1764, 1766, 1767, 1769, 1770, 1773, 1776,
    1778, 1779,
    1781, 1785, 1902, 1904, 1909, 1911, 1913, 1919, 1944, 2714, 8110, 8111, 8112, 8139,
  ]

  /// Makes a constraint. Its errors are followed by 1750.
  mutating func makingConstraint<Value>(
    _ body: (inout StatementContext) throws(SQLError) -> Value
  ) throws(SQLError) -> Value {
    do throws(SQLError) {
      return try body(&self)
    } catch {
      guard StatementContext.precedesCouldNotCreate.contains(error.number) else { throw error }
      throw ending(error, with: .couldNotCreateConstraint)
    }
  }

  // MARK: Locks and transactions

  /// Locks a table's definition against everybody.
  mutating func lockDefinition(of number: Int) throws(SQLError) {
    let table = storage.table(number)
    guard storage.lock(session.number, .schemaModification, in: table.space) else { throw .blocked }
    if table.droppedBy != nil { throw .invalidObjectName(table.name.description) }
  }

  /// Throws 3964: what changes tables is not for transactions under SNAPSHOT.
  func requireNoSnapshot() throws(SQLError) {
    guard storage.transactionCount(session.number) > 0,
      storage.session(session.number).transaction?.isSnapshot == true
    else { return }
    throw .definitionInSnapshot
  }

  /// Throws 226.
  func requireNoTransaction(_ statement: String) throws(SQLError) {
    if storage.transactionCount(session.number) > 0 { throw .notInTransaction(statement) }
  }

  /// Changes a table's definition.
  mutating func change<Value: Sendable>(
    _ number: Int, _ body: (inout ServerTable) throws(SQLError) -> Value
  ) throws(SQLError) -> Value {
    try storage.alterTable(session.number, number, body).value()
  }
}
