/// Rows on their way from a reader to a writer: one contiguous buffer in PostgreSQL's binary COPY encoding.
///
/// A batch is frozen: `RowBatchBuilder` made it and nobody changes it, which is what makes it Sendable.
/// Pointers that it vends live as long as the batch does: keep it in a variable while you read. In
/// `builder.take()!.row(0)` nothing holds the batch any more when the row's bytes are read.
package final class RowBatch: @unchecked Sendable {
  /// What a reader aims at, in bytes; a single larger row still makes a batch of its own.
  package static let defaultBudget = 1 << 20

  /// The rows back to back, without COPY's header and trailer.
  package let bytes: UnsafeRawBufferPointer
  /// Where each row ends in `bytes`.
  package let rowEnds: [UInt32]
  package let fingerprint: Fingerprint

  init(adopting bytes: UnsafeRawBufferPointer, rowEnds: [UInt32], fingerprint: Fingerprint) {
    precondition(Int(rowEnds.last ?? 0) == bytes.count, "a batch ends where its last row ends")
    self.bytes = bytes
    self.rowEnds = rowEnds
    self.fingerprint = fingerprint
  }

  deinit { bytes.deallocate() }

  package var rowCount: Int { rowEnds.count }

  /// The encoding of one row, from its field count to its last value.
  package func row(_ index: Int) -> UnsafeRawBufferPointer {
    let start = index == 0 ? 0 : Int(rowEnds[index - 1])
    return UnsafeRawBufferPointer(rebasing: bytes[start..<Int(rowEnds[index])])
  }
}

/// Walks the fields of one row.
@usableFromInline package struct FieldCursor {
  @usableFromInline var next: UnsafeRawPointer
  @usableFromInline package let fieldCount: Int

  @inlinable package init(_ row: UnsafeRawBufferPointer) {
    fieldCount = Int(Int16(bigEndian: row.loadUnaligned(as: Int16.self)))
    next = row.baseAddress! + 2
  }

  /// The bytes of the next field; nil for NULL. Calling it more than `fieldCount` times is an error
  /// that nobody notices.
  @inlinable package mutating func nextField() -> UnsafeRawBufferPointer? {
    let length = Int(Int32(bigEndian: next.loadUnaligned(as: Int32.self)))
    next += 4
    guard length >= 0 else { return nil }
    defer { next += length }
    return UnsafeRawBufferPointer(start: next, count: length)
  }
}

extension UnsafeRawBufferPointer {
  /// A field's integer. The field has exactly the integer's size, as every encoder sees to.
  @inlinable package func bigEndian<Value: FixedWidthInteger>(as type: Value.Type) -> Value {
    precondition(count == MemoryLayout<Value>.size, "a field of \(count) bytes is no \(type)")
    return Value(bigEndian: loadUnaligned(as: type))
  }
}
