/// Finds tokens in a reply that comes in any pieces: payload without packet headers, as PacketReader gives it.
///
/// Rows are passed over at the speed of their lengths, and nothing is decoded but the descriptions of columns, which
/// tell how long a row is. `token()` decodes what was found last for those who want to know.
package struct ReplyReader: Sendable {
  /// A token that is complete.
  package struct Event: Sendable, Hashable {
    package let token: Token
    /// Of its first byte and behind its last, counted in the stream.
    package let range: Range<Int>
  }

  /// How far a token has come.
  private enum Stage {
    case start
    /// Its length is of two or four bytes.
    case length(Int)
    /// So many bytes are left.
    case body(Int)
    /// It ends where its content says.
    case columns, features, returnValue
    case row, value
  }

  /// A client's login reply is read with any version: only its DONE depends on it.
  package var version: TDSVersion
  /// The columns of the rows that follow.
  package private(set) var columns: [Column] = []
  /// Bytes of the stream that were read.
  package private(set) var position = 0
  /// Longer tokens than this are malformed, rows and returned values apart.
  private let longestToken: Int
  private let keepsRows: Bool
  private let longestRow: Int

  private var stage = Stage.start
  /// What the stream broke off with: nobody knows where its next token begins.
  private var failure: MalformedTDS?
  private var token = Token.done
  private var start = 0
  /// The token, unless it is a row.
  private var body = PartialToken()
  private var description = PartialColumns()
  private var hasColumns = false
  private var returned: ReturnValue?
  private var rows: RowStream
  private var value: RowStream

  /// With `keepsRows`, rows and returned values can be had when they are complete, and take memory until then.
  package init(
    version: TDSVersion, keepsRows: Bool = false, longestToken: Int = 1 << 22, longestRow: Int = 1 << 30
  ) {
    self.version = version
    self.keepsRows = keepsRows
    self.longestToken = longestToken
    self.longestRow = longestRow
    rows = RowStream(keepsRows: keepsRows, longestRow: longestRow)
    value = rows
  }

  /// Whether the stream may end here.
  package var isBetweenTokens: Bool { if case .start = stage { true } else { false } }

  /// Where each value lies in the row that was found last, counted from the first byte behind the token's.
  package var values: [RawValue] { rows.scanner.values }

  /// The next token that is complete in `bytes` from `offset` on, which moves behind it; nil if more bytes are needed. An
  /// error is the end: every later call throws it again.
  package mutating func next(
    _ bytes: UnsafeRawBufferPointer, at offset: inout Int
  ) throws(MalformedTDS) -> Event? {
    if let failure { throw failure }
    let before = offset
    do throws(MalformedTDS) {
      let isComplete = try advance(bytes, &offset)
      position += offset - before
      guard isComplete else { return nil }
    } catch {
      // What is counted within the token means nothing to who reads the stream.
      let error = MalformedTDS(at: position + offset - before, error.reason)
      failure = error
      throw error
    }
    stage = .start
    return Event(token: token, range: start..<position)
  }

  private mutating func advance(
    _ bytes: UnsafeRawBufferPointer, _ offset: inout Int
  ) throws(MalformedTDS) -> Bool {
    if case .start = stage {
      guard offset < bytes.count else { return false }
      start = position
      try begin(bytes[offset])
      offset += 1
    }
    while true {
      switch stage {
      case .start: return true
      case .row: return try rows.scan(bytes, at: &offset)
      case .value: return try value.scan(bytes, at: &offset)
      case .body(let count): return body.collect(count, bytes, &offset)
      case .length(let size):
        guard body.collect(size, bytes, &offset) else { return false }
        let length = body.bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= longestToken else {
          throw MalformedTDS(at: 0, "a token of type \(token) says that it has \(length) bytes")
        }
        stage = .body(size + length)
      case .columns, .features, .returnValue:
        while try !understand() {
          guard try body.take(bytes, &offset, limit: longestToken) else { return false }
        }
        body.giveBack(&offset)
        guard case .returnValue = stage else { return true }
        stage = .value
      }
    }
  }

  private mutating func begin(_ byte: UInt8) throws(MalformedTDS) {
    guard let token = Token(rawValue: byte) else {
      throw MalformedTDS(at: 0, "no token has the number 0x\(String(byte, radix: 16))")
    }
    self.token = token
    if token == .row || token == .nullBitmapRow {
      guard hasColumns else { throw MalformedTDS(at: 0, "a row comes before its columns") }
      rows.beginRow(hasBitmap: token == .nullBitmapRow)
      stage = .row
      return
    }
    body.removeAll()
    switch token {
    case .row, .nullBitmapRow: break
    case .done, .doneProcedure, .doneInProcedure: stage = .body(version.hasWideFields ? 12 : 8)
    case .returnStatus: stage = .body(4)
    case .columns:
      description = PartialColumns()
      stage = .columns
    case .featureAck: stage = .features
    case .returnValue: stage = .returnValue
    case .sessionState, .federatedAuthentication: stage = .length(4)
    case .tableNames, .columnInfo, .order, .error, .info, .loginAck, .environmentChange, .sspi:
      stage = .length(2)
    }
  }

  // MARK: Tokens whose length nobody says

  /// Reads on in the body. True if the token, or a returned value's description, ends where it says.
  private mutating func understand() throws(MalformedTDS) -> Bool {
    switch stage {
    case .columns:
      guard try description.read(&body, version, in: .column) else { return false }
      // Without a description, rows are as they were.
      if description.areMissing { return true }
      columns = description.columns
      hasColumns = true
      rows = RowStream(columns.map { $0.type.layout() }, keepsRows: keepsRows, longestRow: longestRow)
      return true
    case .features:
      while let isLast = try body.parse({ (cursor) throws(MalformedTDS) in try cursor.passFeature() }) {
        if isLast { return true }
      }
      return false
    default:
      let version = version
      let found = try body.parse { (cursor) throws(MalformedTDS) in try cursor.returnValue(version) }
      guard let found else { return false }
      returned = found
      value = RowStream([found.type.layout(in: .parameter)], keepsRows: keepsRows, longestRow: longestRow)
      value.beginRow(hasBitmap: false)
      return true
    }
  }

  // MARK: Decoding

  /// The row that was found last, from the first byte behind its token; `bytes` is what `next` got for it. Needs
  /// `keepsRows`.
  package func withRow<Result, Failure: Error>(
    of bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(keepsRows, "rows are kept if the reader was told to")
    return try rows.withRow(of: bytes, body)
  }

  /// The token that was found last, decoded; `bytes` is what `next` got for it. Without `keepsRows`, rows and
  /// returned values are empty.
  package func decoded(of bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> ReplyToken {
    switch token {
    case .row, .nullBitmapRow:
      guard keepsRows else { return .row([]) }
      return .row(rows.withRow(of: bytes) { row in values.map { $0.bytes(in: row) } })
    case .columns: return .columns(description.areMissing ? nil : columns)
    case .returnValue:
      guard let returned else { throw MalformedTDS(at: position, "no value was returned") }
      let bytes =
        keepsRows ? value.withRow(of: bytes) { row in value.scanner.values[0].bytes(in: row) } : nil
      return .returnValue(returned, bytes)
    default: break
    }
    return try body.bytes.withRawBytes { (bytes) throws(MalformedTDS) in
      var cursor = TDSCursor(bytes)
      return try cursor.token(token, version)
    }
  }
}
