/// Rows of a stream that comes in any pieces, each in one piece when it is complete.
struct RowStream: Sendable {
  private(set) var scanner: RowScanner
  /// Whether rows are kept until they are complete.
  private let keepsRows: Bool
  private let longestRow: Int
  /// What came of the row in progress with earlier pieces of the stream.
  private var pending: [UInt8] = []
  /// Where the row that was completed last lies in the piece that completed it.
  private var range = 0..<0
  /// The row that was completed last began in an earlier piece.
  private var isPending = false

  init(_ layouts: [ValueLayout] = [], keepsRows: Bool, longestRow: Int) {
    scanner = RowScanner(layouts)
    self.keepsRows = keepsRows
    self.longestRow = longestRow
  }

  mutating func beginRow(hasBitmap: Bool) {
    scanner.beginRow(hasBitmap: hasBitmap)
    if isPending { pending.removeAll(keepingCapacity: pending.count < 1 << 20) }
    isPending = false
  }

  /// True if the row is complete.
  mutating func scan(
    _ bytes: UnsafeRawBufferPointer, at offset: inout Int
  ) throws(MalformedTDS) -> Bool {
    let start = offset
    let isComplete = try scanner.scan(bytes, at: &offset)
    range = start..<offset
    guard keepsRows, isPending || !isComplete else { return isComplete }
    guard pending.count + range.count <= longestRow else {
      throw MalformedTDS(at: offset, "a row has more than \(longestRow) bytes")
    }
    pending += bytes[range]
    isPending = true
    return isComplete
  }

  /// The row that was completed last, of whose first byte the scanner's positions are counted. `bytes` is what the
  /// last call got.
  func withRow<Result, Failure: Error>(
    of bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if isPending { return try pending.withRawBytes(body) }
    return try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
  }
}
