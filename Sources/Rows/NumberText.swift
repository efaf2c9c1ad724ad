/// Integers, floating-point numbers and truth values as text.
package enum NumberText {
  /// An optional sign and decimal digits.
  package static func parseInteger(_ text: UnsafeRawBufferPointer) throws(BadValue) -> Int64 {
    let isNegative = text.first == UInt8(ascii: "-")
    let signs = isNegative || text.first == UInt8(ascii: "+") ? 1 : 0
    guard text.count > signs else { throw BadValue("is not an integer") }
    var value: Int64 = 0
    for index in signs..<text.count {
      let digit = text[index] &- 48
      guard digit <= 9 else { throw BadValue("is not an integer") }
      // Counted downwards, because there is one more negative number.
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = product.subtractingReportingOverflow(Int64(digit))
      guard !overflow, !sumOverflow else { throw BadValue("is too large for 64 bits") }
      value = sum
    }
    if isNegative { return value }
    guard value != .min else { throw BadValue("is too large for 64 bits") }
    return -value
  }

  /// The nearest number; also `NaN`, `Infinity` and `-Infinity`.
  package static func parseDouble(_ text: UnsafeRawBufferPointer) throws(BadValue) -> Double {
    try parse(text) { Double($0) }
  }

  package static func parseFloat(_ text: UnsafeRawBufferPointer) throws(BadValue) -> Float {
    try parse(text) { Float($0) }
  }

  private static func parse<Value: BinaryFloatingPoint>(
    _ text: UnsafeRawBufferPointer, _ convert: (String) -> Value?
  ) throws(BadValue) -> Value {
    // Swift reads hexadecimal, "nan(0x1)" and "inf" as well.
    let isNumber = text.allSatisfy { byte in
      byte &- 48 <= 9 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
    }
    let string = String(decoding: text, as: UTF8.self)
    switch string {
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    default:
      guard isNumber, let value = convert(string) else { throw BadValue("is not a number") }
      guard value.isFinite else { throw BadValue("is too large for a floating-point number") }
      return value
    }
  }

  /// The shortest digits that read back as the same number; `NaN`, `Infinity`, `-Infinity`.
  package static func print(_ value: Double) -> String { value.isFinite ? value.description : special(value) }
  package static func print(_ value: Float) -> String {
    value.isFinite ? value.description : special(Double(value))
  }

  private static func special(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
  }

  /// `true`, `t`, `1`, `false`, `f` or `0`.
  package static func parseBool(_ text: UnsafeRawBufferPointer) throws(BadValue) -> Bool {
    func equals(_ word: StaticString) -> Bool {
      text.elementsEqual(UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }
    if equals("true") || equals("t") || equals("1") { return true }
    if equals("false") || equals("f") || equals("0") { return false }
    throw BadValue("is neither true nor false")
  }
}
