/// A token that comes in pieces, and whose length only its content tells.
struct PartialToken: Sendable {
  /// The bytes behind the token's first.
  private(set) var bytes: [UInt8] = []
  /// How many of them have been understood.
  private var parsed = 0

  /// The stream is taken in pieces of this size, so that little is given back.
  private static let piece = 512

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    parsed = 0
  }

  /// Fills up to `count` bytes. True if they are there.
  mutating func collect(_ count: Int, _ stream: UnsafeRawBufferPointer, _ offset: inout Int) -> Bool {
    append(min(count - bytes.count, stream.count - offset), stream, &offset)
    return bytes.count == count
  }

  /// Takes more bytes, because those that came were not enough. False if there are none.
  mutating func take(
    _ stream: UnsafeRawBufferPointer, _ offset: inout Int, limit: Int
  ) throws(MalformedTDS) -> Bool {
    let count = min(PartialToken.piece, stream.count - offset)
    guard bytes.count + count <= limit else {
      throw MalformedTDS(at: 0, "a token has more than \(limit) bytes")
    }
    append(count, stream, &offset)
    return count > 0
  }

  private mutating func append(_ count: Int, _ stream: UnsafeRawBufferPointer, _ offset: inout Int) {
    bytes += stream[offset..<(offset + count)]
    offset += count
  }

  /// Gives back what was taken and belongs to the next token.
  mutating func giveBack(_ offset: inout Int) {
    offset -= bytes.count - parsed
    bytes.removeLast(bytes.count - parsed)
  }

  /// What the bytes that were not understood yet mean; nil if it takes more of them.
  mutating func parse<Result>(
    _ read: (inout TDSCursor) throws(MalformedTDS) -> Result
  ) throws(MalformedTDS) -> Result? {
    let from = parsed
    let (result, end) = try bytes.withRawBytes { (bytes) throws(MalformedTDS) -> (Result?, Int) in
      var cursor = TDSCursor(bytes, at: from)
      do throws(MalformedTDS) {
        let result = try read(&cursor)
        return (result, cursor.offset)
      } catch {
        if cursor.ranOut { return (nil, from) }
        throw error
      }
    }
    parsed = end
    return result
  }
}

/// COLMETADATA, column by column.
struct PartialColumns: Sendable {
  private(set) var columns: [Column] = []
  /// Nil until their number is known.
  private var left: Int?
  /// The token says that there is no description.
  private(set) var areMissing = false

  /// Reads on. True if the description is complete.
  mutating func read(
    _ token: inout PartialToken, _ version: TDSVersion, in place: TypePlace
  ) throws(MalformedTDS) -> Bool {
    if left == nil {
      guard let count = try token.parse({ (cursor) throws(MalformedTDS) in try cursor.u16() }) else {
        return false
      }
      areMissing = count == 0xFFFF
      left = areMissing ? 0 : Int(count)
    }
    while let count = left, count > 0 {
      let column = try token.parse { (cursor) throws(MalformedTDS) in try cursor.column(version, in: place) }
      guard let column else { return false }
      columns.append(column)
      left = count - 1
    }
    return true
  }
}
