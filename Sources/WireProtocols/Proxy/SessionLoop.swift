import Databases
import FaultInjection
import Glibc
import Runtime

/// What a session does on its thread: whatever can move moves, and then it waits.
final class SessionLoop {
  /// How often a session that waits for the time only looks whether it is to stop.
  private static let nap = Duration.milliseconds(50)
  /// How long last words may take to arrive.
  private static let farewell = Duration.seconds(1)

  private let session: ProxySession
  private let proxy: ProxyState
  private var codec: any WireCodec
  private let outgoing = Flow(.toServer)
  private let incoming = Flow(.toClient)
  private let time = SystemTime()
  private var stalledUntil: Duration?
  private var ending: Ending?

  init(_ session: ProxySession, _ proxy: ProxyState, _ codec: any WireCodec) {
    self.session = session
    self.proxy = proxy
    self.codec = codec
    outgoing.source = session.client
    incoming.sink = session.client
  }

  func run() {
    while ending == nil, !session.isStopped {
      if let stalledUntil {
        if time.now >= stalledUntil { ending = .reset } else { sleep(until: stalledUntil) }
      } else if proxy.isPaused {
        sleep(until: time.now + SessionLoop.nap)
      } else {
        let didSend = advance(outgoing)
        let didReceive = ending == nil && stalledUntil == nil && advance(incoming)
        if !didSend, !didReceive, ending == nil, stalledUntil == nil { wait() }
      }
    }
    finish(session.isStopped ? .reset : ending ?? .reset)
  }

  // MARK: Moving

  /// True if there may be more to do at once.
  private func advance(_ flow: Flow) -> Bool {
    if let until = flow.heldUntil {
      guard time.now >= until else { return false }
      flow.heldUntil = nil
    }
    if flow.hasOutput { return write(flow) }
    do throws(MalformedMessage) {
      return try take(codec.step(flow.direction, flow.waiting), flow)
    } catch {
      // The client hears of it, wherever it came from.
      codec.refuse(error.reason)
      flow.drop(flow.waiting.count)
      return true
    }
  }

  private func write(_ flow: Flow) -> Bool {
    switch flow.write() {
    case .moved(let count):
      proxy.count(count, flow.direction)
      if let due = flow.pace?.due, due > time.now { flow.heldUntil = due }
      return true
    case .wouldBlock:
      flow.isBlocked = flow.sink != nil
      return false
    case .ended:
      // A server that hangs up may have said why, and that is still to be read.
      if flow.direction == .toClient { ending = .reset }
      flow.discardOutput()
      return true
    }
  }

  private func take(_ step: WireStep, _ flow: Flow) -> Bool {
    switch step {
    case .wait: return readMore(flow)
    case .pass(let count): flow.clear(count)
    case .drop(let count): flow.drop(count)
    case .insert(let bytes): flow.insert(bytes)
    case .ask(let moment): decide(moment, flow)
    case .connect: connect()
    case .interrupt(let bytes): interrupt(bytes)
    case .end(let how): ending = how
    }
    return true
  }

  private func readMore(_ flow: Flow) -> Bool {
    if flow.hasEnded {
      if flow.endIsPassedOn { return false }
      if !flow.waiting.isEmpty {
        // What is no whole message goes on as it is.
        flow.clear(flow.waiting.count)
        return true
      }
      flow.endIsPassedOn = true
      if flow.direction == .toClient || flow.sink == nil { ending = .orderly }
      flow.sink?.endWriting()
      return true
    }
    guard flow.isReadable else { return false }
    return flow.read() != .wouldBlock
  }

  private func connect() {
    do throws(SocketError) {
      let server = try Socket.connect(to: proxy.upstream)
      session.attach(server)
      outgoing.sink = server
      incoming.source = server
    } catch {
      codec.refuse(error.description)
    }
  }

  /// One that does not arrive costs time only: what the server sends is thrown away to its end.
  private func interrupt(_ bytes: [UInt8]) {
    guard let socket = try? Socket.connect(to: proxy.upstream),
      case .moved = bytes.withUnsafeBytes(socket.write)
    else { return }
    var entry = pollfd(fd: socket.pollDescriptor, events: Int16(POLLIN), revents: 0)
    _ = poll(&entry, 1, Int32(SessionLoop.farewell.components.seconds * 1000))
  }

