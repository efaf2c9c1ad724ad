import Databases
import Glibc
import Runtime
import TestSupport
import Testing

@testable import SQLServerDatabase

/// Two connections that get in each other's way, for no other reason than what they do.
@Suite(.blocks) struct LockConflictTests {
  private let url: String

  init() throws {
    url = try SQLServer.shared.database(snapshot: true)
    try SQLServer.shared.run(
      "CREATE TABLE accounts (id int PRIMARY KEY, amount int NOT NULL)", "CREATE TABLE scraps (id int)",
      "INSERT INTO accounts VALUES (1, 100), (2, 100), (3, 100)", on: url)
  }

  private func driver() throws -> SQLServerDriver { try SQLServerEndpoint(url: url).driver(.write) }
  private func amounts() throws -> String {
    try SQLServer.shared.run("SELECT CAST(amount AS nvarchar(20)) FROM accounts ORDER BY id", on: url)
  }

  /// Two transactions that change a row each, and then the other's. Returns for each the error that ended it, if one did.
  private func crossed(_ preparations: [String]) async throws -> [DatabaseError?] {
    let arrived = Guarded(0)
    return try await withThrowingTaskGroup(of: (Int, DatabaseError?).self) { group in
      for (index, preparation) in preparations.enumerated() {
        group.addTask {
          var driver = try driver()
          defer { driver.close() }
          try driver.begin()
          try driver.execute(preparation)
          try driver.execute("UPDATE accounts SET amount = amount + 1 WHERE id = \(index + 1)")
          arrived.withLock { $0 += 1 }
          while arrived.withLock({ $0 }) < 2 { usleep(1_000) }
          var failure: DatabaseError?
          do {
            try driver.execute("UPDATE accounts SET amount = amount + 10 WHERE id = \(2 - index)")
            try driver.commit()
          } catch let error as DatabaseError {
            failure = error
          }
          // Nothing is left of it, and the connection lives.
          #expect(try driver.execute("SELECT @@TRANCOUNT").rows == [[.integer(0)]])
          return (index, failure)
        }
      }
      return try await group.reduce(into: [nil, nil]) { $0[$1.0] = $1.1 }
    }
  }

  @Test(arguments: [0, 1])
  func `of two who deadlock the one of lower priority is the victim, and the other goes on`(
    victim: Int
  ) async throws {
    // The victim has done more.
    let modest = "SET DEADLOCK_PRIORITY LOW; UPDATE accounts SET amount = amount WHERE id = 3"
    let outcomes = try await crossed((0...1).map { $0 == victim ? modest : "SET DEADLOCK_PRIORITY 3" })
    #expect(outcomes[victim]?.code == "1205")
    #expect(outcomes[victim]?.errorClass == .conflict)
    #expect(outcomes[1 - victim] == nil)
    #expect(try amounts() == (victim == 0 ? "110\n101\n100" : "101\n110\n100"))
  }

  @Test(arguments: [0, 1])
  func `of two of the same priority the one who has done less is the victim`(victim: Int) async throws {
    let work = "INSERT INTO scraps VALUES " + (1...50).map { "(\($0))" }.joined(separator: ", ")
    let outcomes = try await crossed((0...1).map { $0 == victim ? "SELECT 1" : work })
    #expect(outcomes[victim]?.code == "1205")
    #expect(outcomes[1 - victim] == nil)
    #expect(try SQLServer.shared.run("SELECT CAST(COUNT(*) AS nvarchar(20)) FROM scraps", on: url) == "50")
  }

  @Test func `a lock that is not there in time is 1222, and the transaction is over`() throws {
    var holder = try driver()
    var other = try driver()
    defer {
      holder.close()
      other.close()
    }
    try holder.begin()
    try holder.execute("UPDATE accounts SET amount = 0 WHERE id = 2")
    try other.execute("SET LOCK_TIMEOUT 50")
    try other.begin()
    try other.execute("UPDATE accounts SET amount = 0 WHERE id = 1")
    for statement in [
      "UPDATE accounts SET amount = 5 WHERE id = 2", "SELECT amount FROM accounts WHERE id = 2",
    ] {
      let error = try failure { try other.execute(statement) }
      #expect(error.code == "1222" && error.errorClass == .conflict, "\(error)")
      // XACT_ABORT is on.
      #expect(try other.execute("SELECT @@TRANCOUNT").rows == [[.integer(0)]])
    }
    #expect(
      try other.execute("SELECT amount FROM accounts WITH (READPAST) WHERE id < 3").rows == [[.integer(100)]])
    try holder.rollback()
    #expect(try amounts() == "100\n100\n100")
  }

  @Test func `who changes in a snapshot what somebody else has changed since gets 3960`() throws {
    var reader = try driver()
    var other = try driver()
    defer {
      reader.close()
      other.close()
    }
    #expect(try reader.beginSnapshot() != nil)
    #expect(try reader.execute("SELECT amount FROM accounts WHERE id = 1").rows == [[.integer(100)]])
    try other.execute("UPDATE accounts SET amount = 1 WHERE id = 1")
    #expect(try reader.execute("SELECT amount FROM accounts WHERE id = 1").rows == [[.integer(100)]])
    let error = try failure { try reader.execute("UPDATE accounts SET amount = 2 WHERE id = 1") }
    #expect(error.code == "3960" && error.errorClass == .conflict)
    try reader.rollback()
    #expect(try amounts() == "1\n100\n100")
  }
}
