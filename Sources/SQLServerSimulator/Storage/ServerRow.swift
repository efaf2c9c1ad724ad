import ModelDatabase

/// What the pages of a table or an index hold, in the order of its key.
package protocol Keyed: Sendable {
  var key: RowKey { get }
}

/// A row of a table: its key, and where its bytes are in the chunk that brought it.
package struct ServerRow: Keyed {
  package let key: RowKey
  let chunk: RowChunk
  let start: UInt32
  let end: UInt32

  init(key: RowKey, chunk: RowChunk, row: Int) {
    self.key = key
    self.chunk = chunk
    start = chunk.start(of: row)
    end = chunk.ends[row]
  }

  private init(key: RowKey, of row: ServerRow) {
    self.key = key
    chunk = row.chunk
    start = row.start
    end = row.end
  }

  func with(key: RowKey) -> ServerRow { ServerRow(key: key, of: self) }

  package var byteCount: Int { Int(end - start) }

  @inline(__always)
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try chunk.withBytes(start, end, body)
  }

  /// Whether it is the same version of the row: each change of a row brings new bytes.
  func isSameVersion(as other: ServerRow) -> Bool { chunk === other.chunk && start == other.start }
}

/// An entry of a nonclustered index: the key of the index, and that of the row.
package struct IndexEntry: Keyed {
  package let key: RowKey
  package let row: RowKey
}

extension KeyCut {
  /// Whether the key comes behind the cut.
  @inline(__always)
  func isBefore(_ other: RowKey) -> Bool { isAfter ? key < other : !(other < key) }
}

extension KeyInterval {
  /// All keys that begin with these bytes. An empty prefix is all keys.
  package init(prefix: [UInt8]) { self.init(from: .from(prefix), to: .behind(prefix)) }
}

extension KeyCut {
  /// Just before the keys that begin with these bytes; nil for none.
  package static func from(_ prefix: [UInt8]) -> KeyCut? {
    prefix.isEmpty ? nil : .before(RowKey(bytes: prefix))
  }

  /// Just behind the keys that begin with these bytes; nil if nothing is behind them.
  package static func behind(_ prefix: [UInt8]) -> KeyCut? {
    var next = prefix
    while let last = next.popLast() {
      if last < 0xFF { return .before(RowKey(bytes: next + [last + 1])) }
    }
    return nil
  }
}
