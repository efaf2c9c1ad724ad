/// Follows the CopyData messages of one COPY: where its header ends, and where each mebibyte of rows begins.
struct CopyProgress {
  private static let headerBytes = 19

  enum Stop: Equatable {
    case needsMore
    /// The next byte is the first of a batch: `beginBatch` goes on.
    case batchBegins
    /// The bytes that `limit` allowed are used up.
    case limitReached
    /// Something else than CopyData follows.
    case otherMessage
  }

  private let isBinary: Bool
  private var headerLeft: Int
  private(set) var rows = RowProgress()
  /// Payload of the current message that is still to come.
  private(set) var messageLeft = 0
  /// Payload that counts for nothing: binary COPY's trailer.
  private var trailerLeft = 0
  /// Row bytes that may still pass; nil for all.
  var limit: Int? {
    get { rows.limit }
    set { rows.limit = newValue }
  }

  init(isBinary: Bool) {
    self.isBinary = isBinary
    headerLeft = isBinary ? CopyProgress.headerBytes : 0
  }

  mutating func beginBatch() { rows.beginBatch() }

  /// How many bytes go on before something has to be decided. Small messages are passed many at once.
  mutating func scan(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> (count: Int, stop: Stop) {
    var at = 0
    while true {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[at...])
      if messageLeft == 0 {
        guard let head = try MessageHead(rest) else { return (at, .needsMore) }
        guard head.type == .letter("d") else { return (at, .otherMessage) }
        let payload = head.count - MessageHead.bytes
        let content = UnsafeRawBufferPointer(rebasing: rest[MessageHead.bytes...])
        if payload > 0, headerLeft == 0, let stop = stop(before: content, payload: payload) {
          return (at, stop)
        }
        at += MessageHead.bytes
        messageLeft = payload
        continue
      }
      if rest.isEmpty { return (at, .needsMore) }
      if headerLeft == 0, trailerLeft == 0, let stop = stop(before: rest, payload: messageLeft) {
        return (at, stop)
      }
      at += take(min(rest.count, messageLeft))
    }
  }

  /// What has to be decided before the next row byte; nil if it can go on.
  private mutating func stop(before content: UnsafeRawBufferPointer, payload: Int) -> Stop? {
    if isBinary, payload == 2, trailerLeft == 0 {
      guard content.count >= 2 else { return .needsMore }
      if content[0] == 0xFF, content[1] == 0xFF { trailerLeft = 2 }
    }
    if trailerLeft > 0 || rows.room > 0 { return nil }
    return limit == 0 ? .limitReached : .batchBegins
  }

  private mutating func take(_ available: Int) -> Int {
    var count = available
    if headerLeft > 0 {
      count = min(count, headerLeft)
      headerLeft -= count
    } else if trailerLeft > 0 {
      count = min(count, trailerLeft)
      trailerLeft -= count
    } else {
      count = min(count, rows.room)
      rows.take(count)
    }
    messageLeft -= count
    return count
  }

  /// Passes over what is left of the current message, whatever it is.
  mutating func finishMessage(_ available: Int) -> Int {
    let count = min(available, messageLeft)
    messageLeft -= count
    return count
  }
}
