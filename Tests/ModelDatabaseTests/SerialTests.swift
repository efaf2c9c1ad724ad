import Databases
import Rows
import Runtime
import Testing

@testable import ModelDatabase

/// Random transactions of several sessions, interleaved statement by statement, against a dictionary on
/// which the committed ones are done one after the other.
@Suite struct SerialTests {
  enum Statement {
    case delete(ClosedRange<Int64>)
    case insert([Int64])
    case read(ClosedRange<Int64>)
  }

  struct Client {
    let session: Int
    /// What it waits to be able to do.
    var pending: Statement?
    /// What it did in the open transaction, with what it was told.
    var done: [(Statement, found: Int)] = []
    var isOpen = false
  }

  struct World {
    var server: ModelServer
    var clients: [Client] = []
    var seed: Seed
    var serial: [Int64: Int32] = [:]
    var number: Int32 = 0
    var commits = 0
    var conflicts = 0
    var waits = 0
    var values: [Int64: Int32] = [:]

    static let site = CallSite(engine: Engine(rawValue: "model"), endpoint: "model", operation: "test")

    init(_ seed: UInt64) throws {
      var options = ModelOptions()
      options.locksGaps = true
      options.isolation = .locking
      options.errorEffect = seed % 2 == 0 ? .abortsTransaction : .undoesStatement
      server = ModelServer(options: options, time: JumpingTime(), seed: Seed(seed))
      server.store.add(Numbers.schema(), types: [.int64, .int32])
      self.seed = Seed(seed)
      for _ in 0..<4 { try connect() }
    }

    mutating func connect() throws {
      clients.append(Client(session: try server.connect(client: 0, .write, World.site)))
    }

    mutating func draw(_ count: Int) -> Int { Int(seed.next() % UInt64(count)) }

    mutating func range() -> ClosedRange<Int64> {
      let first = Int64(draw(20))
      return first...(first + Int64(draw(6)))
    }

    mutating func statement() -> Statement {
      switch draw(5) {
      case 0: .read(range())
      case 1, 2: .delete(range())
      default:
        // Sometimes a key twice, sometimes one that is there.
        .insert((0...draw(3)).map { _ in Int64(draw(24)) })
      }
    }

    /// Rows found, deleted or inserted; nil if it waits.
    mutating func run(_ statement: Statement, _ session: Int) throws(DatabaseError) -> Int? {
      let site = World.site
      number += 1
      let value = number
      let attempt = try server.attempt(session, site) { server, index throws(DatabaseError) -> Attempt<Int> in
        switch statement {
        case .delete(let keys):
          return try server.delete(index, Numbers.range(keys.lowerBound, keys.upperBound + 1), site)
        case .insert(let keys):
          if server.sessions[index].writer == nil {
            _ = try server.openWrite(index, Numbers.name, Numbers.columns, site)
          }
          guard let batch = try? Numbers.batch(keys.map { ($0, value) }) else { return .done(0) }
          if case .blocked = try server.write(index, batch, site) { return .blocked }
          return .done(keys.count)
        case .read(let keys):
          if server.sessions[index].cursor == nil {
            let range = Numbers.range(keys.lowerBound, keys.upperBound + 1)
            if case .blocked = try server.openRead(index, Numbers.read(range), site) { return .blocked }
          }
          guard case .done(let batch) = try server.nextBatch(index, site) else { return .blocked }
          server.sessions[index].cursor = nil
          return .done(batch?.rowCount ?? 0)
        }
      }
      guard case .done(let found) = attempt else { return nil }
      if case .insert(let keys) = statement { for key in keys { values[key] = value } }
      return found
    }

    mutating func step() throws {
      let index = draw(clients.count)
      let session = clients[index].session
      do throws(DatabaseError) {
        if let pending = clients[index].pending {
          try attempt(pending, index)
        } else if !clients[index].isOpen {
          _ = try server.attempt(session, World.site) { server, index throws(DatabaseError) in
            try server.begin(index, World.site)
          }
          clients[index].isOpen = true
        } else if draw(4) == 0 {
          try finish(index)
        } else {
          try attempt(statement(), index)
        }
      } catch {
        clients[index].pending = nil
        guard error.code != "23505" || server.options.errorEffect == .abortsTransaction else { return }
        if error.errorClass == .conflict { conflicts += 1 }
        rollback(index)
      }
    }

    mutating func attempt(_ statement: Statement, _ index: Int) throws(DatabaseError) {
      if let found = try run(statement, clients[index].session) {
        clients[index].pending = nil
        clients[index].done.append((statement, found))
      } else {
        clients[index].pending = statement
        waits += 1
      }
    }

    mutating func rollback(_ index: Int) {
      if let own = server.index(of: clients[index].session) { server.rollback(own) }
      clients[index].done = []
      clients[index].isOpen = false
    }

    mutating func finish(_ index: Int) throws(DatabaseError) {
      if draw(5) == 0 { return rollback(index) }
      _ = try server.attempt(clients[index].session, World.site) { server, own throws(DatabaseError) in
        try server.commit(own, World.site)
        return .done(())
      }
      commits += 1
      // The same, alone: it finds what it found, and leaves what it left.
      for (statement, found) in clients[index].done {
        switch statement {
        case .delete(let keys):
          let gone = serial.keys.filter(keys.contains)
          #expect(gone.count == found)
          for key in gone { serial[key] = nil }
        case .insert(let keys):
          for key in keys {
            #expect(serial[key] == nil)
            serial[key] = values[key]
          }
        case .read: break
        }
      }
      clients[index].done = []
      clients[index].isOpen = false
    }

    mutating func crash() throws {
      server.crash()
      clients = []
      for _ in 0..<4 { try connect() }
    }

    /// Whether what is committed is what the serial run has left.
    var isSerial: Bool {
      server.store.tables[0].rows.map(\.key) == serial.keys.sorted().map { RowKey($0) }
    }
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `what is committed is what the transactions do one after the other`(_ seed: UInt64) throws {
    var world = try World(seed)
    for step in 0..<600 {
      try world.step()
      if !world.isSerial { Issue.record("step \(step) left other rows") }
      if step % 150 == 149 { try world.crash() }
    }
    #expect(world.commits > 20)
    #expect(world.waits > 20)
    for client in world.clients {
      if let index = world.server.index(of: client.session) { world.server.remove(index) }
    }
    #expect(world.server.locks.count == 0)
    #expect(world.server.locks.waiting == [])
  }

  @Test func `some of those transactions deadlock`() throws {
    var conflicts = 0
    for seed in 1...10 as ClosedRange<UInt64> {
      var world = try World(seed)
      for _ in 0..<600 { try world.step() }
      conflicts += world.conflicts
    }
    #expect(conflicts > 10)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `the same seed gives the same history`(_ seed: UInt64) throws {
    func history() throws -> [Int] {
      var world = try World(seed)
      var trace: [Int] = []
      for _ in 0..<300 {
        try world.step()
        trace +=
          [world.commits, world.waits, world.conflicts, world.server.locks.count] + world.server.locks.waiting
      }
      return trace
    }
    #expect(try history() == history())
  }
}
