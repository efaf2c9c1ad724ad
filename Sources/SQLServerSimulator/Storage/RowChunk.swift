/// Rows that came together, their bytes in one buffer: what an INSERT or a piece of a bulk load stores.
///
/// A row is a 32-bit little-endian length (-1 for NULL) and the value's bytes for each column in order.
// Unchecked because of the pointer: nobody writes there once the chunk is made.
package final class RowChunk: @unchecked Sendable {
  private let bytes: UnsafeMutableRawPointer
  /// Where each row ends.
  let ends: [UInt32]

  fileprivate init(_ source: [UInt8], ends: [UInt32]) {
    let copy = UnsafeMutableRawPointer.allocate(byteCount: source.count, alignment: 8)
    source.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: copy, count: $0.count).copyMemory(from: $0)
    }
    bytes = copy
    self.ends = ends
  }

  deinit { bytes.deallocate() }

  package var count: Int { ends.count }

  func start(of row: Int) -> UInt32 { row == 0 ? 0 : ends[row - 1] }

  package func withRow<Result, Failure: Error>(
    _ row: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withBytes(start(of: row), ends[row], body)
  }

  @inline(__always)
  func withBytes<Result, Failure: Error>(
    _ start: UInt32, _ end: UInt32, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeRawBufferPointer(start: bytes + Int(start), count: Int(end - start)))
  }
}

/// Writes the rows of a chunk.
package struct RowChunkBuilder: Sendable {
  /// Whoever has fields already in the format of stored rows may append them here.
  package var bytes: [UInt8] = []
  private var ends: [UInt32] = []

  package init(byteCapacity: Int = 0) { bytes.reserveCapacity(byteCapacity) }

  package var rowCount: Int { ends.count }

  package mutating func appendNull() { append(length: -1) }

  package mutating func append(_ field: UnsafeRawBufferPointer) {
    append(length: Int32(field.count))
    bytes.append(contentsOf: field)
  }

  package mutating func append(_ field: [UInt8]) { field.withUnsafeBytes { append($0) } }

  /// A field's length; its bytes are to follow.
  package mutating func append(length: Int32) {
    withUnsafeBytes(of: length.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// What was appended since the last row is one.
  package mutating func endRow() {
    precondition(bytes.count <= UInt32.max, "a chunk is smaller than 4 GiB")
    ends.append(UInt32(bytes.count))
  }

  package mutating func finish() -> RowChunk {
    defer { self = RowChunkBuilder() }
    return RowChunk(bytes, ends: ends)
  }
}

/// Walks the fields of a stored row.
package struct StoredFields {
  private var next: UnsafeRawPointer
  private let end: UnsafeRawPointer

  /// The row's bytes must outlive the fields.
  package init(_ row: UnsafeRawBufferPointer) {
    // A table has at least one column, hence a row at least one length.
    next = row.baseAddress.unsafelyUnwrapped
    end = next + row.count
  }

  package var isAtEnd: Bool { next >= end }

  /// Nil is NULL.
  @inline(__always)
  package mutating func nextField() -> UnsafeRawBufferPointer? {
    let length = Int(Int32(littleEndian: next.loadUnaligned(as: Int32.self)))
    next += 4
    guard length >= 0 else { return nil }
    defer { next += length }
    return UnsafeRawBufferPointer(start: next, count: length)
  }

  /// The field of one column, from 0.
  package static func field(_ column: Int, of row: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var fields = StoredFields(row)
    for _ in 0..<column { _ = fields.nextField() }
    return fields.nextField()
  }
}
