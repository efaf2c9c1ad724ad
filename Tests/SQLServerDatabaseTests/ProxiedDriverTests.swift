import Databases
import FaultInjection
import Rows
import Runtime
import TDS
import Testing
import WireProtocols

@testable import SQLServerDatabase

/// FreeTDS behind the fault proxy: what the proxy makes of its messages, and what the driver makes of the faults.
@Suite struct ProxiedDriverTests {
  private static let table = StubTable([item("id", "int"), item("v", "nvarchar(10)")], key: ["id"])
  private static let number = Column("number", .int)

  /// Every moment, and what becomes of it.
  private final class Injector: FaultInjector {
    private let rule: @Sendable (Moment) -> Verdict
    private let seen = Guarded([Moment]())

    init(_ rule: @escaping @Sendable (Moment) -> Verdict) { self.rule = rule }

    func verdict(at moment: Moment) -> Verdict {
      seen.withLock { $0.append(moment) }
      return rule(moment)
    }

    /// What strikes is of no interest here, but must be there.
    var events: [FaultEvent] {
      guard let moment = seen.withLock({ $0.last }) else { return [] }
      return [FaultEvent(number: 1, at: 0, rule: "test", moment: moment, verdict: rule(moment))]
    }

    /// Without those that only the wire has.
    var calls: [String] {
      seen.withLock { $0 }.filter { $0.operation != .statement && $0.operation != .catalog }.map { moment in
        [moment.operation.rawValue, moment.table, moment.batch.map(String.init), moment.unit]
          .compactMap { $0 }.joined(separator: " ")
      }
    }
  }

  private struct Stage {
    let server: StubServer
    let injector: Injector
    let proxy: FaultProxy

    init(_ rule: @escaping @Sendable (Moment) -> Verdict = { _ in .pass }) throws {
      let rows = (0..<300).map { [low($0, 4), low(0x41, 2)] as [[UInt8]?] }
      let columns = [Column("id", .int), Column("v", .varbinary(20))]
      server = try StubServer(ProxiedDriverTests.table) { request in
        guard case .batch(let text) = request else { return nil }
        if text.hasPrefix("SELECT [id]") { return .tokens(Reply.result(columns, rows)) }
        if text.contains("sp_getapplock") {
          return .tokens(Reply.result([ProxiedDriverTests.number], [[low(0, 4)]]))
        }
        return text.hasPrefix("DECLARE") || text.hasPrefix("DELETE") ? .tokens(Reply.done(1)) : nil
      }
      injector = Injector(rule)
      let upstream = try #require(
        UInt16(server.url.dropFirst("sqlserver://sa:secret@127.0.0.1:".count).dropLast(4)))
      proxy = try FaultProxy(
        listen: .tcp(host: "127.0.0.1", port: 0), upstream: .tcp(host: "127.0.0.1", port: upstream),
        injector: injector, codec: { TDSCodec(side: .target) })
    }

    func driver() throws -> SQLServerDriver {
      try SQLServerDriver(try SQLServerURL("sqlserver://sa:secret@\(proxy.address)/db1"), .write)
    }
  }

  private static func striking(
    _ operation: FaultInjection.Operation, batch: Int? = nil, _ verdict: Verdict
  ) throws -> Stage {
    try Stage { $0.operation == operation && $0.batch == batch ? verdict : .pass }
  }

  private static let range = TableRange(table: StubTable.name, column: nil, range: .all)
  private static let entry = LedgerEntry(
    unit: UnitKey(table: "t", index: 2), range: .all, state: .begun, attempt: 1, signature: "s",
    updated: "2026-01-01T00:00:00Z")

  @Test func `the messages of a unit are the moments of its calls`() throws {
    let stage = try Stage()
    defer { stage.proxy.stop() }
    var driver = try stage.driver()
    try driver.takeFence(job: "j")
    _ = try driver.ledger(job: "j")
    try driver.claim(Self.entry, job: "j")
    try driver.begin()
    #expect(try driver.delete(Self.range) == 1)
    #expect(try write(&driver, Self.table, (0..<2000).map { ["\($0)", "x"] }) == 2000)
    try driver.record(Self.entry, job: "j")
    try driver.commit()
    try driver.rollback()
    driver.close()
    #expect(
      stage.injector.calls == [
        "connect", "fence", "ledger", "ledger t#2", "begin t#2", "delete t t#2", "write t t#2",
        "write t 1 t#2",
        "acknowledge t t#2", "ledger t#2", "commit t t#2",
      ])
  }

  @Test func `rows are read through the proxy, and what comes behind them is no end`() throws {
    var stage = try Stage()
    var driver = try stage.driver()
    #expect(try texts(&driver, try Self.table.read()).count == 300)
    #expect(stage.injector.calls == ["connect", "read t", "read t 1"])
    driver.close()
    stage.proxy.stop()

    stage = try Self.striking(.read, batch: 1, .fail(.kind(.deadlock), .after))
    defer { stage.proxy.stop() }
    let error = try failure {
      var driver = try stage.driver()
      _ = try texts(&driver, try Self.table.read())
    }
    #expect(error.code == "1205" && error.errorClass == .conflict)
  }

  @Test func `a load that fails leaves a connection that goes on`() throws {
    for (operation, batch) in [
      (FaultInjection.Operation.write, 1 as Int?), (.acknowledge, nil), (.write, nil),
    ] {
      let stage = try Self.striking(operation, batch: batch, .fail(.kind(.deadlock), .before))
      defer { stage.proxy.stop() }
      var driver = try stage.driver()
      try driver.begin()
      var code: String?
      do {
        try write(&driver, Self.table, (0..<2000).map { ["\($0)", "x"] })
      } catch let error as DatabaseError {
        code = error.code
      }
      #expect(code == "1205", "\(operation) \(batch ?? 0)")
      #expect(stage.server.batches.last == "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION")
      try driver.rollback()
      #expect(try driver.delete(Self.range) == 1)
      driver.close()
    }
  }

  @Test func `nobody knows of a commit whose answer is lost`() throws {
    let stage = try Self.striking(.commit, .cut(.after))
    defer { stage.proxy.stop() }
    let error = try failure {
      var driver = try stage.driver()
      try driver.begin()
      try driver.commit()
    }
    #expect(error.errorClass == .connectionLost && error.outcome == .unknown)
    #expect(stage.server.batches.last == "COMMIT TRANSACTION")
  }

  @Test func `a login is refused in the server's words`() throws {
    for (kind, code) in [(ErrorKind.tooManyConnections, "10928"), (.shutdown, "6005")] {
      let stage = try Self.striking(.connect, .fail(.kind(kind), .before))
      defer { stage.proxy.stop() }
      let error = try failure { _ = try stage.driver() }
      #expect(error.code == code)
    }
  }
}
