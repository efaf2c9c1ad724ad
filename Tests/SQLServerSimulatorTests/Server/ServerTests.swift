import Foundation
import Runtime
import SQLServerSimulator
import TDS
import TestSupport
import Testing

@Suite(.blocks) struct ServerTests {
  private static func server(_ change: (inout ServerSettings) -> Void = { _ in }) throws -> SimulatedServer {
    var settings = ServerSettings()
    settings.databases = ["db"]
    change(&settings)
    return try SimulatedServer(on: .tcp(host: "127.0.0.1", port: 0), settings)
  }

  @Test(arguments: TDSVersion.allCases)
  func `clients of all versions log in and get rows`(version: TDSVersion) throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try WireClient(server, version)
    let answer = try client.logIn()
    #expect(
      answer.contains { if case .loginAck(let ack) = $0 { ack.version == version.rawValue } else { false } })
    #expect(try client("select cast(258 as int), cast(null as int)") == "2,1,0,0 NULL; #1")
    let begun = version.hasTransactionChanges ? "begin; rollback" : ""
    #expect(try client("begin tran rollback") == begun)
  }

  @Test func `connections that have ended leave no descriptor behind`() throws {
    let server = try Self.server()
    defer { server.stop() }
    // Each has a pipe, with two ends; other tests have sockets and files.
    func pipes() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
        let file = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
        return file?.hasPrefix("pipe:") == true
      }
    }
    let before = try pipes()
    for _ in 0..<300 {
      let client = try WireClient(server)
      _ = try client.logIn()
      #expect(try client("select 1 where 1 = 0") == "#0")
      client.socket.close()
    }
    let time = SystemTime()
    let deadline = time.now + .seconds(30)
    while try pipes() > before + 200, time.now < deadline { usleep(20_000) }
    #expect(try pipes() <= before + 200)
  }

  @Test func `a wrong password, an unknown database and a refused login say so and close`() throws {
    let server = try Self.server { $0.password = "secret" }
    defer { server.stop() }
    func tokens(_ database: String, _ password: String) throws -> String {
      let client = try WireClient(server)
      let text = try client.logIn(database: database, password: password).compactMap(WireClient.text)
      let isRefused = text.contains("failed")
      let isClosed = isRefused && client.receive().isEmpty && client.isClosed
      return text.joined(separator: "; ") + (isClosed ? "; closed" : "")
    }
    #expect(try tokens("db", "wrong") == "error 18456; failed; closed")
    #expect(try tokens("nosuch", "secret") == "error 4060; error 18456; failed; closed")
    #expect(try tokens("db", "secret").contains("info 5701"))
    server.core.failOver(refusing: .seconds(60), readOnly: .zero)
    #expect(try tokens("db", "secret") == "error 40613; error 18456; failed; closed")
  }

  @Test func `an attention ends what runs, what waits and what is sent, and is answered`() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try WireClient(server)
    _ = try client.logIn()
    client.begin("waitfor delay '00:01:00'")
    client.send(PacketWriter.attention)
    #expect(try client.reply() == "attention")
    #expect(try client("select 1") == "1,0,0,0; #1")
    client.send(PacketWriter.attention)
    #expect(try client.reply() == "attention")
    let other = try WireClient(server)
    _ = try other.logIn()
    let lock = "exec sp_getapplock 'a', 'Exclusive', 'Session'"
    _ = try other(lock)
    client.begin(lock)
    client.send(PacketWriter.attention)
    #expect(try client.reply().hasSuffix("attention"))
  }

  @Test func `a session that is killed gets 596 and its connection ends`() throws {
    let server = try Self.server()
    defer { server.stop() }
    let (client, other) = (try WireClient(server), try WireClient(server))
    _ = try client.logIn()
    _ = try other.logIn()
    let number = try client("select @@spid").split(separator: ",")[0]
    #expect(try other("kill \(try #require(Int(number, radix: 16)))") == "")
    #expect(try client.reply() == "error 596; failed")
    #expect(try client("select 1") == "closed")
  }

  @Test func `a failover ends all connections, refuses, and is read-only before it writes again`() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try WireClient(server)
    _ = try client.logIn()
    #expect(try client("exec sp_proofload_failover @refuse_ms = 0, @read_only_ms = 60000") == "closed")
    let next = try WireClient(server)
    #expect(try next.logIn().contains { if case .loginAck = $0 { true } else { false } })
  }

  @Test func `a fault that waits for more rows than there are strikes at their end`() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try WireClient(server)
    _ = try client.logIn()
    for rows in [1, 2, 3] {
      _ = try client("exec sp_proofload_fault @error = 1222, @statement = N'values', @rows = \(rows)")
      let sent = ["1,0,0,0", "2,0,0,0"].prefix(rows)
      #expect(
        try client("select x from (values (1), (2)) t (x)")
          == (sent + ["error 1222", "failed"]).joined(separator: "; "))
    }
    #expect(try client("select x from (values (1), (2)) t (x)") == "1,0,0,0; 2,0,0,0; #2")
  }

  @Test func `output parameters come by name and by place`() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try WireClient(server)
    _ = try client.logIn()
    func parameter(_ name: String, _ text: String, isOutput: Bool = false) -> RPCRequest.Parameter {
      var value = TDSWriter()
      value.utf16(text)
      return RPCRequest.Parameter(name, .nvarchar(100), value.bytes, status: isOutput ? .output : [])
    }
    var writer = TDSWriter()
    writer.rpc(
      RPCRequest([
        RPCRequest.Call(
          .number(RPCRequest.Procedure.executeSQL.rawValue),
          [
            parameter("", "set @b = @a + N'b'; set @c = @a + N'c'"),
            parameter("", "@a nvarchar(9), @b nvarchar(9) output, @c nvarchar(9) output"),
            parameter("", "x"), parameter("", "", isOutput: true), parameter("", "", isOutput: true),
          ])
      ]))
    client.send(PacketWriter.packets(.rpc, writer.bytes))
    let outputs = try ReplyToken.read(client.receive(), .v74).compactMap { token -> String? in
      guard case .returnValue(let returned, let value) = token else { return nil }
      return "\(returned.ordinal) \(String(decoding: value ?? [], as: UTF8.self))"
    }
    #expect(outputs == ["3 x\0b\0", "4 x\0c\0"])
  }

  @Test func `a connection that is reset begins anew`() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try WireClient(server)
    _ = try client.logIn()
    #expect(try client("begin tran set xact_abort on") == "begin")
    var writer = TDSWriter()
    writer.batch(BatchRequest("select @@trancount"))
    client.send(PacketWriter.packets(.batch, writer.bytes, status: .resetConnection))
    #expect(try client.reply() == "reset; 0,0,0,0; #1")
  }

  @Test func `a reply of many packets arrives whole, in the packet size that was agreed on`() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try WireClient(server)
    _ = try client.logIn(packetSize: 512)
    let digits = "(values(0),(1),(2),(3),(4),(5),(6),(7),(8),(9))"
    let rows = try client(
      "select 1 from \(digits) a(x), \(digits) b(x), \(digits) c(x), \(digits) d(x)")
    #expect(rows.hasSuffix("; #10000"))
    #expect(rows.split(separator: ";").count == 10_001)
  }

  @Test func `bytes that are no TDS end the connection, and nobody else's`() throws {
    let server = try Self.server()
    defer { server.stop() }
    let client = try WireClient(server)
    _ = try client.logIn()
    for garbage in [
      [UInt8](repeating: 0xFF, count: 100), Array("GET / HTTP/1.1\r\n\r\n".utf8),
      [0x10, 0x01, 0, 9, 0, 0, 0, 0, 1],
    ] {
      let stranger = try WireClient(server)
      stranger.send(garbage)
      #expect(stranger.receive().isEmpty)
      #expect(stranger.isClosed)
    }
    #expect(try client("select 1") == "1,0,0,0; #1")
  }
}
