/// A batch of T-SQL that was parsed as a whole before any of it runs, as SQL Server does.
package struct Batch: Sendable, Equatable {
  package var statements: [Statement]
  /// What was parsed. All ranges in the tree are offsets into it.
  package var text: [UInt16]

  package init(statements: [Statement], text: [UInt16]) {
    self.statements = statements
    self.text = text
  }

  /// The source of a part of the tree, as it was written. Lone surrogates become U+FFFD.
  package func source(of range: Range<Int>) -> String { String(decoding: text[range], as: UTF16.self) }
}

package struct Statement: Sendable, Equatable {
  /// Of its first token, from 1. Errors of a statement carry it.
  package var line: Int
  /// From its first token to its last, without the semicolon.
  package var range: Range<Int>
  package var body: StatementBody

  package init(line: Int, range: Range<Int>, body: StatementBody) {
    self.line = line
    self.range = range
    self.body = body
  }
}

package indirect enum StatementBody: Sendable, Equatable {
  // Rows
  case select(SelectStatement)
  case insert(InsertStatement)
  case update(UpdateStatement)
  case delete(DeleteStatement)
  case truncate(ObjectName)
  case insertBulk(InsertBulkStatement)

  // Definitions
  case createTable(CreateTableStatement)
  case alterTable(AlterTableStatement)
  case createIndex(IndexDefinition, on: ObjectName)
  case alterIndex(AlterIndexStatement)
  case dropIndexes([DroppedIndex], ifExists: Bool)
  case createView(ViewDefinition)
  case createTrigger(TriggerDefinition)
  /// CREATE or ALTER of a PROCEDURE or FUNCTION: kept as text.
  case createRoutine(RoutineDefinition)
  case createSchema(Identifier)
  case createDatabase(Identifier, collation: Identifier?)
  case alterDatabase(AlterDatabaseStatement)
  /// DROP of tables, views, procedures, functions, triggers, schemas and databases.
  case drop(ObjectKind, [ObjectName], ifExists: Bool)
  /// ENABLE TRIGGER and DISABLE TRIGGER, the statement. An empty list is ALL.
  case switchTriggers([Identifier], of: ObjectName, isOn: Bool)
  /// CREATE STATISTICS and UPDATE STATISTICS: nothing depends on them.
  case statistics(ObjectName)

  // Transactions
  case beginTransaction(TransactionName?)
  /// COMMIT ignores the name, as SQL Server does.
  case commitTransaction(TransactionName?)
  /// The name of the outermost transaction, or of a savepoint.
  case rollbackTransaction(TransactionName?)
  case saveTransaction(TransactionName)

  // Session
  case use(Identifier)
  case set(SetStatement)
  case declare([VariableDeclaration])
  case declareTable(variable: String, TableElements)
  case dbcc(DBCCStatement)
  case kill(Expression)
  case checkpoint

  // Control of flow
  case block([Statement])
  case conditional(Condition, then: Statement, else: Statement?)
  case loop(Condition, body: Statement)
  case exitLoop
  case continueLoop
  case tryCatch(try: [Statement], catch: [Statement])
  case `return`(Expression?)
  /// WAITFOR DELAY.
  case waitForDelay(Expression)

  // Messages and calls
  /// PRINT.
  case printText(Expression)
  case raiseError(RaiseErrorStatement)
  /// THROW without operands raises the error of the CATCH block again.
  case `throw`(ThrowOperands?)
  case execute(ExecuteStatement)
}

package enum TransactionName: Sendable, Equatable {
  case name(Identifier)
  /// With its `@`.
  case variable(String)
}

package struct RaiseErrorStatement: Sendable, Equatable {
  /// A message text, or the number of one.
  package var message: Expression
  package var severity: Expression
  package var state: Expression
  package var arguments: [Expression]
  /// LOG, NOWAIT, SETERROR in capitals.
  package var options: [String]
}

package struct ThrowOperands: Sendable, Equatable {
  package var number: Expression
  package var message: Expression
  package var state: Expression
}

package struct DBCCStatement: Sendable, Equatable {
  /// In capitals: CHECKIDENT, TRACEON.
  package var command: String
  package var arguments: [DBCCArgument]
  /// In capitals: NO_INFOMSGS.
  package var options: [String]
}

package enum DBCCArgument: Sendable, Equatable {
  /// A bare word or multi-part name: a table, RESEED, NORESEED.
  case name(ObjectName)
  case value(Expression)
}