  private func decide(_ moment: Moment, _ flow: Flow) {
    // What was slowed down is over when something new begins.
    (outgoing.pace, incoming.pace) = (nil, nil)
    let verdict = proxy.verdict(at: moment, connection: session.number)
    switch verdict {
    case .delay(let duration): flow.heldUntil = time.now + duration
    case .stall(let duration): stalledUntil = time.now + duration
    case .throttle(let rate): flow.pace = Flow.Pace(bytesPerSecond: rate, started: time.now)
    default: break
    }
    codec.resolve(flow.direction, verdict)
  }

  // MARK: Waiting

  private func sleep(until: Duration) {
    let rest = min(until - time.now, SessionLoop.nap)
    if rest > .zero { usleep(UInt32(rest.components.attoseconds / 1_000_000_000_000) + 1) }
  }

  /// Until a socket can do what a flow waits for, or a hold is over.
  private func wait() {
    var entries = [pollfd(), pollfd()]
    entries[0] = entry(session.client, reading: outgoing, writing: incoming)
    entries[1] = entry(incoming.source, reading: incoming, writing: outgoing)
    let holds = [outgoing.heldUntil, incoming.heldUntil].compactMap { $0 }
    let isHeld = !holds.isEmpty
    if entries.allSatisfy({ $0.fd < 0 }) { return sleep(until: holds.min() ?? time.now + SessionLoop.nap) }
    let timeout: Int32
    if let until = holds.min() {
      let rest = min(max(until - time.now, .zero), SessionLoop.nap)
      timeout = Int32(rest.components.attoseconds / 1_000_000_000_000_000) + 1
    } else {
      timeout = -1
    }
    guard poll(&entries, 2, timeout) > 0 || isHeld else { return }
    note(entries[0], reading: outgoing, writing: incoming)
    note(entries[1], reading: incoming, writing: outgoing)
  }

  private func entry(_ socket: Socket?, reading: Flow, writing: Flow) -> pollfd {
    var events: Int32 = 0
    let canRead = !reading.hasEnded && !reading.hasOutput && reading.heldUntil == nil
    if canRead { events |= POLLIN }
    if writing.isBlocked, writing.heldUntil == nil { events |= POLLOUT }
    // Poll reports a broken connection even to those who ask for nothing: nobody could react to it.
    return pollfd(fd: events == 0 ? -1 : socket?.pollDescriptor ?? -1, events: Int16(events), revents: 0)
  }

  private func note(_ entry: pollfd, reading: Flow, writing: Flow) {
    guard entry.revents != 0 else { return }
    let isBroken = Int32(entry.revents) & (POLLHUP | POLLERR | POLLNVAL) != 0
    if isBroken || Int32(entry.revents) & POLLIN != 0 { reading.isReadable = true }
    if isBroken || Int32(entry.revents) & POLLOUT != 0 { writing.isBlocked = false }
  }

  // MARK: Ending

  private func finish(_ how: Ending) {
    let server = incoming.source
    switch how {
    case .reset:
      server?.close()
      session.client.reset()
    case .orderly:
      let deadline = time.now + SessionLoop.farewell
      for flow in [outgoing, incoming] { flush(flow, deadline) }
      server?.endWriting()
      server?.close()
      session.client.endWriting()
      linger(deadline)
      session.client.close()
    }
  }

  private func flush(_ flow: Flow, _ deadline: Duration) {
    flow.pace = nil
    while flow.hasOutput, let sink = flow.sink, time.now < deadline {
      switch flow.write() {
      case .moved(let count): proxy.count(count, flow.direction)
      case .ended: return
      case .wouldBlock:
        var entry = pollfd(fd: sink.pollDescriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, 50)
      }
    }
  }

  /// A client that is still sending would lose our last words if the connection were closed under it.
  private func linger(_ deadline: Duration) {
    while !outgoing.hasEnded, !session.isStopped, time.now < deadline {
      outgoing.discardOutput()
      outgoing.drop(outgoing.waiting.count)
      if outgoing.read() == .wouldBlock {
        var entry = pollfd(fd: session.client.pollDescriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&entry, 1, 50)
      }
    }
  }
}
