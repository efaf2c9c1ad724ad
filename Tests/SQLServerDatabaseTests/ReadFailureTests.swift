import Databases
import Runtime
import TDS
import Testing

@testable import SQLServerDatabase

/// What a server may do in the midst of an answer, and what db-lib tells of it: every one of these looked like the end
/// of the rows to somebody.
@Suite struct ReadFailureTests {
  private static let table = StubTable([item("id", "int")])
  private static let columns = [Column("id", .int)]
  private static func rows(_ count: Int) -> [UInt8] {
    Reply.columns(columns) + Reply.rows(columns, (0..<count).map { [low(Int64($0), 4)] })
  }

  private func read(_ answer: StubServer.Answer) throws -> DatabaseError {
    let server = try StubServer(ReadFailureTests.table) { request in
      if case .batch(let text) = request, text.contains("FROM [dbo].[t]") { return answer }
      return nil
    }
    return try failure {
      var driver = try server.driver()
      defer { driver.close() }
      _ = try texts(&driver, try ReadFailureTests.table.read())
    }
  }

  @Test func `rows are read to their end, which is counted`() throws {
    let server = try StubServer(ReadFailureTests.table) { request in
      if case .batch(let text) = request, text.contains("FROM [dbo].[t]") {
        return .tokens(ReadFailureTests.rows(3) + Reply.done(3))
      }
      return nil
    }
    var driver = try server.driver()
    #expect(try texts(&driver, try ReadFailureTests.table.read()) == [["0"], ["1"], ["2"]])
    #expect(server.batches.last == "SELECT [id] FROM [dbo].[t]")
    driver.close()
  }

  @Test func `an error before the rows is thrown with its number`() throws {
    let error = try read(.tokens(Reply.error(1222)))
    #expect(error.code == "1222")
    #expect(error.errorClass == .conflict)
  }

  @Test func `an error behind rows is no end, though its message is complete`() throws {
    let error = try read(.tokens(ReadFailureTests.rows(300) + Reply.error(1205, 13)))
    #expect(error.code == "1205")
    #expect(error.errorClass == .conflict)
  }

  @Test func `an error in a result behind the rows is no end`() throws {
    let done = Reply.tokens { $0.done(Done(.statement, [.more, .count], rowCount: 2)) }
    let error = try read(.tokens(ReadFailureTests.rows(2) + done + Reply.error(8115)))
    #expect(error.code == "8115")
  }

  @Test func `a reset in the midst of rows is a lost connection`() throws {
    let error = try read(.reset(after: ReadFailureTests.rows(2000)))
    #expect(error.errorClass == .connectionLost)
  }

  @Test func `a close in the midst of rows is a lost connection`() throws {
    let whole = ReadFailureTests.rows(2000)
    #expect(try read(.close(after: Array(whole.dropLast(3)))).errorClass == .connectionLost)
    // Between two rows.
    #expect(try read(.close(after: ReadFailureTests.rows(20))).errorClass == .connectionLost)
  }

  @Test func `a message that ends without DONE is no end of the rows`() throws {
    let server = try StubServer(ReadFailureTests.table) { request in
      if case .batch(let text) = request, text.contains("FROM [dbo].[t]") {
        return .close(after: ReadFailureTests.rows(1100))
      }
      return nil
    }
    let error = try failure {
      var driver = try server.driver()
      _ = try texts(&driver, try ReadFailureTests.table.read())
    }
    #expect(error.errorClass == .connectionLost)
  }

  @Test func `fewer or more rows than the server counted are an error`() throws {
    for count in [2, 4] {
      let error = try read(.tokens(ReadFailureTests.rows(3) + Reply.done(count)))
      #expect(error.errorClass == .permanent)
      #expect(error.message.contains("3 arrived"))
    }
  }

  @Test func `rows that the server did not count are an error`() throws {
    let error = try read(.tokens(ReadFailureTests.rows(3) + Reply.done()))
    #expect(error.message.contains("did not say how many"))
  }

  @Test func `a severe error ends the connection, also before anybody notices`() throws {
    let server = try StubServer(ReadFailureTests.table) { request in
      if case .batch(let text) = request, text.contains("FROM [dbo].[t]") {
        return .close(after: Reply.error(40501, 20))
      }
      return nil
    }
    var driver = try server.driver()
    var first: DatabaseError?
    do { _ = try texts(&driver, try ReadFailureTests.table.read()) } catch let error as DatabaseError {
      first = error
    }
    #expect(first?.errorClass == .throttled)
    var second: DatabaseError?
    do { try driver.begin() } catch { second = error }
    #expect(second?.errorClass == .connectionLost)
    // Without a word, because its transaction went with it.
    try driver.rollback()
    driver.close()
  }

