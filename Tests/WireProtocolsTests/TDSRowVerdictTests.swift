import Databases
import FaultInjection
import TDS
import Testing
import WireProtocols

/// Faults that strike rows on their way.
@Suite struct TDSRowVerdictTests {
  private static let deadlock = Verdict.fail(.kind(.deadlock), .before)
  private static let always = "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION"

  private static func striking(
    _ operation: FaultInjection.Operation, _ verdict: Verdict, batch: Int? = nil,
    _ sample: TDSSample = TDSSample()
  ) throws -> Wire {
    try sample.ready { $0.operation == operation && $0.batch == batch ? verdict : .pass }
  }

  @Test func `rows come, and then the error does, with the rest thrown away`() throws {
    for size in [512, 4096, 32767] {
      for (effect, batch, rows) in [
        (Effect.before, 1, 0), (.before, 2, 5042), (.after, 1, 5042), (.after, 2, 6000),
      ] {
        let sample = TDSSample(packetSize: size)
        var wire = try Self.striking(.read, .fail(.kind(.deadlock), effect), batch: batch, sample)
        try wire.client(sample.batch("SELECT a, b FROM t"))
        _ = wire.takeToServer()
        let answer = sample.rows([Int](repeating: 100, count: 6000))
        try wire.server(Array(answer.dropLast(1)))
        try wire.server(Array(answer.suffix(1)))
        // Where the reply ends in the same packet, there is nothing to stop.
        if try sample.asked(wire.toServer).first == "attention" {
          #expect(try sample.told(wire.toClient) == "")
          _ = wire.takeToServer()
          try wire.server(sample.done(.attention))
        }
        #expect(try sample.asked(wire.toServer) == [Self.always])
        try wire.server(sample.done())
        let told = try sample.told(wire.toClient)
        #expect(told == "columns" + String(repeating: " row", count: rows) + " error 1205 done 2")
        #expect(wire.ending == nil)
      }
    }
  }

  @Test func `an error after a read has begun comes in the place of its first row`() throws {
    let sample = TDSSample()
    var wire = try Self.striking(.read, .fail(.kind(.deadlock), .after))
    try wire.client(sample.call(.executeSQL, [TDSSample.text("SELECT a FROM t")]))
    _ = wire.takeToServer()
    try wire.server(sample.rows([1, 2]))
    #expect(try sample.asked(wire.toServer) == [Self.always])
    try wire.server(sample.done())
    #expect(try sample.told(wire.toClient) == "columns error 1205 proc 2")
  }

  @Test func `a client that gives up while its error is made hears of both`() throws {
    let sample = TDSSample(packetSize: 512)
    var wire = try Self.striking(.read, Self.deadlock, batch: 1, sample)
    try wire.client(sample.batch("SELECT a FROM t"))
    let answer = sample.rows([Int](repeating: 100, count: 20))
    try wire.server(Array(answer.prefix(600)))
    try wire.client(PacketWriter.attention)
    #expect(try sample.asked(wire.toServer) == ["SELECT a FROM t", "attention"])
    try wire.server(Array(answer.dropFirst(600)) + sample.done(.attention))
    try wire.server(sample.done())
    #expect(try sample.told(wire.toClient) == "columns error 1205 done 2 | done 32")
  }

  @Test func `a client that gives up before its error comes hears that it was heard`() throws {
    for isAnsweredApart in [true, false] {
      let sample = TDSSample(packetSize: 512)
      var wire = try Self.striking(.read, .fail(.kind(.deadlock), .after), batch: 1, sample)
      try wire.client(sample.batch("SELECT a FROM t"))
      let answer = sample.rows([Int](repeating: 100, count: 20))
      try wire.server(Array(answer.prefix(600)))
      try wire.client(PacketWriter.attention)
      let rest = Array(answer.dropFirst(600))
      // The last DONE is the end of a batch that was stopped, or the reply was complete before the attention came.
      if isAnsweredApart { try wire.server(rest + sample.done(.attention)) }
      if !isAnsweredApart {
        var stopped = rest
        stopped[stopped.count - 12] = 0x20
        try wire.server(stopped)
      }
      let told = try sample.told(wire.toClient)
      let rows = "columns" + String(repeating: " row", count: 20)
      #expect(told == rows + (isAnsweredApart ? " done 16 | done 32" : " done 32"))
      // The next read is struck again.
      try wire.client(sample.batch("SELECT a FROM t"))
      #expect(wire.operations.suffix(2) == ["read t 1", "read t"])
      try wire.server(sample.rows([1]))
      #expect(wire.operations.last == "read t 1")
    }
  }

  @Test(arguments: [0, 1, 2, 206, 207, 208, 413, 414, 415, 1 << 20])
  func `rows are cut at any byte`(count: Int) throws {
    let sample = TDSSample(packetSize: 512)
    let rows = [Int](repeating: 100, count: 3)
    var wire = try Self.striking(.read, .cutWithin(bytes: count), batch: 1, sample)
    try wire.client(sample.batch("SELECT a FROM t"))
    let answer = sample.rows(rows)
    try wire.server(answer)
    #expect(wire.ending == .orderly)
    #expect(answer.starts(with: wire.toClient))
    // A row is its token, five bytes, two of length and the text.
    #expect(wire.toClient.count(where: { $0 == 0x41 }) == Self.letters(min(count, 3 * 208)))

    wire = try Self.striking(.write, .cutWithin(bytes: count), batch: 1, sample)
    try wire.client(sample.batch("insert bulk t (a INT)"))
    try wire.server(sample.done())
    _ = wire.takeToServer()
    let load = sample.load(rows)
    try wire.client(load)
    #expect(wire.ending == .orderly)
    #expect(load.starts(with: wire.toServer) && wire.toServer.count < load.count)
    let letters = wire.toServer.count(where: { $0 == 0x41 })
    #expect(count < 3 * 208 ? letters == Self.letters(count) : letters == Self.letters(3 * 208) - 1)
  }

  /// Bytes of texts in the first bytes of rows.
  private static func letters(_ count: Int) -> Int {
    let rest = count % 208
    return count / 208 * 200 + max(0, rest - 8)
  }
}
