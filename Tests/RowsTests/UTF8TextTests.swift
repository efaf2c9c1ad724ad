import Rows
import Testing

@Suite struct UTF8TextTests {
  /// Text of random scalars and lengths, some of it ASCII for long stretches.
  static func scalars(_ random: inout Seeded) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<random.number(0...60) {
      let range = random.pick([
        0...0x7F, 0x20...0x7E, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
      ])
      let length = random.pick([1, 1, 1, 40])
      guard let scalar = Unicode.Scalar(UInt32(random.number(range))) else { continue }
      for _ in 0..<length { text.append(scalar) }
    }
    return String(text)
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `validation and counting agree with Swift on random text, whole and damaged`(_ seed: UInt64) {
    var random = Seeded(seed)
    for _ in 0..<3000 {
      let text = UTF8TextTests.scalars(&random)
      var bytes = Array(text.utf8)
      bytes.withUnsafeBytes { buffer in
        #expect(UTF8Text.isValid(buffer))
        #expect(UTF8Text.scalarCount(buffer) == text.unicodeScalars.count)
        #expect(UTF8Text.containsNUL(buffer) == text.unicodeScalars.contains("\0"))
      }
      guard !bytes.isEmpty else { continue }
      for _ in 0..<3 {
        bytes[random.number(0...(bytes.count - 1))] = UInt8(truncatingIfNeeded: random.next())
      }
      bytes.removeLast(random.number(0...min(2, bytes.count)))
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      #expect(
        bytes.withUnsafeBytes { UTF8Text.isValid($0) } == isValid, "seed \(seed): \(hexadecimal(bytes))")
    }
  }

  @Test func `every sequence of two bytes, and of three after each lead, is judged as Swift judges it`() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        for tail in [[], [0x80], [0xBF, 0x80]] as [[UInt8]] {
          let bytes = [first, second] + tail
          let isValid = String(validating: bytes, as: UTF8.self) != nil
          guard bytes.withUnsafeBytes({ UTF8Text.isValid($0) }) == isValid else {
            Issue.record("\(hexadecimal(bytes)) is \(isValid ? "valid" : "not valid")")
            return
          }
        }
      }
    }
  }

  @Test func `long text of one width is counted across all words`() {
    for scalar in ["a", "é", "日", "😀"] {
      for count in [0, 1, 7, 8, 9, 255 * 8, 255 * 8 + 1, 5000] {
        let bytes = Array(String(repeating: scalar, count: count).utf8)
        #expect(bytes.withUnsafeBytes { UTF8Text.scalarCount($0) } == count)
      }
    }
  }
}
