import Glibc
import Runtime

/// A code page of Windows: bytes of char and varchar to Unicode and back.
///
/// The tables are glibc's, asked once for each page. Of bytes that a page leaves undefined, 0x80...0x9F are the
/// control characters of the same number, as Windows has it, and the others are none. Characters are taken one by one:
/// base letters and combining marks are not put together.
package final class CodePage: Sendable {
  package let number: Int
  /// For each byte its character; `leadByte` for the first of two, `undefined` for none.
  private let singles: [UInt16]
  /// For each pair of bytes its character or `undefined`; empty if the page has no pairs.
  private let pairs: [UInt16]
  /// For each UTF-16 unit its byte, or its pair with the first byte above; 0 if it has none.
  private let reverse: [UInt16]

  private static let undefined: UInt16 = 0xFFFF
  private static let leadByte: UInt16 = 0xFFFE

  private static let cache = Guarded([Int: CodePage]())

  /// Nil for a page that is not known here.
  package static func of(_ number: Int) -> CodePage? {
    if let page = cache.withLock({ $0[number] }) { return page }
    guard let page = CodePage(number) else { return nil }
    return cache.withLock { cache in
      // Whoever came first built the same.
      if let first = cache[number] { return first }
      cache[number] = page
      return page
    }
  }

  package static let utf8 = 65001
  private static let known: Set<Int> = [
    437, 850, 874, 932, 936, 949, 950, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258,
  ]

  package var isUTF8: Bool { number == CodePage.utf8 }

  private init?(_ number: Int) {
    self.number = number
    if number == CodePage.utf8 {
      (singles, pairs, reverse) = ([], [], [])
      return
    }
    guard CodePage.known.contains(number),
      let decoder = Conversion(from: "CP\(number)", to: "UTF-16LE"),
      let encoder = Conversion(from: "UTF-16LE", to: "CP\(number)")
    else { return nil }
    let isDouble = [932, 936, 949, 950].contains(number)
    var singles = (0..<256).map { $0 < 0x80 ? UInt16($0) : CodePage.undefined }
    var pairs: [UInt16] = []
    if isDouble { pairs = [UInt16](repeating: CodePage.undefined, count: 1 << 16) }
    for byte in UInt8(0x80)...0xFF {
      switch decoder.convert(byte) {
      case .pair(let low, let high): singles[Int(byte)] = UInt16(low) | UInt16(high) << 8
      case .incomplete where isDouble:
        singles[Int(byte)] = CodePage.leadByte
        for trail in UInt8(0x30)...0xFE {
          guard case .pair(let low, let high) = decoder.convert(byte, trail) else { continue }
          pairs[Int(byte) << 8 | Int(trail)] = UInt16(low) | UInt16(high) << 8
        }
      default: if byte < 0xA0, !isDouble { singles[Int(byte)] = UInt16(byte) }
      }
    }
    reverse = CodePage.reversed(singles, pairs, encoder)
    (self.singles, self.pairs) = (singles, pairs)
  }

  /// The codes of characters. Of a character that has several, the one that glibc takes.
  private static func reversed(_ singles: [UInt16], _ pairs: [UInt16], _ encoder: Conversion) -> [UInt16] {
    var reverse = [UInt16](repeating: 0, count: 1 << 16)
    for (codes, isPairs) in [(singles, false), (pairs, true)] {
      for (code, unit) in codes.enumerated() where unit < leadByte && unit != 0xFFFD {
        if reverse[Int(unit)] == 0 {
          reverse[Int(unit)] = UInt16(code)
          continue
        }
        switch encoder.convert(UInt8(unit & 0xFF), UInt8(unit >> 8)) {
        case .single(let byte): reverse[Int(unit)] = UInt16(byte)
        case .pair(let first, let second) where isPairs:
          reverse[Int(unit)] = UInt16(first) << 8 | UInt16(second)
        default: break
        }
      }
    }
    return reverse
  }

  /// The character at `offset`, which moves behind its bytes; U+FFFD for what is none.
  func scalar(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt16 {
    let byte = bytes[offset]
    offset += 1
    let unit = singles[Int(byte)]
    if unit == CodePage.undefined { return 0xFFFD }
    guard unit == CodePage.leadByte else { return unit }
    guard offset < bytes.count else { return 0xFFFD }
    let pair = pairs[Int(byte) << 8 | Int(bytes[offset])]
    // A second byte that could stand alone is not swallowed.
    if pair == CodePage.undefined {
      if bytes[offset] >= 0x80 { offset += 1 }
      return 0xFFFD
    }
    offset += 1
    return pair
  }

  /// The byte of a character, or two with the first above; nil if the page has none.
  func code(_ scalar: UInt32) -> UInt16? {
    guard scalar <= 0xFFFF else { return nil }
    let code = reverse[Int(scalar)]
    return code == 0 && scalar != 0 ? nil : code
  }

  /// Text of bytes. What is undefined becomes U+FFFD.
  package func decode(_ bytes: UnsafeRawBufferPointer) -> String {
    if isUTF8 { return String(decoding: bytes, as: UTF8.self) }
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count)
    var offset = 0
    while offset < bytes.count { units.append(scalar(bytes, &offset)) }
    return String(decoding: units, as: UTF16.self)
  }

  package func decode(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { decode($0) } }

  /// Bytes of text. What the page does not have becomes a question mark, and `isExact` false.
  package func encode(_ text: String) -> (bytes: [UInt8], isExact: Bool) {
    if isUTF8 { return (Array(text.utf8), true) }
    var bytes: [UInt8] = []
    var isExact = true
    for scalar in text.unicodeScalars {
      guard let code = code(scalar.value) else {
        bytes.append(UInt8(ascii: "?"))
        isExact = false
        continue
      }
      if code > 0xFF { bytes.append(UInt8(code >> 8)) }
      bytes.append(UInt8(truncatingIfNeeded: code))
    }
    return (bytes, isExact)
  }
}

/// An iconv descriptor, for one character a call.
private final class Conversion {
  enum Outcome {
    case single(UInt8)
    case pair(UInt8, UInt8)
    /// More bytes are needed.
    case incomplete
    /// None, or more than two.
    case other
  }

  private let descriptor: iconv_t
  private let input = UnsafeMutablePointer<CChar>.allocate(capacity: 2)
  private let output = UnsafeMutablePointer<CChar>.allocate(capacity: 16)

  init?(from source: String, to target: String) {
    guard let descriptor = iconv_open(target, source), descriptor != iconv_t(bitPattern: -1) else {
      return nil
    }
    self.descriptor = descriptor
  }

  deinit {
    iconv_close(descriptor)
    input.deallocate()
    output.deallocate()
  }

  func convert(_ first: UInt8, _ second: UInt8? = nil) -> Outcome {
    input[0] = CChar(bitPattern: first)
    input[1] = CChar(bitPattern: second ?? 0)
    var (from, to): (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?) = (input, output)
    var (left, room) = (second == nil ? 1 : 2, 16)
    iconv(descriptor, nil, nil, nil, nil)
    if iconv(descriptor, &from, &left, &to, &room) == -1 { return errno == EINVAL ? .incomplete : .other }
    // Characters that wait for a combining mark come out now.
    iconv(descriptor, nil, nil, &to, &room)
    switch room {
    case 15: return .single(UInt8(bitPattern: output[0]))
    case 14: return .pair(UInt8(bitPattern: output[0]), UInt8(bitPattern: output[1]))
    default: return .other
    }
  }
}
