import Runtime
import SQLServerSimulator
import TDS

/// A client that writes down what a session says, a word or a line for each token.
final class SessionRecorder: SessionClient {
  private(set) var said: [String] = []
  /// What waiting answers; the default is that nobody will ever call.
  var whileWaiting: () -> Awakening = { .gone }
  var awakening = Awakening.called

  func take() -> [String] {
    defer { said = [] }
    return said
  }

  func send(_ message: SQLError) {
    let kind = message.severity > 10 ? "error" : "info"
    said.append(message.number == 0 ? "print \(message.message)" : "\(kind) \(message.number)")
  }

  func send(_ result: ResultSet, limit: Int) throws(SQLError) {
    let all = (try? result.text) ?? "?"
    said.append(
      all.split(separator: "|", omittingEmptySubsequences: false).prefix(limit).joined(separator: "|"))
  }

  func send(_ done: Done) {
    if done.status.contains(.error) {
      said.append("failed")
    } else if done.status.contains(.count) {
      said.append("#\(done.rowCount)")
    }
  }

  func send(_ change: EnvironmentChange) {
    switch change {
    case .beginTransaction: said.append("begin")
    case .commitTransaction: said.append("commit")
    case .rollbackTransaction: said.append("rollback")
    case .database(let name, _): said.append("use \(name)")
    default: said.append("change \(change.number)")
    }
  }

  func send(returnStatus: Int32) { said.append("status \(returnStatus)") }
  func send(_ output: ModuleCall.Argument, ordinal: Int) { said.append("\(output.name) = \(output.value)") }
  func wait(until deadline: Duration?) -> Awakening { whileWaiting() }
  func breakOff(resets: Bool) { said.append(resets ? "reset" : "closed") }
}

/// A core with sessions of a test's.
struct RecordedServer {
  let core = ServerCore(time: SystemTime(), seed: 2010)

  init() { core.withStorage { _ = $0.createDatabase("db") } }

  func connect() -> RecordedSession {
    let recorder = SessionRecorder()
    let number = core.connect {}
    let database = core.withStorage { $0.database("db")?.id } ?? 1
    let session = Session(core, recorder, number: number) { $0.database = database }
    return RecordedSession(session: session, recorder: recorder)
  }
}

struct RecordedSession {
  let session: Session
  let recorder: SessionRecorder

  /// What a batch answers, a line for each thing said.
  func callAsFunction(_ text: String) -> String {
    _ = session.run(batch: Array(text.utf16))
    return recorder.take().joined(separator: "; ")
  }

  func call(_ name: String, _ arguments: ModuleCall.Argument...) -> String {
    _ = session.run([ModuleCall(name, arguments)])
    return recorder.take().joined(separator: "; ")
  }
}
