import SQLServerSimulator
import Testing

@Suite struct OperatorTests {
  /// An operand as text and its type.
  typealias Operand = (text: String?, type: SQLType)

  private func evaluate(
    _ operation: ValueOperator, _ left: Operand, _ right: Operand,
    options: EvaluationContext.Options = EvaluationContext.Options()
  ) -> String {
    var context = EvaluationContext(options: options)
    var declaration = ""
    let result = Vectors.result { () throws(SQLError) in
      func value(_ operand: Operand) throws(SQLError) -> SQLValue {
        guard let text = operand.text else { return .null }
        return try SQLValue.text(text).converted(from: .varchar(Vectors.max), to: operand.type)
      }
      let type = try operation.result(left.type, right.type)
      declaration = type.declaration
      return (
        try operation.evaluate(
          value(left), left.type, value(right), right.type, result: type, in: &context), type
      )
    }
    return declaration.isEmpty ? result : "\(result) \(declaration)"
  }

  @Test func `integers divide towards zero and overflow with 8115`() {
    #expect(evaluate(.divide, ("7", .int), ("2", .int)) == "3 int")
    #expect(evaluate(.divide, ("-7", .int), ("2", .int)) == "-3 int")
    #expect(evaluate(.modulo, ("-7", .int), ("2", .int)) == "-1 int")
    #expect(evaluate(.add, ("2147483647", .int), ("1", .int)) == "#8115 int")
    #expect(evaluate(.add, ("2147483647", .int), ("1", .bigint)) == "2147483648 bigint")
    #expect(evaluate(.add, ("255", .tinyint), ("1", .tinyint)) == "#8115 tinyint")
    #expect(evaluate(.divide, ("1", .int), ("0", .int)) == "#8134 int")
    #expect(evaluate(.modulo, ("-9223372036854775808", .bigint), ("-1", .bigint)) == "0 bigint")
    #expect(evaluate(.divide, ("-9223372036854775808", .bigint), ("-1", .bigint)) == "#8115 bigint")
    #expect(evaluate(.add, ("1", .bit), ("1", .bit)) == "#402")
    #expect(evaluate(.and, ("6", .int), ("3", .tinyint)) == "2 int")
    #expect(evaluate(.xor, ("1", .bit), ("1", .bit)) == "0 bit")
    #expect(evaluate(.and, ("6", .float), ("3", .int)) == "#402")
    #expect(evaluate(.add, (nil, .int), ("3", .int)) == "NULL int")
    #expect(evaluate(.add, ("5", .varchar(5)), ("3", .int)) == "8 int")
    #expect(evaluate(.add, ("x", .varchar(5)), ("3", .int)) == "#245 int")
    #expect(evaluate(.subtract, ("5", .varchar(5)), ("3", .varchar(5))) == "#8117")
  }

