/// A decimal number as SQL Server has it: an integer of at most 38 digits, and how many of them stand behind
/// the point.
package struct SQLDecimal: Sendable {
  package var magnitude: UInt128
  package var isNegative: Bool
  package var scale: Int

  package static let maxDigits = 38

  /// Zero is never negative.
  package init(magnitude: UInt128, isNegative: Bool = false, scale: Int) {
    self.magnitude = magnitude
    self.isNegative = isNegative && magnitude != 0
    self.scale = scale
  }

  package init(_ value: Int64) {
    self.init(magnitude: UInt128(value.magnitude), isNegative: value < 0, scale: 0)
  }
}

extension SQLDecimal: Equatable {
  /// By digits and scale: 1.0 is not 1.00. To compare numbers, compare values.
  package static func == (left: SQLDecimal, right: SQLDecimal) -> Bool {
    left.magnitude == right.magnitude && left.isNegative == right.isNegative && left.scale == right.scale
  }
}
