import Databases
import FaultInjection
import Foundation
import PostgresDatabase
import Runtime
import TestSupport
import Testing
import WireProtocols

@Suite(PostgresServer.isNeeded, .blocks) struct ConnectionsTests {
  @Test func `many connections at once do not mix`() async throws {
    let database = try await ProxiedDatabase()
    defer { database.proxy.stop() }
    let url = database.url
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<24 {
        group.addTask {
          let thread = ConnectionThread(name: "client")
          try await Client(thread).ask(number, url)
        }
      }
      try await group.waitForAll()
    }
    #expect(database.proxy.status.accepted == 24)
    try await eventually { database.proxy.status.open == 0 }
  }

  /// A driver on a thread of its own.
  private actor Client {
    private let thread: ConnectionThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ thread: ConnectionThread) { self.thread = thread }

    func ask(_ number: Int, _ url: String) throws {
      var driver = try PostgresEndpoint(url: url).driver(.read)
      defer { driver.close() }
      for round in 0..<20 {
        let answer = try driver.execute("SELECT '\(number)-\(round)' || repeat('x', \(number * 1000))").rows
        let text = answer.first?.first?.text ?? ""
        #expect(text.hasPrefix("\(number)-\(round)x") || number == 0)
        #expect(text.utf8.count == "\(number)-\(round)".count + number * 1000)
      }
    }
  }

  @Test func `thousands of connections leave no thread and no descriptor behind`() async throws {
    let refusing = try await ProxiedDatabase(ScriptedFaults { _, _ in .cut(.before) })
    defer { refusing.proxy.stop() }
    func count(_ folder: String) throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(folder)").count
    }
    let before = (threads: try count("task"), files: try count("fd"))
    let startup: [UInt8] = [0, 0, 0, 17, 0, 3, 0, 0] + Array("user\0me\0\0".utf8)
    for _ in 0..<3_000 {
      let client = try Socket.connect(to: refusing.proxy.address)
      _ = startup.withUnsafeBytes(client.write)
      client.close()
    }
    try await eventually { refusing.proxy.status.accepted == 3_000 && refusing.proxy.status.open == 0 }
    // Other tests run meanwhile, and have some of their own: one has 200 clients of a server in this process, for
    // seconds, or for the ten minutes of a thorough run.
    let isThorough = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil
    try await eventually(within: .seconds(isThorough ? 900 : 60)) {
      try count("task") < before.threads + 200 && count("fd") < before.files + 200
    }
  }

  @Test func `a proxy that stops breaks what is open, and frees its port`() async throws {
    let database = try await ProxiedDatabase()
    var driver = try database.driver()
    defer { driver.close() }
    try driver.begin()
    database.proxy.stop()
    #expect(database.proxy.status.open == 0)
    #expect(throws: DatabaseError.self) { try driver.execute("SELECT 1") }
    #expect(throws: DatabaseError.self) {
      var second = try database.driver()
      second.close()
    }
    let again = try FaultProxy(
      listen: database.proxy.address, upstream: database.proxy.address, injector: ScriptedFaults(),
      codec: { PostgresCodec(side: .target) })
    again.stop()
  }

  @Test func `a server that cannot be reached is named`() async throws {
    let proxy = try FaultProxy(
      listen: .tcp(host: "127.0.0.1", port: 0), upstream: .tcp(host: "127.0.0.1", port: 1),
      injector: ScriptedFaults(), codec: { PostgresCodec(side: .target) })
    defer { proxy.stop() }
    do {
      _ = try PostgresEndpoint(url: "postgres://me@\(proxy.address)/d").driver(.read)
      Issue.record("it connected")
    } catch {
      #expect(error.errorClass == .connectionLost)
      #expect(error.message.contains("127.0.0.1:1"), "\(error)")
    }
  }
}