  @Test func `decimals have the manual's precision and scale`() {
    #expect(evaluate(.add, ("1.5", .decimal(5, 2)), ("1", .decimal(9, 4))) == "2.5000 decimal(10,4)")
    #expect(evaluate(.multiply, ("1.5", .decimal(5, 2)), ("2", .decimal(9, 4))) == "3.000000 decimal(15,6)")
    #expect(
      evaluate(.divide, ("1", .decimal(5, 2)), ("3", .decimal(9, 4))) == "0.333333333333 decimal(19,12)")
    #expect(evaluate(.modulo, ("7.5", .decimal(5, 2)), ("2", .decimal(9, 4))) == "1.5000 decimal(7,4)")
    // The manual's examples of a product that has too many digits.
    #expect(
      evaluate(.multiply, ("0.0000009", .decimal(30, 20)), ("1", .decimal(30, 20)))
        == "0.00000090000000000 decimal(38,17)")
    #expect(
      evaluate(.multiply, ("0.0000009", .decimal(30, 10)), ("1", .decimal(30, 10)))
        == "0.000001 decimal(38,6)")
    #expect(evaluate(.divide, ("1", .decimal(38, 0)), ("3", .decimal(38, 0))) == "0.333333 decimal(38,6)")
    #expect(evaluate(.add, ("1", .decimal(38, 10)), ("1", .decimal(38, 2))) == "2.00 decimal(38,2)")
    #expect(evaluate(.multiply, ("2", .int), ("1.5", .decimal(2, 1))) == "3.0 decimal(13,1)")
    #expect(evaluate(.divide, ("1", .decimal(5, 2)), ("0", .int)).hasPrefix("#8134"))
    let nines = String(repeating: "9", count: 38)
    #expect(evaluate(.add, (nines, .decimal(38, 0)), ("1", .decimal(1, 0))) == "#8115 decimal(38,0)")
    #expect(evaluate(.add, ("1.5", .varchar(10)), ("1.25", .decimal(5, 2))) == "2.75 decimal(6,2)")
    // Literals have as many digits as they are written with: 2.0 / 3.
    let literal = try? ValueOperator.divide.result(.numeric(2, 1), .int, constants: (nil, 3))
    #expect(literal?.declaration == "numeric(7,6)")
  }

  @Test func `money and floating-point numbers`() {
    #expect(evaluate(.divide, ("1", .money), ("3", .money)) == "0.3333 money")
    #expect(evaluate(.multiply, ("1.5", .money), ("2", .int)) == "3.0000 money")
    #expect(evaluate(.multiply, ("1.5", .money), ("2.00", .decimal(5, 2))) == "3.000000 decimal(25,6)")
    #expect(evaluate(.add, ("922337203685477.5807", .money), ("0.0001", .money)) == "#8115 money")
    #expect(evaluate(.divide, ("1", .float), ("0", .int)) == "#8134 float")
    #expect(evaluate(.multiply, ("1e200", .float), ("1e200", .float)) == "#8115 float")
    #expect(evaluate(.add, ("1", .real), ("1", .float)) == "2 float")
    #expect(evaluate(.modulo, ("1", .float), ("1", .float)) == "#402")
  }

  @Test func `datetime adds days and the newer types do not`() {
    #expect(evaluate(.add, ("2024-02-28", .datetime), ("2", .int)) == "2024-03-01 00:00:00.000 datetime")
    #expect(
      evaluate(.subtract, ("2024-01-01", .datetime), ("0.5", .decimal(2, 1)))
        == "2023-12-31 12:00:00.000 datetime")
    #expect(
      evaluate(.subtract, ("2024-01-02", .datetime), ("2024-01-01", .datetime))
        == "1900-01-02 00:00:00.000 datetime")
    #expect(evaluate(.add, ("9999-12-31", .datetime), ("1", .int)) == "#517 datetime")
    #expect(evaluate(.add, ("2024-01-02", .date), ("1", .int)) == "#206")
    #expect(evaluate(.add, ("2024-01-02", .datetime2(7)), ("2024-01-02", .datetime2(7))) == "#8117")
    #expect(evaluate(.multiply, ("2024-01-02", .datetime), ("1", .int)) == "#8117")
    #expect(evaluate(.add, ("2024-01-02", .datetime), ("2024-01-02", .date)) == "#402")
  }

  @Test func `text joins, and NULL makes NULL unless CONCAT_NULL_YIELDS_NULL is off`() {
    #expect(evaluate(.add, ("ab", .varchar(2)), ("c", .varchar(3))) == "abc varchar(5)")
    #expect(evaluate(.add, ("ab", .char(4)), ("c", .char(2))) == "ab  c  char(6)")
    #expect(evaluate(.add, ("ab", .varchar(8000)), ("c", .varchar(3))) == "abc varchar(8000)")
    #expect(evaluate(.add, ("ab", .varchar(Vectors.max)), ("c", .nvarchar(3))) == "abc nvarchar(max)")
    #expect(evaluate(.add, (nil, .varchar(2)), ("c", .varchar(3))) == "NULL varchar(5)")
    var options = EvaluationContext.Options()
    options.concatNullYieldsNull = false
    #expect(evaluate(.add, (nil, .varchar(2)), ("c", .varchar(3)), options: options) == "c varchar(5)")
    #expect(evaluate(.add, ("ab", .text()), ("c", .varchar(3))) == "#402")
    #expect(evaluate(.add, ("a", .varbinary(2)), ("b", .varbinary(2))) == "0x6162 varbinary(4)")
    let latin = try? Collation(name: "Latin1_General_BIN2")
    #expect(evaluate(.add, ("a", .varchar(1)), ("b", .varchar(1, latin ?? .standard))) == "#468")
  }

  @Test func `an overflow is NULL and a warning when nothing is to abort`() throws {
    var options = EvaluationContext.Options()
    options.ansiWarnings = false
    options.arithAbort = false
    var context = EvaluationContext(options: options)
    let value = try ValueOperator.divide.evaluate(
      .integer(1), .int, .integer(0), .int, result: .int, in: &context)
    #expect(value == .null)
    #expect(context.warnings.map(\.number) == [3607])
    #expect(evaluate(.add, ("2147483647", .int), ("1", .int), options: options) == "NULL int")
  }

  @Test func `the common type of two operands`() throws {
    let expected: [(SQLType, SQLType, String)] = [
      (.int, .tinyint, "int"), (.int, .varchar(5), "int"), (.decimal(5, 2), .decimal(9, 4), "decimal(9,4)"),
      (.decimal(5, 2), .int, "decimal(12,2)"), (.decimal(38, 10), .decimal(38, 0), "decimal(38,0)"),
      (.money, .int, "money"), (.money, .decimal(5, 2), "decimal(19,4)"), (.real, .decimal(5, 2), "real"),
      (.varchar(3), .varchar(9), "varchar(9)"), (.varchar(3), .nvarchar(2), "nvarchar(3)"),
      (.varchar(3), .varchar(Vectors.max), "varchar(max)"), (.char(3), .varchar(2), "varchar(3)"),
      (.datetime, .datetime2(3), "datetime2(7)"), (.date, .datetime, "datetime"),
      (.date, .varchar(9), "date"),
      (.uniqueidentifier, .varchar(9), "uniqueidentifier"), (.binary(3), .varbinary(9), "varbinary(9)"),
      (.bit, .varchar(1), "bit"), (.variant, .int, "sql_variant"),
    ]
    for (left, right, declaration) in expected {
      #expect(try SQLType.common(left, right).declaration == declaration)
      #expect(try SQLType.common(right, left).declaration == declaration)
    }
    #expect(throws: SQLError.operandTypeClash("int", "date")) { try SQLType.common(.date, .int) }
    #expect(throws: SQLError.xmlNotComparable) { try SQLType.comparison(.xml, .xml) }
    #expect(throws: SQLError.incompatibleOperands("text", "text", operation: "equal to")) {
      try SQLType.comparison(.text(), .text())
    }
    var literal = SQLType.varchar(3)
    literal.collation = nil
    let latin = try Collation(name: "Latin1_General_BIN2")
    #expect(try SQLType.common(literal, .varchar(2, latin)).collation == latin)
  }

  @Test func `minus and not`() throws {
    var context = EvaluationContext()
    #expect(try UnaryValueOperator.minus.result(.tinyint) == .smallint)
    #expect(try UnaryValueOperator.minus.evaluate(.integer(5), .int, in: &context) == .integer(-5))
    #expect(throws: SQLError.self) {
      try UnaryValueOperator.minus.evaluate(.integer(-2_147_483_648), .int, in: &context)
    }
    #expect(try UnaryValueOperator.not.evaluate(.integer(5), .int, in: &context) == .integer(-6))
    #expect(try UnaryValueOperator.not.evaluate(.integer(5), .tinyint, in: &context) == .integer(250))
    #expect(throws: SQLError.invalidOperandType("varchar", operation: "minus")) {
      try UnaryValueOperator.minus.result(.varchar(3))
    }
  }
}
