import FaultInjection
import TDS

/// What is left to do when an error was injected: the server takes back what it takes back, and the client hears of it.
struct Aftermath {
  enum Stage {
    /// The server is to stop what it does, and has not said that it has.
    case attention
    /// It is to roll back, and has not answered.
    case rollback
    /// It has. The client may still be sending.
    case finished
  }

  var error: TDSError
  /// The request called procedures, whose end is told by a token of its own.
  var isCall: Bool
  var stage: Stage
  /// ENVCHANGE tokens for the client.
  var changes: [UInt8] = []
  var isAcknowledged = false
  /// What the server says of the rollback, if it failed.
  var complaint: String?
  /// The client sent an attention meanwhile, and is owed an answer.
  var owesAcknowledgement = false
}

extension TDSCodec {
  /// A batch of the proxy's own. XACT_ABORT's bit is among the session's options.
  func rollback(_ undo: TDSError.Undo, _ status: PacketStatus = []) -> [UInt8] {
    let condition: String
    switch undo {
    case .everything: condition = "@@TRANCOUNT > 0"
    case .asSessionWants: condition = "@@TRANCOUNT > 0 AND (@@OPTIONS & 16384) = 16384"
    }
    var writer = TDSWriter(version: version)
    writer.batch(
      BatchRequest(
        "IF \(condition) ROLLBACK TRANSACTION", headers: RequestHeaders(transaction: transaction)))
    return PacketWriter.packets(.batch, writer.bytes, packetSize: packetSize, status: status)
  }

  /// The server's answers to the proxy go nowhere.
  mutating func swallow(_ frame: TDSFrame) throws(MalformedMessage) -> WireStep {
    try collect(frame.payload)
    guard frame.isLast else { return .drop(frame.count) }
    reply = nil
    switch aftermath?.stage {
    case .attention where aftermath?.isAcknowledged == true:
      if let undo = aftermath?.error.undo { forServer.append(.insert(rollback(undo))) }
      aftermath?.stage = .rollback
    case .rollback:
      if let complaint = aftermath?.complaint {
        aftermath = nil
        hangUp(saying: TDSError(reason: "the server did not roll back: \(complaint)"))
      } else {
        aftermath?.stage = .finished
        conclude()
      }
    default: break
    }
    return .drop(frame.count)
  }

  /// Tokens of a swallowed reply that matter.
  private static let telling: Set<Token> = [
    .environmentChange, .error, .done, .doneProcedure, .doneInProcedure,
  ]

  /// Takes note of what a part of a reply says that the client does not get.
  mutating func collect(_ payload: UnsafeRawBufferPointer) throws(MalformedMessage) {
    var running = reply ?? RunningReply(version)
    defer { reply = running }
    var offset = running.scanned
    running.scanned = 0
    do throws(MalformedTDS) {
      while let event = try running.reader.next(payload, at: &offset) {
        guard TDSCodec.telling.contains(event.token) else { continue }
        switch try running.reader.decoded(of: payload) {
        case .environmentChange(let change):
          note(change)
          var writer = TDSWriter(version: version, capacity: 64)
          writer.environmentChange(change)
          aftermath?.changes += writer.bytes
        case .message(let message) where message.isError && aftermath?.stage == .rollback:
          aftermath?.complaint = message.text
        case .done(let done) where done.status.contains(.attention): aftermath?.isAcknowledged = true
        default: break
        }
      }
    } catch {
      throw MalformedMessage(error)
    }
  }

  /// Ends the client's reply, once both sides are done.
  mutating func conclude() {
    guard let aftermath, case .finished = aftermath.stage, sending?.isDropped != true, !isDecided
    else { return }
    let kind: Done.Kind = aftermath.isCall ? .procedure : .statement
    var words = packets(aftermath.error.tokens(version, changes: aftermath.changes, kind: kind))
    if aftermath.owesAcknowledgement {
      var writer = TDSWriter(version: version, capacity: 64)
      writer.done(Done(.statement, .attention))
      words += packets(writer.bytes)
    }
    forClient.append(.insert(words))
    self.aftermath = nil
  }
}
