/// Finds the end of a row, and where its values lie, in a stream that comes in any pieces. It decodes and keeps no value.
package struct RowScanner: Sendable {
  private enum Stage: UInt8 {
    case prefix, data
    /// The text pointer and time stamp, then the length of what they point to.
    case pointer, textLength
    case chunkLength, chunkData
  }

  private let layouts: [ValueLayout]
  /// For each column of the row that was scanned last, counted from the row's first byte.
  package private(set) var values: [RawValue]
  /// Bytes of the current row so far.
  package private(set) var rowBytes = 0
  private var column = 0
  private var stage = Stage.prefix
  /// Bytes to pass over before the next stage.
  private var left = 0
  /// Of a chunked value: what it announced, and how many chunks it had.
  private var announced: UInt64 = 0
  private var chunks = 0
  /// A number that has not come entirely.
  private var partial: UInt64 = 0
  private var partialCount = 0
  private var hasBitmap = false
  private var bitmap: [UInt8] = []

  package init(_ layouts: [ValueLayout]) {
    self.layouts = layouts
    values = [RawValue](repeating: .null(at: 0), count: layouts.count)
  }

  /// Begins a row; an NBCROW has a bitmap of its NULLs.
  package mutating func beginRow(hasBitmap: Bool = false) {
    rowBytes = 0
    column = 0
    stage = .prefix
    self.hasBitmap = hasBitmap
    if hasBitmap { bitmap.removeAll(keepingCapacity: true) }
  }

  /// Scans `bytes` from `offset` on, which moves behind what belongs to the row. True if the row is complete.
  package mutating func scan(
    _ bytes: UnsafeRawBufferPointer, at offset: inout Int
  ) throws(MalformedTDS) -> Bool {
    let start = offset
    defer { rowBytes += offset - start }
    if hasBitmap, bitmap.count < (layouts.count + 7) / 8 {
      let count = min(bytes.count - offset, (layouts.count + 7) / 8 - bitmap.count)
      bitmap += bytes[offset..<(offset + count)]
      offset += count
      if bitmap.count < (layouts.count + 7) / 8 { return false }
    }
    while column < layouts.count {
      if stage == .prefix, partialCount == 0 {
        scanWholeValues(bytes, &offset, rowStart: start - rowBytes)
        if column == layouts.count { break }
      }
      guard try scanValue(bytes, &offset, rowStart: start - rowBytes) else { return false }
      column += 1
      stage = .prefix
    }
    return true
  }

  /// The short way, for values that are entirely there and lie in one piece.
  private mutating func scanWholeValues(
    _ bytes: UnsafeRawBufferPointer, _ offset: inout Int, rowStart: Int
  ) {
    guard let base = bytes.baseAddress else { return }
    let end = bytes.count
    var at = offset
    var column = self.column
    let (layouts, bitmap, hasBitmap) = (self.layouts, self.bitmap, self.hasBitmap)
    values.withUnsafeMutableBufferPointer { values in
      layouts.withUnsafeBufferPointer { layouts in
        while column < layouts.count {
          if hasBitmap, RowScanner.isNull(column, bitmap) {
            values[column] = .null(at: at - rowStart)
            column += 1
            continue
          }
          var size = layouts[column].size
          var data = at
          switch layouts[column].prefix {
          case .none: break
          case .byte:
            guard at < end else { return }
            size = Int(base.load(fromByteOffset: at, as: UInt8.self))
            if size == 0 { size = -1 }
            data = at + 1
          case .short:
            guard end - at >= 2 else { return }
            size = Int(UInt16(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt16.self)))
            if size == 0xFFFF { size = -1 }
            data = at + 2
          case .long, .variant, .chunks, .textPointer: return
          }
          guard end - data >= size else { return }
          values[column] = RawValue(start: data - rowStart, count: size)
          at = data + max(size, 0)
          column += 1
        }
      }
    }
    offset = at
    self.column = column
  }

  private static func isNull(_ column: Int, _ bitmap: [UInt8]) -> Bool {
    bitmap[column >> 3] >> UInt8(column & 7) & 1 == 1
  }

  /// The long way, which can be taken up again after any byte. True if the value is complete.
  private mutating func scanValue(
    _ bytes: UnsafeRawBufferPointer, _ offset: inout Int, rowStart: Int
  ) throws(MalformedTDS) -> Bool {
    while true {
      switch stage {
      case .prefix:
        if hasBitmap, RowScanner.isNull(column, bitmap) { return finish(nullAt: offset - rowStart) }
        guard let number = gather(prefixBytes, bytes, &offset) else { return false }
        if try begin(number, at: offset - rowStart) { return true }
      case .pointer:
        guard pass(bytes, &offset) else { return false }
        stage = .textLength
      case .textLength:
        guard let number = gather(4, bytes, &offset) else { return false }
        try beginData(number, at: offset - rowStart)
      case .data: return pass(bytes, &offset)
      case .chunkLength:
        guard let number = gather(4, bytes, &offset) else { return false }
        if number == 0 {
          try finishChunks(at: offset - rowStart)
          return true
        }
        chunks += 1
        values[column].count += Int(number)
        left = Int(number)
        stage = .chunkData
      case .chunkData:
        guard pass(bytes, &offset) else { return false }
        stage = .chunkLength
      }
    }
  }

  private var prefixBytes: Int {
    switch layouts[column].prefix {
    case .none: 0
    case .byte, .textPointer: 1
    case .short: 2
    case .long, .variant: 4
    case .chunks: 8
    }
  }

  /// What the number before a value means. True if that is all of the value.
  private mutating func begin(_ number: UInt64, at position: Int) throws(MalformedTDS) -> Bool {
    switch layouts[column].prefix {
    case .none: try beginData(UInt64(layouts[column].size), at: position)
    case .byte, .variant:
      if number == 0 { return finish(nullAt: position) }
      try beginData(number, at: position)
    case .short:
      if number == 0xFFFF { return finish(nullAt: position) }
      try beginData(number, at: position)
    case .long:
      if number == 0xFFFF_FFFF { return finish(nullAt: position) }
      try beginData(number, at: position)
    case .textPointer:
      if number == 0 { return finish(nullAt: position) }
      left = Int(number) + 8
      stage = .pointer
    case .chunks:
      if number == .max { return finish(nullAt: position) }
      announced = number
      chunks = 0
      values[column] = RawValue(start: position, count: 0)
      stage = .chunkLength
    }
    return false
  }

  private mutating func finish(nullAt position: Int) -> Bool {
    values[column] = .null(at: position)
    return true
  }

  private mutating func beginData(_ count: UInt64, at position: Int) throws(MalformedTDS) {
    guard count <= Int32.max else {
      throw MalformedTDS(at: position, "a value says that it has \(count) bytes")
    }
    values[column] = RawValue(start: position, count: Int(count))
    left = Int(count)
    stage = .data
  }

  private mutating func finishChunks(at position: Int) throws(MalformedTDS) {
    let count = values[column].count
    guard announced == .max - 1 || announced == UInt64(count) else {
      throw MalformedTDS(at: position, "a value of \(announced) bytes has \(count)")
    }
    if chunks == 1 { values[column].start += 4 }
    values[column].isScattered = chunks > 1
  }

  /// The next little endian number of so many bytes; nil if they have not all come.
  private mutating func gather(_ count: Int, _ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt64?
  {
    while partialCount < count {
      if offset == bytes.count { return nil }
      partial |= UInt64(bytes[offset]) << UInt64(8 * partialCount)
      partialCount += 1
      offset += 1
    }
    defer {
      partial = 0
      partialCount = 0
    }
    return partial
  }

  /// Passes over what is left. True if it is all there.
  private mutating func pass(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Bool {
    let count = min(left, bytes.count - offset)
    left -= count
    offset += count
    return left == 0
  }
}
