/// Writes rows into a buffer of its own, and freezes it into a `RowBatch`.
///
/// One owner, no allocation a value: a reader calls `beginRow`, then one `append` a column, then `endRow`.
/// A row that turns out to be bad is taken back with `discardRow`, and must be: what begins or takes
/// while a row is open traps.
package struct RowBatchBuilder: ~Copyable {
  // A pointer and counts, not a stored buffer pointer: the latter, changed in place, crashes the
  // compiler under the thread sanitizer (swiftlang/swift#86265).
  @usableFromInline var base: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  @usableFromInline var count = 0
  @usableFromInline var rowStart = 0
  @usableFromInline var fieldsInRow = 0
  @usableFromInline var rowEnds: [UInt32] = []
  @usableFromInline var fingerprint = Fingerprint()
  @usableFromInline let budget: Int
  package let columnCount: Int

  package init(columnCount: Int, budget: Int = RowBatch.defaultBudget) {
    precondition(columnCount <= Int(Int16.max), "PostgreSQL's COPY counts fields in 16 bits")
    self.columnCount = columnCount
    self.budget = budget
    // The last row usually overshoots the budget a little.
    capacity = budget + 4096
    base = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  /// Bytes of the complete rows.
  package var byteCount: Int { rowStart }
  package var rowCount: Int { rowEnds.count }
  package var isEmpty: Bool { rowEnds.isEmpty }
  /// True once the budget is used up: time to freeze.
  @inlinable package var isFull: Bool { rowStart >= budget }

  @inlinable package mutating func beginRow() {
    precondition(count == rowStart, "a row is still open")
    reserve(2)
    (base + count).storeBytes(of: Int16(truncatingIfNeeded: columnCount).bigEndian, as: Int16.self)
    count += 2
    fieldsInRow = 0
  }

  /// Ends the row, and adds its hash to the batch's fingerprint.
  @inlinable package mutating func endRow() {
    precondition(fieldsInRow == columnCount, "a row has one value a column")
    fingerprint.add(UnsafeRawBufferPointer(start: base + rowStart, count: count - rowStart))
    precondition(count <= UInt32.max, "a batch is smaller than 4 GiB")
    rowEnds.append(UInt32(truncatingIfNeeded: count))
    rowStart = count
  }

  /// Takes back what was appended since `beginRow`.
  package mutating func discardRow() { count = rowStart }

  /// Adds a whole row that is encoded already.
  @inlinable package mutating func append(encodedRow row: UnsafeRawBufferPointer) {
    precondition(count == rowStart, "a row is still open")
    reserve(row.count)
    (base + count).copyMemory(from: row.baseAddress!, byteCount: row.count)
    count += row.count
    fieldsInRow = columnCount
    endRow()
  }

  @inlinable package mutating func appendNull() {
    reserve(4)
    (base + count).storeBytes(of: Int32(-1), as: Int32.self)
    count += 4
    fieldsInRow += 1
  }

  @inlinable package mutating func append(_ value: Bool) { append(integer: value ? 1 as UInt8 : 0) }
  @inlinable package mutating func append(_ value: Int16) { append(integer: value) }
  @inlinable package mutating func append(_ value: Int32) { append(integer: value) }
  @inlinable package mutating func append(_ value: Int64) { append(integer: value) }

  /// Every NaN becomes the one that encoding.md names.
  @inlinable package mutating func append(_ value: Float) {
    append(integer: value.isNaN ? 0x7FC0_0000 as UInt32 : value.bitPattern)
  }
  @inlinable package mutating func append(_ value: Double) {
    append(integer: value.isNaN ? 0x7FF8_0000_0000_0000 as UInt64 : value.bitPattern)
  }

  @inlinable package mutating func append(_ value: UnsafeRawBufferPointer) {
    let field = appendField(byteCount: value.count)
    if let start = value.baseAddress { field.copyMemory(from: start, byteCount: value.count) }
  }

  /// Appends a field of this length whose bytes the caller fills in before the next call.
  @inlinable package mutating func appendField(byteCount length: Int) -> UnsafeMutableRawPointer {
    reserve(4 + length)
    (base + count).storeBytes(of: Int32(length).bigEndian, as: Int32.self)
    count += 4 + length
    fieldsInRow += 1
    return base + (count - length)
  }

  @inlinable mutating func append<Value: FixedWidthInteger>(integer value: Value) {
    let size = MemoryLayout<Value>.size
    reserve(4 + size)
    (base + count).storeBytes(of: Int32(truncatingIfNeeded: size).bigEndian, as: Int32.self)
    (base + count + 4).storeBytes(of: value.bigEndian, as: Value.self)
    count += 4 + size
    fieldsInRow += 1
  }

  @inlinable mutating func reserve(_ extra: Int) {
    if count + extra > capacity { grow(to: count + extra) }
  }

  @usableFromInline mutating func grow(to needed: Int) {
    let larger = max(needed, capacity * 2)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = larger
  }

  /// The complete rows as a frozen batch; the builder starts anew with an empty buffer.
  /// Nil if there are none.
  package mutating func take() -> RowBatch? {
    precondition(count == rowStart, "a row is still open")
    guard !rowEnds.isEmpty else { return nil }
    let batch = RowBatch(
      adopting: UnsafeRawBufferPointer(start: base, count: count), rowEnds: rowEnds, fingerprint: fingerprint)
    capacity = budget + 4096
    base = .allocate(byteCount: capacity, alignment: 16)
    count = 0
    rowStart = 0
    rowEnds = []
    rowEnds.reserveCapacity(batch.rowCount + batch.rowCount / 8)
    fingerprint = Fingerprint()
    return batch
  }

  /// Forgets the rows and returns their fingerprint, keeping the buffer: for a scan that only counts.
  package mutating func takeFingerprint() -> Fingerprint {
    precondition(count == rowStart, "a row is still open")
    defer {
      count = 0
      rowStart = 0
      rowEnds.removeAll(keepingCapacity: true)
      fingerprint = Fingerprint()
    }
    return fingerprint
  }
}
