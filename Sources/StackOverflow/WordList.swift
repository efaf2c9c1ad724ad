/// Texts in one block of memory, addressed by number: nothing is allocated when one is used.
struct WordList: @unchecked Sendable {
  let count: Int
  // Immortal and never changed, as every list is a global constant.
  private let bytes: UnsafeRawPointer
  private let ends: UnsafePointer<UInt32>

  init(_ words: [String]) {
    count = words.count
    let size = words.reduce(0) { $0 + $1.utf8.count }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 1)
    let table = UnsafeMutablePointer<UInt32>.allocate(capacity: words.count + 1)
    table[0] = 0
    var end = 0
    for (index, word) in words.enumerated() {
      for byte in word.utf8 {
        block[end] = byte
        end += 1
      }
      table[index + 1] = UInt32(end)
    }
    bytes = UnsafeRawPointer(block.baseAddress!)
    ends = UnsafePointer(table)
  }

  /// Words separated by white space.
  init(words text: String) { self.init(text.split(whereSeparator: \.isWhitespace).map(String.init)) }

  /// One text a line.
  init(lines text: String) { self.init(text.split(whereSeparator: \.isNewline).map(String.init)) }

  subscript(_ index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes + Int(ends[index]), count: Int(ends[index + 1] - ends[index]))
  }

  func any(_ draw: UInt64) -> UnsafeRawBufferPointer { self[Draws.scale(draw, to: count)] }
}

/// A short text under construction: pieces one after the other, in memory that is used again and again.
struct Scratch: ~Copyable {
  private static let capacity = 1024
  private let base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
  private var count = 0

  deinit { base.deallocate() }

  var text: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  mutating func clear() { count = 0 }

  mutating func add(_ piece: UnsafeRawBufferPointer) {
    precondition(count + piece.count <= Scratch.capacity, "a short text has at most 1024 bytes")
    if let start = piece.baseAddress { (base + count).copyMemory(from: start, byteCount: piece.count) }
    count += piece.count
  }

  mutating func add(_ piece: StaticString) {
    add(UnsafeRawBufferPointer(start: piece.utf8Start, count: piece.utf8CodeUnitCount))
  }

  mutating func add(byte: UInt8) {
    precondition(count < Scratch.capacity, "a short text has at most 1024 bytes")
    (base + count).storeBytes(of: byte, as: UInt8.self)
    count += 1
  }

  /// Adds a number in decimal, not less than zero.
  mutating func add(number: Int) {
    precondition(number >= 0 && count + 20 <= Scratch.capacity, "a short text has at most 1024 bytes")
    let start = count
    var rest = number
    repeat {
      add(byte: UInt8(truncatingIfNeeded: 0x30 + rest % 10))
      rest /= 10
    } while rest > 0
    var digits = UnsafeMutableRawBufferPointer(start: base + start, count: count - start)
    digits.reverse()
  }

  /// Adds sixteen hexadecimal digits.
  mutating func add(hexadecimal value: UInt64) {
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: (value >> UInt64(shift)) & 15)
      add(byte: digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }
}
