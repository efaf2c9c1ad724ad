/// How many times the size of StackOverflow2010: a positive decimal, kept exactly so that counts are exact.
package struct Scale: Hashable, Sendable, CustomStringConvertible {
  /// The value is `digits` / 10^`decimals`, with no trailing zero.
  private let digits: UInt64
  private let decimals: Int

  /// Beyond it, the ids of Votes leave the 32 bits that they have.
  package static let maximum = 200
  package static let maximumDecimals = 9

  /// One hundredth, what a first try asks for.
  package static let hundredth = Scale(digits: 1, decimals: 2)
  package static let one = Scale(digits: 1, decimals: 0)

  private init(digits: UInt64, decimals: Int) {
    self.digits = digits
    self.decimals = decimals
  }

  /// Reads a decimal such as `0.01` or `2`. The error says what is wrong, as the end of a sentence.
  package init(_ text: String) throws(InvalidScale) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let areDigits = parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    guard (1...2).contains(parts.count), areDigits, !parts[0].isEmpty, parts.last?.isEmpty == false else {
      throw InvalidScale(reason: "is not a decimal number such as 0.01")
    }
    var fraction = parts.count == 2 ? parts[1] : ""
    while fraction.hasSuffix("0") { fraction.removeLast() }
    guard fraction.utf8.count <= Scale.maximumDecimals else {
      throw InvalidScale(reason: "has more than \(Scale.maximumDecimals) decimals")
    }
    let limit = UInt64(Scale.maximum) * Scale.power(fraction.utf8.count)
    guard let digits = UInt64(parts[0] + fraction), digits <= limit else {
      throw InvalidScale(reason: "is larger than \(Scale.maximum): ids are 32-bit integers")
    }
    guard digits > 0 else { throw InvalidScale(reason: "is not larger than zero") }
    self.init(digits: digits, decimals: fraction.utf8.count)
  }

  /// The count times the scale, rounded half up.
  package func applied(to count: Int) -> Int {
    let divisor = UInt128(Scale.power(decimals))
    return Int((UInt128(count) * UInt128(digits) * 2 + divisor) / (divisor * 2))
  }

  package var description: String {
    let divisor = Scale.power(decimals)
    guard decimals > 0 else { return String(digits) }
    let fraction = String(digits % divisor)
    return "\(digits / divisor)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  private static func power(_ exponent: Int) -> UInt64 {
    (0..<exponent).reduce(1 as UInt64) { product, _ in product * 10 }
  }
}

/// Why a text is no scale, as the end of a sentence.
package struct InvalidScale: Error, Equatable {
  package let reason: String
}
