import SQLServerSimulator
import Testing

@Suite struct SQLErrorTests {
  @Test func `the errors that clients act on have their numbers, severities and texts`() {
    let expected: [(SQLError, Int32, UInt8, UInt8, SQLError.Effect)] = [
      (.deadlockVictim(session: 53), 1205, 13, 51, .transaction), (.lockTimeout, 1222, 16, 51, .statement),
      (.snapshotConflict(table: "dbo.t", database: "db"), 3960, 16, 2, .transaction),
      (
        .duplicateKey(kind: "PRIMARY KEY", constraint: "PK", object: "dbo.t", key: "(1)"), 2627, 14, 1,
        .statement
      ),
      (.nullNotAllowed(column: "c", table: "db.dbo.t", operation: "INSERT"), 515, 16, 2, .statement),
      (.conversionFailed("varchar", text: "x", to: "int"), 245, 16, 1, .transaction),
      (.overflow(converting: "expression", to: "int"), 8115, 16, 2, .statement),
      (.overflow(converting: "numeric", to: "numeric"), 8115, 16, 8, .statement),
      (.invalidObjectName("t"), 208, 16, 1, .batch), (.unknownProcedure("p"), 2812, 16, 62, .statement),
      (.cannotDrop("table", name: "t"), 3701, 11, 5, .statement), (.objectExists("t"), 2714, 16, 6, .batch),
      (.cannotOpenDatabase("x"), 4060, 11, 1, .connection),
      (.loginFailed(user: "u"), 18456, 14, 1, .connection),
      (.serviceBusy(incident: "g", code: 1), 40501, 20, 1, .connection),
      (.sessionIsKilled, 596, 21, 1, .connection),
    ]
    for (error, number, severity, state, effect) in expected {
      #expect(
        (error.number, error.severity, error.state) == (number, severity, state), "\(error)")
      #expect(error.effect == effect, "\(error)")
    }
    #expect(
      SQLError.deadlockVictim(session: 53).message
        == "Transaction (Process ID 53) was deadlocked on lock resources with another process and has"
        + " been chosen as "
        + "the deadlock victim. Rerun the transaction.")
    #expect(
      SQLError.duplicateKey(kind: "PRIMARY KEY", constraint: "PK_t", object: "dbo.t", key: "(1)").message
        == "Violation of PRIMARY KEY constraint 'PK_t'. Cannot insert duplicate key in object 'dbo.t'."
        + " The duplicate "
        + "key value is (1).")
    #expect(
      SQLError.constraintConflict(
        statement: "INSERT", kind: "FOREIGN KEY", constraint: "FK", database: "db", table: "dbo.u",
        column: "id"
      ).message
        == "The INSERT statement conflicted with the FOREIGN KEY constraint \"FK\". The conflict"
        + " occurred in database "
        + "\"db\", table \"dbo.u\", column 'id'.")
  }

  @Test func `no text has two blanks where lines were joined, or none`() {
    let errors: [SQLError] = [
      .moreColumnsThanValues, .fewerColumnsThanValues, .selectListDoesNotMatchInsert(tooFew: true),
      .nameNotPermitted("n"), .aggregateInWhere, .missingColumnName, .columnSpecifiedTwice("c"),
      .cannotInsertTimestamp, .setOperandsDiffer, .textNotComparable, .columnNotGrouped("t.c"),
      .identityValueMissing(table: "t"), .snapshotStartedLate(database: "d"),
      .snapshotNotAllowed(database: "d"),
      .snapshotConflict(table: "t", database: "d"), .outOfLocks, .addedColumnNeedsDefault("c", table: "t"),
      .subqueryReturnedSeveral, .noKeyToReference("k", table: "t"), .transactionIsDoomed,
      .doomedAtEndOfBatch,
    ]
    for error in errors {
      #expect(!error.message.contains("  "), "\(error.message)")
      #expect(error.message.hasSuffix("."), "\(error.message)")
    }
  }

  @Test func `XACT_ABORT turns the end of a statement into the end of a transaction`() {
    #expect(SQLError.lockTimeout.effect(xactAbort: true) == .transaction)
    #expect(SQLError.invalidObjectName("t").effect(xactAbort: true) == .batch)
    #expect(SQLError.nullEliminated.effect(xactAbort: true) == .information)
  }

  @Test func `keys in messages are printed as SQL Server prints them`() {
    let key: [(SQLValue, SQLType)] = [
      (.integer(5), .int), (.text("a b"), .varchar(9)), (.null, .int), (.binary([0xAB, 1]), .varbinary(9)),
      (.datetime(days: 0, ticks: 0), .datetime),
    ]
    #expect(
      SQLError.keyText(key.map { (value: $0.0, type: $0.1) })
        == "(5, a b, <NULL>, 0xab01, Jan  1 1900 12:00AM)")
  }

  @Test func `constants have the types that SQL Server gives them`() throws {
    #expect(SQLType.literal(text: [], isNational: false).declaration == "varchar(1)")
    #expect(
      SQLType.literal(text: [UInt16](repeating: 97, count: 4001), isNational: true).declaration
        == "nvarchar(max)")
    #expect(try SQLType.literal(digits: "750", scale: 2).1.declaration == "numeric(3,2)")
    #expect(try SQLType.literal(digits: "5", scale: 2).1.declaration == "numeric(2,2)")
    #expect(throws: SQLError.self) {
      try SQLType.literal(digits: String(repeating: "9", count: 39), scale: 0)
    }
  }
}
