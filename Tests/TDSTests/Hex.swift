import Runtime
import TDS

/// Bytes from pairs of hexadecimal digits; everything else stands for itself as a divider.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter(\.isHexDigit).compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// What is written into a new buffer.
func written(_ version: TDSVersion = .v74, _ write: (inout TDSWriter) -> Void) -> [UInt8] {
  var writer = TDSWriter(version: version)
  write(&writer)
  return writer.bytes
}

/// What is read from bytes.
func read<Result>(
  _ bytes: [UInt8], _ read: (inout TDSCursor) throws(MalformedTDS) -> Result
) throws(MalformedTDS) -> Result {
  try bytes.withRawBytes { (bytes) throws(MalformedTDS) in
    var cursor = TDSCursor(bytes)
    return try read(&cursor)
  }
}

extension Seed {
  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
    let count = number(count)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }

  /// Text of all planes, without surrogates.
  mutating func text(_ count: ClosedRange<Int>) -> String {
    let ranges: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0x20...0x7E, 0xA0...0x7FF, 0x4E00...0x9FFF, 0x1F600...0x1F64F,
    ]
    let scalars = (0..<number(count)).compactMap { _ in
      Unicode.Scalar(UInt32.random(in: ranges[number(0...4)], using: &self))
    }
    return String(String.UnicodeScalarView(scalars))
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...(elements.count - 1))] }

  /// The bytes in pieces of random lengths; of one byte each with `most` 1.
  mutating func pieces(_ bytes: [UInt8], most: Int) -> [[UInt8]] {
    var rest = bytes[...]
    var pieces: [[UInt8]] = []
    while !rest.isEmpty {
      let count = number(1...most)
      pieces.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return pieces
  }

  /// The bytes with some of them changed, removed or doubled.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<number(1...4) where !bytes.isEmpty {
      let at = number(0...(bytes.count - 1))
      switch number(0...5) {
      case 0: bytes[at] = UInt8.random(in: 0...255, using: &self)
      case 1: bytes[at] ^= 1 << UInt8(number(0...7))
      case 2: bytes[at] = pick([0, 1, 0x7F, 0x80, 0xFE, 0xFF])
      case 3: bytes.remove(at: at)
      case 4: bytes.insert(bytes[at], at: at)
      default: bytes.removeSubrange(at...)
      }
    }
    return bytes
  }
}
