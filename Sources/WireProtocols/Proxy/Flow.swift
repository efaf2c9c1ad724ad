import Runtime

/// Bytes on their way in one direction: read from one end, judged, and written to the other.
final class Flow {
  /// More than any message has to be seen of at once.
  static let bufferBytes = 128 << 10

  let direction: Direction
  var source: Socket?
  var sink: Socket?

  private let buffer: UnsafeMutableRawPointer
  private var start = 0
  private var end = 0
  /// Bytes at the front that may go on.
  private var cleared = 0
  /// What goes before them.
  private var inserted: ArraySlice<UInt8> = []

  /// The source may have bytes.
  var isReadable = true
  /// The sink takes none at the moment.
  var isBlocked = false
  /// The source will send no more.
  private(set) var hasEnded = false
  /// The sink has been told so.
  var endIsPassedOn = false
  /// Nothing moves before then.
  var heldUntil: Duration?
  var pace: Pace?

  /// A rate, since a moment.
  struct Pace {
    let bytesPerSecond: Int
    let started: Duration
    var moved = 0

    init(bytesPerSecond: Int, started: Duration) {
      self.bytesPerSecond = max(1, bytesPerSecond)
      self.started = started
    }

    /// A twentieth of a second's worth at a time.
    var slice: Int { max(1, bytesPerSecond / 20) }
    /// When what has moved should have moved.
    var due: Duration { started + .seconds(Double(moved) / Double(bytesPerSecond)) }
  }

  init(_ direction: Direction) {
    self.direction = direction
    buffer = .allocate(byteCount: Flow.bufferBytes, alignment: 16)
  }
  deinit { buffer.deallocate() }

  var hasOutput: Bool { cleared > 0 || !inserted.isEmpty }
  var isEmpty: Bool { start == end }
  /// The bytes that are not judged yet.
  var waiting: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: buffer + start + cleared, count: end - start - cleared)
  }

  func clear(_ count: Int) { cleared += count }
  func drop(_ count: Int) { start += count }
  func insert(_ bytes: [UInt8]) { inserted += bytes }
  func discardOutput() {
    start += cleared
    cleared = 0
    inserted = []
  }

  func read() -> Socket.Transfer {
    guard let source else { return .wouldBlock }
    if start == end {
      (start, end) = (0, 0)
    } else if end == Flow.bufferBytes {
      buffer.copyMemory(from: buffer + start, byteCount: end - start)
      (start, end) = (0, end - start)
    }
    let room = Flow.bufferBytes - end
    let transfer = source.read(into: UnsafeMutableRawBufferPointer(start: buffer + end, count: room))
    switch transfer {
    case .moved(let count):
      end += count
      // A read that leaves room has taken everything.
      isReadable = count == room
    case .wouldBlock: isReadable = false
    case .ended:
      isReadable = false
      hasEnded = true
    }
    return transfer
  }

  func write() -> Socket.Transfer {
    guard let sink else { return .wouldBlock }
    if !inserted.isEmpty {
      let transfer = inserted.withUnsafeBytes(sink.write)
      if case .moved(let count) = transfer { inserted = inserted.dropFirst(count) }
      return transfer
    }
    let count = min(cleared, pace?.slice ?? cleared)
    let transfer = sink.write(UnsafeRawBufferPointer(start: buffer + start, count: count))
    if case .moved(let count) = transfer {
      start += count
      cleared -= count
      pace?.moved += count
    }
    return transfer
  }
}
