import CXXHash

/// The number of rows of a set, and the sum of their hashes modulo 2^128.
///
/// Independent of order, sensitive to duplicates. Two sets with the same fingerprint are the same set
/// but for a chance of 2^-128 against accidents; it is no defence against a forger.
package struct Fingerprint: Hashable, Sendable {
  package var rows: Int
  package var sum: UInt128

  package init(rows: Int = 0, sum: UInt128 = 0) {
    self.rows = rows
    self.sum = sum
  }

  /// Adds one row, given its encoding.
  @inlinable package mutating func add(_ row: UnsafeRawBufferPointer) {
    rows += 1
    sum &+= Fingerprint.hash(row)
  }

  package static func + (left: Fingerprint, right: Fingerprint) -> Fingerprint {
    Fingerprint(rows: left.rows + right.rows, sum: left.sum &+ right.sum)
  }
  package static func += (left: inout Fingerprint, right: Fingerprint) { left = left + right }

  /// 32 digits.
  package static func hexadecimal(_ hash: UInt128) -> String {
    // Half by half: the library divides 128 bits by the base for each digit.
    let halves = [UInt64(truncatingIfNeeded: hash >> 64), UInt64(truncatingIfNeeded: hash)]
    return halves.reduce(into: "") { text, half in
      let digits = String(half, radix: 16)
      text += String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
  }

  /// XXH3-128 with seed 0. The corresponding C function is `XXH3_128bits`.
  @inlinable package static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt128 {
    let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
    return UInt128(hash.high64) << 64 | UInt128(hash.low64)
  }
}

extension Fingerprint: CustomStringConvertible, LosslessStringConvertible {
  /// The count, a colon, and the sum as 32 hexadecimal digits.
  package var description: String { "\(rows):\(Fingerprint.hexadecimal(sum))" }

  /// Nil for what `description` does not print.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let rows = Int(parts[0]), rows >= 0, let sum = UInt128(parts[1], radix: 16)
    else { return nil }
    self.init(rows: rows, sum: sum)
    guard description == text else { return nil }
  }
}

extension Fingerprint: Codable {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = Fingerprint(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a fingerprint: \(text)"))
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
