import SQLServerSimulator
import Testing

@Suite struct SQLDecimalTests {
  private func decimal(_ text: String, _ precision: Int = 38) throws -> SQLDecimal {
    let scale = text.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first?.count ?? 0
    return try SQLDecimal(text: Array(text.utf16)[...], scale: scale, precision: precision)
  }

  @Test func `what is printed reads back`() throws {
    let largest = String(repeating: "9", count: 38)
    for text in ["0", "-1", "0.05", "-0.50", "123.4500", largest, "0." + largest, "-" + largest] {
      #expect(try decimal(text).description == text)
    }
    #expect(try decimal("-0.00").description == "0.00")
    #expect(throws: SQLDecimal.ParsingError.tooManyDigits) { try decimal("1" + largest) }
    for text in ["", "-", ".", "1e5", "1,000", "1.2.3", "0x1"] {
      #expect(throws: SQLDecimal.ParsingError.notANumber) { try decimal(text) }
    }
  }

  @Test func `a fraction too long is rounded half away from zero`() throws {
    for (text, scale, expected) in [
      ("1.005", 2, "1.01"), ("-1.005", 2, "-1.01"), ("1.0049999", 2, "1.00"), ("9.995", 2, "10.00"),
      ("0.4", 0, "0"), ("0.5", 0, "1"), ("-0.5", 0, "-1"),
    ] {
      #expect(try decimal(text).rescaled(to: scale)?.description == expected)
      #expect(
        try SQLDecimal(text: Array(text.utf16)[...], scale: scale, precision: 38).description == expected)
    }
    #expect(try decimal("99.5").rescaled(to: 0, precision: 2) == nil)
  }

  @Test func `results have the scale that is asked for and overflow beyond the precision`() throws {
    let third = try decimal("1.0").divided(by: decimal("3"), scale: 6, precision: 8)
    #expect(third?.description == "0.333333")
    #expect(try decimal("2.0").divided(by: decimal("3"), scale: 6, precision: 8)?.description == "0.666666")
    // The manual's example of a scale that is reduced to 6: the product is rounded.
    let product = try decimal("0.0000009000").multiplied(by: decimal("1.0000000000"), scale: 6, precision: 38)
    #expect(product?.description == "0.000001")
    let largest = try decimal(String(repeating: "9", count: 38))
    #expect(largest.adding(SQLDecimal(1), scale: 0, precision: 38) == nil)
    #expect(largest.subtracting(SQLDecimal(1), scale: 0, precision: 38)?.description.last == "8")
    #expect(largest.multiplied(by: largest, scale: 0, precision: 38) == nil)
    #expect(largest.divided(by: largest, scale: 6, precision: 38)?.description == "1.000000")
    #expect(
      try decimal("-7.5").remainder(dividingBy: decimal("2"), scale: 1, precision: 3)?.description == "-1.5")
    #expect(
      try decimal("7").remainder(dividingBy: decimal("0.03"), scale: 2, precision: 3)?.description == "0.01")
  }

  @Test func `numbers compare by value whatever their scale`() throws {
    let ascending = try ["-10", "-9.99", "-0.01", "0.000", "0.1", "0.11", "1", "2.000000"].map {
      try decimal($0)
    }
    for (index, left) in ascending.enumerated() {
      for (other, right) in ascending.enumerated() {
        #expect(left.compare(right).signum() == (index - other).signum())
      }
    }
    #expect(try decimal("1.0").compare(decimal("1.0000")) == 0)
  }

  @Test func `floating-point numbers become decimals in seventeen digits`() {
    #expect(SQLDecimal(0.1, scale: 4, precision: 18)?.description == "0.1000")
    #expect(SQLDecimal(2.5, scale: 0, precision: 18)?.description == "3")
    #expect(SQLDecimal(-1234.5678, scale: 2, precision: 18)?.description == "-1234.57")
    #expect(SQLDecimal(1e22, scale: 0, precision: 38)?.description == "1" + String(repeating: "0", count: 22))
    #expect(SQLDecimal(1e38, scale: 0, precision: 38) == nil)
    #expect(SQLDecimal(1e-30, scale: 10, precision: 18)?.isZero == true)
    #expect(SQLDecimal(.nan, scale: 0, precision: 38) == nil)
    #expect(SQLDecimal(magnitude: 12345, isNegative: true, scale: 2).double == -123.45)
  }
}
