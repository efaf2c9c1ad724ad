import Glibc

/// A growing buffer that messages are written into: tokens, requests and values, in extensions by subject.
///
/// Nothing is allocated a value, only when the buffer doubles. What is written too much of a token that turns out
/// to fail is taken back with `truncate(to:)`.
package struct TDSWriter: ~Copyable {
  // A pointer and counts for the reason that RowBatchBuilder gives.
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  /// Bytes written.
  package private(set) var count = 0
  /// The version that decides how tokens look.
  package let version: TDSVersion
  /// Where the bitmap of the NBCROW in progress lies.
  var bitmapStart = 0

  package init(version: TDSVersion = .v74, capacity: Int = 4096) {
    self.version = version
    self.capacity = max(capacity, 64)
    base = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  package var isEmpty: Bool { count == 0 }

  /// The bytes, copied.
  package var bytes: [UInt8] { withBytes { Array($0) } }

  /// The bytes where they lie, for the duration of the call.
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Takes back everything behind `count` bytes.
  package mutating func truncate(to count: Int) {
    precondition(0...self.count ~= count, "bytes that were written can be taken back")
    self.count = count
  }

  /// Forgets everything, and keeps the buffer.
  package mutating func removeAll() { count = 0 }

  /// Forgets the first `count` bytes.
  package mutating func removeFirst(_ count: Int) {
    precondition(0...self.count ~= count, "bytes that were written can be removed")
    if count == 0 { return }
    memmove(base, base + count, self.count - count)
    self.count -= count
  }

  // MARK: Plain fields, little endian unless their name says otherwise

  /// Room for `extra` bytes, which count as written and are the caller's to fill.
  @inline(__always) package mutating func extend(by extra: Int) -> UnsafeMutableRawPointer {
    if count + extra > capacity { grow(to: count + extra) }
    let start = base + count
    count += extra
    return start
  }

  @inline(__always) private mutating func put<Value: FixedWidthInteger>(_ value: Value) {
    extend(by: MemoryLayout<Value>.size).storeBytes(of: value, as: Value.self)
  }

  package mutating func u8(_ value: UInt8) { put(value) }
  package mutating func u16(_ value: UInt16) { put(value.littleEndian) }
  package mutating func u32(_ value: UInt32) { put(value.littleEndian) }
  package mutating func u64(_ value: UInt64) { put(value.littleEndian) }
  package mutating func i32(_ value: Int32) { put(value.littleEndian) }
  package mutating func u16BE(_ value: UInt16) { put(value.bigEndian) }
  package mutating func u32BE(_ value: UInt32) { put(value.bigEndian) }

  /// The `size` low bytes of a number.
  @inline(__always) package mutating func low(_ size: Int, of value: UInt64) {
    let start = extend(by: size)
    var rest = value
    for index in 0..<size {
      start.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: index, as: UInt8.self)
      rest &>>= 8
    }
  }

  package mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
    let start = extend(by: bytes.count)
    if let source = bytes.baseAddress { start.copyMemory(from: source, byteCount: bytes.count) }
  }
  package mutating func bytes(_ bytes: [UInt8]) { bytes.withUnsafeBytes { self.bytes($0) } }

  /// UTF-16 without a length. Returns the number of units.
  @discardableResult package mutating func utf16(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { utf16(fromUTF8: UnsafeRawBufferPointer($0)) } / 2
  }

  /// B_VARCHAR, cut after 255 units.
  package mutating func shortText(_ text: String) {
    let units = text.utf16.prefix(0xFF)
    u8(UInt8(units.count))
    for unit in units { u16(unit) }
  }

  /// US_VARCHAR, cut after `limit` units.
  package mutating func text(_ text: String, limit: Int = 0xFFFF) {
    let units = text.utf16.prefix(limit)
    u16(UInt16(units.count))
    for unit in units { u16(unit) }
  }

  /// B_VARBYTE, which holds 255 bytes at most.
  package mutating func shortBytes(_ bytes: [UInt8]) {
    precondition(bytes.count <= 0xFF, "a B_VARBYTE holds 255 bytes")
    u8(UInt8(bytes.count))
    self.bytes(bytes)
  }

  package mutating func set(_ value: UInt8, at offset: Int) {
    (base + offset).storeBytes(of: value, as: UInt8.self)
  }
  package mutating func set(_ value: UInt16, at offset: Int) {
    (base + offset).storeBytes(of: value.littleEndian, as: UInt16.self)
  }
  package mutating func set(_ value: UInt32, at offset: Int) {
    (base + offset).storeBytes(of: value.littleEndian, as: UInt32.self)
  }
  package func byte(at offset: Int) -> UInt8 {
    precondition(offset < count, "a byte that was written")
    return base.load(fromByteOffset: offset, as: UInt8.self)
  }

  private mutating func grow(to needed: Int) {
    let larger = max(needed, capacity * 2)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = larger
  }
}
