import Glibc
import Runtime
import TestSupport
import Testing

@Suite struct SocketTests {
  private static func readAll(_ socket: Socket) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 100)
    for _ in 0..<1_000 {
      switch buffer.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .moved(let count): bytes += buffer[..<count]
      case .wouldBlock: usleep(1_000)
      case .ended: return bytes
      }
    }
    return bytes
  }

  private static func pair(_ address: SocketAddress) throws -> (client: Socket, server: Socket) {
    let listener = try Socket.listen(on: address)
    let target = listener.port.map { SocketAddress.tcp(host: "127.0.0.1", port: $0) } ?? address
    let client = try Socket.connect(to: target)
    return (client, try #require(try listener.accept()))
  }

  @Test func `bytes arrive over TCP and over a path, up to the end`() throws {
    let directory = try TemporaryDirectory()
    for address in [SocketAddress.tcp(host: "127.0.0.1", port: 0), .path(directory.file("s"))] {
      let (client, server) = try Self.pair(address)
      let sent = (0..<250).map { UInt8($0) }
      #expect(sent.withUnsafeBytes(client.write) == .moved(250))
      client.endWriting()
      #expect(Self.readAll(server) == sent)
      #expect([1].withUnsafeBytes(server.write) != .ended)
    }
  }

  @Test func `after a reset nothing is sent or read`() throws {
    let (client, server) = try Self.pair(.tcp(host: "127.0.0.1", port: 0))
    server.reset()
    #expect(Self.readAll(client).isEmpty)
    for _ in 0..<100 where [1].withUnsafeBytes(client.write) != .ended { usleep(1_000) }
    #expect([1].withUnsafeBytes(client.write) == .ended)
    #expect(server.pollDescriptor == -1)
  }

  @Test func `whoever waits for a client hears of the end`() throws {
    let directory = try TemporaryDirectory()
    for address in [SocketAddress.tcp(host: "127.0.0.1", port: 0), .path(directory.file("s"))] {
      let listener = try Socket.listen(on: address)
      try SystemThread.start(name: "ending") {
        usleep(20_000)
        listener.shutdown()
      }
      #expect(try listener.accept() === nil)
    }
  }

  @Test func `what cannot be used is named`() {
    func reason(_ body: () throws -> Socket) -> String {
      do {
        _ = try body()
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(
      reason { try Socket.connect(to: .tcp(host: "127.0.0.1", port: 1)) }.contains(
        "127.0.0.1:1: Connection refused"))
    #expect(reason { try Socket.listen(on: .path(String(repeating: "x", count: 200))) }.contains("too long"))
    #expect(
      reason { try Socket.listen(on: .tcp(host: "192.0.2.1", port: 1)) }.contains("listen on 192.0.2.1:1"))
  }
}
