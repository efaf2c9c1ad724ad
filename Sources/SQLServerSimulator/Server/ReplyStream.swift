import TDS

/// A reply in the making: tokens that become packets as they grow.
struct ReplyStream: ~Copyable {
  let version: TDSVersion
  private var tokens: TDSWriter
  private var packets: PacketWriter
  private(set) var output: TDSWriter
  /// The DONE that was told last. Whether more follows shows only when it does.
  private var pending: Done?
  private(set) var isEmpty = true

  /// Bytes at which what there is should be sent.
  private static let full = 32_768

  init(version: TDSVersion, packetSize: Int, spid: Int) {
    self.version = version
    tokens = TDSWriter(version: version, capacity: 1 << 16)
    output = TDSWriter(capacity: 1 << 16)
    packets = PacketWriter(packetSize: packetSize, spid: UInt16(truncatingIfNeeded: spid))
  }

  /// True if what there is should be sent.
  mutating func add(_ body: (inout TDSWriter) -> Void) -> Bool {
    flushDone()
    body(&tokens)
    isEmpty = false
    return tokens.count >= ReplyStream.full
  }

  mutating func add(_ done: Done) {
    flushDone()
    pending = done
    isEmpty = false
  }

  private mutating func flushDone() {
    guard var done = pending else { return }
    pending = nil
    done.status.insert(.more)
    tokens.done(done)
  }

  /// Whole packets of what there is.
  mutating func flush() { packets.write(.reply, from: &tokens, isLast: false, into: &output) }

  /// The end of the message. A message has a DONE, even if nobody has told one.
  mutating func end(_ last: Done? = nil) {
    if let last {
      flushDone()
      pending = last
    }
    tokens.done(pending ?? Done())
    pending = nil
    packets.write(.reply, from: &tokens, isLast: true, into: &output)
    isEmpty = true
  }

  /// The end of a message whose tokens are all there.
  mutating func endWithoutDone() {
    packets.write(.reply, from: &tokens, isLast: true, into: &output)
    isEmpty = true
  }

  mutating func clearOutput() { output.removeAll() }

  /// From the next message on.
  mutating func use(packetSize: Int) { packets.packetSize = packetSize }
}