  @Test func `a commit whose answer is lost may have happened`() throws {
    let server = try StubServer { request in
      if case .batch(let text) = request, text.hasPrefix("COMMIT") { return .reset(after: []) }
      return nil
    }
    var driver = try server.driver()
    try driver.begin()
    var thrown: DatabaseError?
    do { try driver.commit() } catch { thrown = error }
    #expect(thrown?.errorClass == .connectionLost)
    #expect(thrown?.outcome == .unknown)
    driver.close()
  }

  @Test func `a refused login says why, by its first reason`() throws {
    let messages = [
      ServerMessage(number: 4060, severity: 11, text: "Cannot open database \"db1\" requested by the login."),
      ServerMessage(number: 18456, severity: 14, text: "Login failed for user 'sa'."),
    ]
    let server = try StubServer(refusal: messages)
    let error = try failure { _ = try server.driver() }
    #expect(error.code == "4060")
    #expect(error.errorClass == .configuration)
    #expect(!error.description.contains("secret"))
  }

  @Test func `nobody at the port is a lost connection with a remedy`() throws {
    let error = try failure {
      _ = try SQLServerDriver(try SQLServerURL("sqlserver://sa:x@127.0.0.1:1/db"), .read)
    }
    #expect(error.errorClass == .connectionLost)
    #expect(error.remedy?.contains("port") == true)
  }

  @Test func `connections of several threads hear their own errors`() async throws {
    let server = try StubServer(ReadFailureTests.table) { request in
      guard case .batch(let text) = request, text.hasPrefix("RAISE"),
        let number = text.split(separator: " ").last.flatMap({ Int32($0) })
      else {
        return nil
      }
      return .tokens(Reply.error(number))
    }
    let numbers = await withTaskGroup(of: [(Int, String)].self) { group in
      for worker in 1...8 {
        group.addTask {
          (1...20).map { round in
            let number = 60_000 + worker * 100 + round
            let error = try? failure {
              var driver = try server.driver()
              defer { driver.close() }
              _ = try driver.execute("RAISE \(number)")
            }
            return (number, error?.code ?? "")
          }
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(numbers.count == 160)
    #expect(numbers.filter { "\($0)" != $1 }.isEmpty, "\(numbers.filter { "\($0)" != $1 })")
  }
}

/// Statements that the server does not answer.
@Suite struct SilenceTests {
  private func interrupted(ignoresAttention: Bool) throws -> (first: DatabaseError, later: DatabaseError?) {
    let interrupter = Guarded((any Interrupter)?.none)
    let server = try StubServer(ignoresAttention: ignoresAttention) { request in
      guard case .batch(let text) = request, text.hasPrefix("WAITFOR") else { return nil }
      interrupter.withLock { $0 }?.interrupt()
      return .silence
    }
    var driver = try server.driver()
    driver.session.events.patienceWithAttention = 2
    let own = driver.interrupter
    interrupter.withLock { $0 = own }
    var first: DatabaseError?
    do { _ = try driver.execute("WAITFOR DELAY '1'") } catch { first = error }
    var later: DatabaseError?
    do {
      try driver.rollback()
      _ = try driver.execute("SELECT 1")
    } catch { later = error }
    driver.close()
    return (try #require(first), later)
  }

  @Test func `an interrupted statement is cancelled, and the connection goes on`() throws {
    let (first, later) = try interrupted(ignoresAttention: false)
    #expect(first.errorClass == .cancelled)
    #expect(later == nil)
  }

  @Test func `a server that never acknowledges an attention is left`() throws {
    let (first, later) = try interrupted(ignoresAttention: true)
    #expect(first.errorClass == .cancelled)
    #expect(later?.errorClass == .connectionLost)
  }

  @Test func `a statement that is silent for longer than timeout= is cancelled`() throws {
    let server = try StubServer { request in
      if case .batch(let text) = request, text.hasPrefix("WAITFOR") { return .silence }
      return nil
    }
    var driver = try server.driver("?timeout=1")
    var thrown: DatabaseError?
    do { _ = try driver.execute("WAITFOR DELAY '1'") } catch { thrown = error }
    #expect(thrown?.code == "-2")
    #expect(thrown?.outcome == .unknown)
    _ = try driver.execute("SELECT 1")
    driver.close()
  }
}
