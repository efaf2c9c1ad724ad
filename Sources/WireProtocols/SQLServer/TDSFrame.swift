import TDS

/// A packet that is entirely there, at the front of the bytes that wait.
struct TDSFrame {
  let header: PacketHeader
  /// Without the header.
  let payload: UnsafeRawBufferPointer

  /// Bytes of the whole packet.
  var count: Int { header.length }
  var isLast: Bool { header.isLast }

  /// Nil if more bytes are needed.
  init?(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) throws(MalformedMessage) {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
    guard rest.count >= PacketHeader.byteCount else { return nil }
    do throws(MalformedTDS) {
      header = try PacketHeader(rest)
    } catch {
      throw MalformedMessage(error)
    }
    guard rest.count >= header.length else { return nil }
    payload = UnsafeRawBufferPointer(rebasing: rest[PacketHeader.byteCount..<header.length])
  }

  /// The beginning of the message at the front.
  struct Beginning {
    var header: PacketHeader
    /// Bytes of its packets.
    var count = 0
    var payload: [UInt8] = []
    var isWhole = false
    /// Its sender takes it back.
    var isWithdrawn = false
  }

  /// Puts together the message at the front, up to its end or `limit` bytes; nil if more bytes are needed.
  static func beginning(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) throws(MalformedMessage) -> Beginning? {
    guard let first = try TDSFrame(bytes) else { return nil }
    var found = Beginning(header: first.header)
    while let frame = try TDSFrame(bytes, at: found.count) {
      // Only an attention may stand in the midst of a message, which then ends without its end.
      if frame.header.type != first.header.type {
        found.isWithdrawn = true
        return found
      }
      found.count += frame.count
      found.payload += frame.payload
      found.isWhole = frame.isLast
      found.isWithdrawn = frame.isLast && frame.header.status.contains(.ignore)
      if found.isWhole || found.payload.count >= limit { return found }
    }
    return nil
  }
}

extension MalformedMessage {
  init(_ error: MalformedTDS) { self.init(reason: error.description) }
}
