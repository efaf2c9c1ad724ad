import Foundation
import Glibc
import Runtime
import SQLServerSimulator
import TestSupport
import Testing

/// Many clients at a time that move amounts between few accounts, meet each other's locks, and meet faults.
@Suite(.blocks) struct CrowdTests {
  private static let clients = 200
  private static let accounts = 300
  private static let amount = 1_000
  private static let isThorough = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil

  /// What the clients know of their transfers.
  private struct Book {
    var acknowledged: Set<Int> = []
    /// The connection ended before the answer to COMMIT.
    var unknown: Set<Int> = []
    var errors: [String: Int] = [:]
    var sums: [String: Int] = [:]
    var busy = CrowdTests.clients
  }

  @Test func `two hundred clients under faults lose, double and invent nothing, and leave nothing behind`()
    throws
  {
    var settings = ServerSettings()
    settings.databases = ["db"]
    let server = try SimulatedServer(settings)
    defer { server.stop() }
    server.allowSnapshot(in: "db")
    let owner = try WireClient(server)
    _ = try owner.logIn()
    try setUp(owner)
    let time = SystemTime()
    let deadline = time.now + .seconds(Self.isThorough ? 600 : 4)
    let book = Guarded(Book())
    for number in 0..<Self.clients {
      try SystemThread.start(name: "client") {
        var client = Client(number: number, server: server, book: book)
        while time.now < deadline { client.work() }
        client.close()
        book.withLock { $0.busy -= 1 }
      }
    }
    var round = 0
    while time.now < deadline {
      try arm(owner, round)
      round += 1
      usleep(40_000)
    }
    let patience = time.now + .seconds(60)
    while book.withLock({ $0.busy }) > 0, time.now < patience { usleep(10_000) }
    #expect(book.withLock { $0.busy } == 0, "somebody hangs")
    _ = try owner("exec sp_proofload_fault @moment = 'never'")
    try expectRight(owner, book.withLock { $0 })
    owner.socket.shutdown()
    while server.connectionCount > 0, time.now < patience { usleep(1_000) }
    #expect(server.connectionCount == 0)
  }

  private func setUp(_ owner: WireClient) throws {
    #expect(try owner("create table accounts (id int primary key, amount int not null)") == "")
    #expect(
      try owner("create table transfers (id int primary key, moved int not null, index ix (moved))") == "")
    let rows = (0..<Self.accounts).map { "(\($0), \(Self.amount))" }.joined(separator: ", ")
    #expect(try owner("insert into accounts values \(rows)") == "#\(Self.accounts)")
  }

  /// Another fault every few milliseconds, for whoever comes.
  private func arm(_ owner: WireClient, _ round: Int) throws {
    let faults = [
      "@error = 1205, @statement = N'update accounts'",
      "@error = 1222, @statement = N'insert into transfers'",
      "@action = 'reset', @moment = 'after commit'", "@error = 40197, @moment = 'commit'",
      "@action = 'reset', @statement = N'select sum', @rows = 0",
      "@action = 'close', @statement = N'insert into transfers'",
      "@error = 8115, @statement = N'update accounts', @times = 2",
    ]
    _ = try owner("exec sp_proofload_fault \(faults[round % faults.count])")
  }

  private func expectRight(_ owner: WireClient, _ book: Book) throws {
    let total = String(Self.accounts * Self.amount)
    #expect(try owner("select cast(sum(amount) as varchar(20)) from accounts") == "\(hex(total)); #1")
    #expect(Set(book.sums.keys) == [hex(total)], "\(book.sums)")
    let rows = try owner("select cast(id as varchar(20)) from transfers").split(separator: "; ")
    let stored = Set(rows.dropLast().compactMap { Int(text($0)) })
    #expect(rows.last == "#\(stored.count)")
    #expect(book.acknowledged.subtracting(stored).isEmpty, "lost")
    #expect(stored.subtracting(book.acknowledged).subtracting(book.unknown).isEmpty, "invented")
    #expect(!book.unknown.isEmpty)
    #expect(book.acknowledged.count > 100)
    // Some of them for the real reason.
    #expect(book.errors["1205", default: 0] > 0, "\(book.errors)")
    let locks =
      "select cast(count(*) as varchar(20)) from sys.dm_tran_locks where request_session_id <> @@spid"
    #expect(try owner(locks) == "\(hex("0")); #1")
    #expect(
      try owner("select cast(count(*) as varchar(20)) from sys.dm_exec_sessions where session_id > 50")
        == "\(hex("1")); #1")
  }

  /// A text's bytes as `WireClient` shows them.
  private func hex(_ text: String) -> String {
    text.utf8.map { String($0, radix: 16) }.joined(separator: ",")
  }

  private func text(_ hex: Substring) -> String {
    String(decoding: hex.split(separator: ",").compactMap { UInt8($0, radix: 16) }, as: UTF8.self)
  }

  private struct Client {
    let number: Int
    let server: SimulatedServer
    let book: Guarded<Book>
    private var connection: WireClient?
    private var transfers = 0
    private var random: UInt64

    init(number: Int, server: SimulatedServer, book: Guarded<Book>) {
      self.number = number
      self.server = server
      self.book = book
      random = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    private mutating func draw(_ count: Int) -> Int {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      return Int(random % UInt64(count))
    }

    mutating func close() {
      connection?.socket.shutdown()
      connection = nil
    }

    /// The answer to a batch; nil if the connection is gone, or the transaction with an error.
    private mutating func ask(_ text: String) -> String? {
      guard let answer = try? connection?(text), answer != "closed" else {
        note("closed")
        close()
        return nil
      }
      guard let error = answer.split(separator: "; ").first(where: { $0.hasPrefix("error ") }) else {
        return answer
      }
      note(String(error.dropFirst("error ".count)))
      return nil
    }

    private func note(_ error: String) { book.withLock { $0.errors[error, default: 0] += 1 } }

    mutating func work() {
      if connection?.isClosed != false {
        connection = nil
        guard let client = try? WireClient(server), let answer = try? client.logIn(), !answer.isEmpty else {
          return note("login")
        }
        connection = client
      }
      if draw(8) == 0 { look() } else { transfer() }
      // Whatever it was, it is over.
      if connection != nil { _ = ask("if @@trancount > 0 rollback") }
    }

    /// All accounts at a time: in a snapshot, or under locks on all of them.
    private mutating func look() {
      let sum = "select cast(sum(amount) as varchar(20)) from accounts"
      let text =
        draw(2) == 0
        ? "set transaction isolation level snapshot \(sum) set transaction isolation level read committed"
        : "\(sum) with (tablock, holdlock)"
      guard let answer = ask(text), answer.hasSuffix("; #1") else { return }
      book.withLock { $0.sums[String(answer.dropLast(4)), default: 0] += 1 }
    }

    private mutating func transfer() {
      let (from, to, moved) = (draw(CrowdTests.accounts), draw(CrowdTests.accounts), draw(20))
      transfers += 1
      let id = number * 1_000_000 + transfers
      guard ask("begin tran update accounts set amount = amount - \(moved) where id = \(from)") != nil,
        ask("update accounts set amount = amount + \(moved) where id = \(to)") != nil,
        ask("insert into transfers values (\(id), \(moved))") != nil
      else { return }
      let committed = ask("commit")
      book.withLock { book in
        if committed != nil {
          book.acknowledged.insert(id)
        } else if connection == nil {
          book.unknown.insert(id)
        }
      }
    }
  }
}
