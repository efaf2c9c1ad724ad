/// Reads a bulk load that comes in any pieces: the payload of 0x07 packets, without their headers.
///
/// Its columns are described as FreeTDS, go-mssqldb and .NET do it, whatever the version: a text column's table has
/// one name. Some clients end it with a DONE of 32 bits, some of 64, and some not at all; the message's last packet
/// is its end.
package struct BulkLoadReader: Sendable {
  package enum Event: Sendable, Hashable {
    case columns([Column])
    case row
  }

  private enum Stage {
    case begin, columns, betweenRows, row, trailer
  }

  private let version: TDSVersion
  private let longestDescription: Int
  private let longestRow: Int
  private let keepsRows: Bool
  /// Rows that are complete.
  package private(set) var rowCount = 0
  /// Bytes of the stream that were read.
  package private(set) var position = 0
  package private(set) var columns: [Column] = []
  private var stage = Stage.begin
  private var failure: MalformedTDS?
  private var token = PartialToken()
  private var description = PartialColumns()
  private var rows: RowStream

  /// Without `keepsRows`, rows are only passed over: nobody can have them.
  package init(
    version: TDSVersion, keepsRows: Bool = true, longestDescription: Int = 1 << 20, longestRow: Int = 1 << 30
  ) {
    self.keepsRows = keepsRows
    self.version = version
    self.longestDescription = longestDescription
    self.longestRow = longestRow
    rows = RowStream(keepsRows: keepsRows, longestRow: longestRow)
  }

  /// Whether the next byte begins a row, or the end.
  package var isBetweenRows: Bool { stage == .betweenRows }

  /// Where each value lies in the row that was found last.
  package var values: [RawValue] { rows.scanner.values }

  /// The next event in `bytes` from `offset` on, which moves behind it; nil if more bytes are needed. An
  /// error is the end: every later call throws it again.
  package mutating func next(
    _ bytes: UnsafeRawBufferPointer, at offset: inout Int
  ) throws(MalformedTDS) -> Event? {
    if let failure { throw failure }
    let before = offset
    do throws(MalformedTDS) {
      let event = try advance(bytes, &offset)
      position += offset - before
      return event
    } catch {
      let error = MalformedTDS(at: position + offset - before, error.reason)
      failure = error
      throw error
    }
  }

  private mutating func advance(
    _ bytes: UnsafeRawBufferPointer, _ offset: inout Int
  ) throws(MalformedTDS) -> Event? {
    while true {
      switch stage {
      case .begin, .betweenRows:
        guard offset < bytes.count else { return nil }
        try begin(bytes[offset])
        offset += 1
      case .columns:
        guard try describe(bytes, &offset) else { return nil }
        stage = .betweenRows
        return .columns(columns)
      case .row:
        guard try rows.scan(bytes, at: &offset) else { return nil }
        stage = .betweenRows
        rowCount += 1
        return .row
      case .trailer:
        offset = bytes.count
        return nil
      }
    }
  }

  private mutating func begin(_ byte: UInt8) throws(MalformedTDS) {
    switch (Token(rawValue: byte), stage) {
    case (.columns, .begin): stage = .columns
    case (.row, .betweenRows):
      rows.beginRow(hasBitmap: false)
      stage = .row
    case (.done, .betweenRows): stage = .trailer
    default:
      let place = columns.isEmpty ? "begin with" : "have"
      throw MalformedTDS(at: 0, "no bulk load can \(place) 0x\(String(byte, radix: 16)) here")
    }
  }

  private mutating func describe(
    _ bytes: UnsafeRawBufferPointer, _ offset: inout Int
  ) throws(MalformedTDS) -> Bool {
    while try !description.read(&token, version, in: .bulkLoad) {
      guard try token.take(bytes, &offset, limit: longestDescription) else { return false }
    }
    token.giveBack(&offset)
    columns = description.columns
    let layouts = columns.map { $0.type.layout(in: .bulkLoad) }
    rows = RowStream(layouts, keepsRows: keepsRows, longestRow: longestRow)
    return true
  }

  /// The row that was found last, of whose first byte the values' places are counted. `bytes` is what `next` got.
  package func withRow<Result, Failure: Error>(
    of bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try rows.withRow(of: bytes, body)
  }

  /// The message has ended. An error if that was within a row or before the columns.
  package func finish() throws(MalformedTDS) {
    if let failure { throw failure }
    switch stage {
    case .betweenRows, .trailer: return
    case .begin, .columns, .row: throw MalformedTDS(at: position, "the bulk load ends before its end")
    }
  }
}

extension TDSWriter {
  /// The columns of a bulk load; rows follow as in a result.
  package mutating func bulkLoadColumns(_ columns: [Column]) { self.columns(columns, in: TypePlace.bulkLoad) }

  /// The DONE that some clients end with, of 32 bits as .NET or of 64 as python-tds has it, whatever the version.
  package mutating func bulkLoadTrailer(isWide: Bool) {
    u8(Token.done.rawValue)
    u32(0)
    if isWide { u64(0) } else { u32(0) }
  }
}
