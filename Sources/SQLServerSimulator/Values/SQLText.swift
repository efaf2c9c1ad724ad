/// Text as numbers, and what else texts have in common.
enum SQLText {
  /// Without the blanks, tabs and line ends around it.
  static func trimmed(_ text: [UInt16]) -> ArraySlice<UInt16> {
    func isBlank(_ unit: UInt16) -> Bool { unit == 0x20 || 0x09...0x0D ~= unit || unit == 0xA0 }
    var rest = text[...]
    while let first = rest.first, isBlank(first) { rest = rest.dropFirst() }
    while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
    return rest
  }

  static func string(_ text: [UInt16]) -> String { String(decoding: text, as: UTF16.self) }

  /// An optional sign and digits; nothing at all is 0. For bit, `true` and `false` as well.
  static func integer(
    _ text: [UInt16], from source: SQLType, to target: SQLType
  ) throws(SQLError) -> SQLValue {
    var digits = trimmed(text)
    if target.kind == .bit {
      switch string(Array(digits)).lowercased() {
      case "true": return .bit(true)
      case "false": return .bit(false)
      default: break
      }
    }
    func failure() -> SQLError {
      target.kind == .bigint
        ? .errorConverting(source.name, to: target.name)
        : .conversionFailed(source.name, text: string(text), to: target.name)
    }
    let isNegative = digits.first == 0x2D
    if isNegative || digits.first == 0x2B {
      digits = digits.dropFirst()
      // Blanks may stand between sign and digits, but there must be digits.
      while digits.first == 0x20 { digits = digits.dropFirst() }
      guard !digits.isEmpty else { throw failure() }
    }
    var value: Int64? = 0
    for unit in digits {
      guard 0x30...0x39 ~= unit else { throw failure() }
      guard let before = value else { continue }
      let product = before.multipliedReportingOverflow(by: 10)
      let digit = Int64(unit - 0x30)
      let sum = product.partialValue.addingReportingOverflow(isNegative ? -digit : digit)
      value = product.overflow || sum.overflow ? nil : sum.partialValue
    }
    if let value, target.holds(value) { return target.integer(value) }
    switch target.kind {
    case .bit: return .bit(true)
    case .tinyint: throw .overflowed(source.name, text: string(text), column: "INT1")
    case .smallint: throw .overflowed(source.name, text: string(text), column: "INT2")
    case .int: throw .overflowedInt(source.name, text: string(text))
    default: throw .overflow(converting: source.name, to: target.name)
    }
  }
}
