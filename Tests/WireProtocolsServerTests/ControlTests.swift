import Databases
import FaultInjection
import Foundation
import PostgresDatabase
import Runtime
import TestSupport
import Testing
import WireProtocols

@Suite(PostgresServer.isNeeded, .blocks) struct ControlTests {
  private struct NoPlan: Error, CustomStringConvertible {
    let description = "there is no such plan"
  }

  /// A proxy that deadlocks every statement on the table `t`, and a client of its control socket.
  private struct Controlled {
    let directory: TemporaryDirectory
    let database: ProxiedDatabase
    let control: ControlSocket
    let stop = StopSignal()
    let log: FaultLog

    init() async throws {
      directory = try TemporaryDirectory()
      let log = try FaultLog(path: directory.file("events.jsonl"))
      self.log = log
      database = try await ProxiedDatabase(
        ScriptedFaults { moment, _ in moment.table == "t" ? .fail(.kind(.deadlock), .before) : .pass },
        heard: { log.add(line: $0.jsonLine) })
      _ = try database.psql("CREATE TABLE t (id int)")
      let stop = stop
      control = try ControlSocket(
        path: directory.file("control"), proxy: database.proxy,
        load: { name in
          guard name == "nothing at all" else { throw NoPlan() }
          return ScriptedFaults()
        }, stop: { stop.request() })
    }

    func end() {
      control.close()
      database.proxy.stop()
    }

    /// Says one line and reads what comes until the last line of the answer.
    func ask(_ line: String) throws -> [[String: Any]] {
      let socket = try Socket.connect(to: .path(directory.file("control")))
      _ = Array("\(line)\n".utf8).withUnsafeBytes(socket.write)
      var answer: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      for _ in 0..<1_000 {
        switch buffer.withUnsafeMutableBytes({ socket.read(into: $0) }) {
        case .moved(let count): answer += buffer[..<count]
        case .wouldBlock: usleep(2_000)
        case .ended: break
        }
        let lines = String(decoding: answer, as: UTF8.self).split(separator: "\n")
        if answer.last == 10, lines.last?.contains("\"ok\"") == true {
          return try lines.map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
          }
        }
      }
      throw NoPlan()
    }
  }

  @Test func `faults are switched off and on, and replaced, while clients work`() async throws {
    let controlled = try await Controlled()
    defer { controlled.end() }
    var driver = try controlled.database.driver()
    defer { driver.close() }
    let insert = "INSERT INTO public.t VALUES (1)"
    #expect(throws: DatabaseError.self) { try driver.execute(insert) }
    #expect(try controlled.ask("faults off").last?["ok"] as? Bool == true)
    try driver.execute(insert)
    _ = try controlled.ask("faults on")
    #expect(throws: DatabaseError.self) { try driver.execute(insert) }
    #expect(try controlled.ask("plan missing.yml").last?["error"] as? String == "there is no such plan")
    #expect(throws: DatabaseError.self) { try driver.execute(insert) }
    #expect(try controlled.ask("plan nothing at all").last?["ok"] as? Bool == true)
    try driver.execute(insert)
    #expect(try controlled.database.psql("SELECT count(*) FROM t") == "2")

    let events = try controlled.ask("events")
    #expect(events.count == 4)
    #expect(events.last?["events"] as? Int == 3)
    #expect(events[0]["connection"] as? Int == 1 && events[0]["table"] as? String == "t")
    let log = try String(contentsOfFile: controlled.directory.file("events.jsonl"), encoding: .utf8)
    #expect(log.split(separator: "\n").count == 3)
    #expect(!log.contains("VALUES"))
    #expect(controlled.log.failure == nil)
    let status = try #require(try controlled.ask("status").last?["status"] as? [String: Any])
    #expect(status["open"] as? Int == 1 && status["faults"] as? Int == 3)
  }

  @Test func `a paused proxy moves nothing, and goes on where it was`() async throws {
    let controlled = try await Controlled()
    defer { controlled.end() }
    var driver = try controlled.database.driver()
    defer { driver.close() }
    _ = try controlled.ask("pause")
    let before = controlled.database.proxy.status
    #expect(before.isPaused)
    let directory = controlled.directory
    try SystemThread.start(name: "resume") {
      usleep(150_000)
      let socket = try? Socket.connect(to: .path(directory.file("control")))
      _ = Array("resume\n".utf8).withUnsafeBytes { socket?.write($0) }
      usleep(50_000)
    }
    let time = SystemTime()
    let started = time.now
    #expect(try driver.execute("SELECT 1").rows.count == 1)
    #expect(time.now - started > .milliseconds(100))
  }

  @Test func `wrong commands are answered with the right ones, and stop stops`() async throws {
    let controlled = try await Controlled()
    defer { controlled.end() }
    let answer = try controlled.ask("nonsense").last?["error"] as? String
    #expect(answer?.contains("status, pause, resume") == true)
    #expect(!controlled.stop.isRequested)
    _ = try controlled.ask("stop")
    #expect(controlled.stop.isRequested)
  }

  @Test func `a socket that a dead proxy left is replaced, and no other file is`() async throws {
    let controlled = try await Controlled()
    defer { controlled.end() }
    let path = controlled.directory.file("control")
    func control(_ path: String) throws -> ControlSocket {
      try ControlSocket(
        path: path, proxy: controlled.database.proxy, load: { _ in ScriptedFaults() }, stop: {})
    }
    #expect(throws: SocketError.self) { try control(path) }
    let file = controlled.directory.file("file")
    try "precious".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(throws: SocketError.self) { try control(file) }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
    let stale = controlled.directory.file("stale")
    do { _ = try Socket.listen(on: .path(stale)) }
    try control(stale).close()
  }
}
