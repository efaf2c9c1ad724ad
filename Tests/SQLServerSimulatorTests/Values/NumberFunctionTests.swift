import SQLServerSimulator
import Testing

@Suite struct NumberFunctionTests {
  @Test(
    arguments: [
      ("ABS", "-5", .int, "5 int"), ("ABS", "-2147483648", .int, "#8115 int"),
      ("ABS", "-1.5", .decimal(3, 1), "1.5 decimal(3,1)"),
      ("CEILING", "1.2", .decimal(3, 1), "2 decimal(3,0)"),
      ("CEILING", "-1.2", .decimal(3, 1), "-1 decimal(3,0)"),
      ("FLOOR", "-1.2", .decimal(3, 1), "-2 decimal(3,0)"), ("FLOOR", "1.9", .float, "1 float"),
      ("FLOOR", "-1.5", .money, "-2.0000 money"), ("SIGN", "-3", .int, "-1 int"),
      ("SIGN", "2.5", .decimal(3, 1), "1.0 decimal(3,1)"),
      ("SQRT", "9", .int, "3 float"), ("SQRT", "-1", .int, "#3623 float"), ("LOG", "0", .int, "#3623 float"),
      ("EXP", "0", .int, "1 float"), ("EXP", "1000", .int, "#8115 float"),
      ("ABS", "-3", .varchar(5), "3 float"),
    ] as [(String, String, SQLType, String)])
  func `functions of one number`(name: String, text: String, type: SQLType, expected: String) {
    var call = Call()
    let result = call.run(name, Call.of(text, type))
    #expect("\(result) \(call.declaration)" == expected)
  }

  @Test func `ROUND rounds half away from zero or cuts`() {
    var call = Call()
    #expect(call.run("ROUND", Call.of("123.4545", .decimal(7, 4)), Call.int(2)) == "123.4500")
    #expect(call.run("ROUND", Call.of("123.45", .decimal(5, 2)), Call.int(-2)) == "100.00")
    #expect(call.run("ROUND", Call.of("150.75", .decimal(5, 2)), Call.int(0)) == "151.00")
    #expect(call.run("ROUND", Call.of("150.75", .decimal(5, 2)), Call.int(0), Call.int(1)) == "150.00")
    #expect(call.run("ROUND", Call.of("748.58", .decimal(5, 2)), Call.int(-3)) == "#8115")
    #expect(call.run("ROUND", Call.of("748.58", .decimal(5, 2)), Call.int(-4)) == "0.00")
    #expect(call.run("ROUND", Call.int(-55), Call.int(-1)) == "-60")
    #expect(call.run("ROUND", Call.of("2.5", .float), Call.int(0)) == "3")
    #expect(call.run("ROUND", Call.of("1.00005", .money), Call.int(2)) == "1.0000")
  }

  @Test func `POWER has the type of its base`() {
    var call = Call()
    #expect(call.run("POWER", Call.int(2), Call.int(10)) == "1024")
    #expect(call.run("POWER", Call.int(2), Call.int(31)) == "#232")
    #expect(call.run("POWER", Call.int(2), Call.int(-1)) == "0")
    #expect(call.run("POWER", Call.of("2", .float), Call.int(-1)) == "0.5")
    #expect(call.run("POWER", Call.int(0), Call.int(-1)) == "#8134")
    #expect(call.run("LOG", Call.int(8), Call.int(2)) == "3")
  }

  @Test func `RAND repeats with its seed`() {
    var call = Call()
    let first = call.run("RAND", Call.int(5))
    let second = call.run("RAND")
    #expect(first != second)
    #expect(call.run("RAND", Call.int(5)) == first)
    #expect(call.run("RAND") == second)
  }

  private func aggregate(
    _ function: AggregateFunction, _ type: SQLType, _ values: [String?], distinct: Bool = false
  ) -> String {
    var declaration = ""
    let result = Vectors.result { () throws(SQLError) in
      let result = try function.result(type)
      declaration = result.declaration
      var accumulator = try AggregateAccumulator(function, of: type, isDistinct: distinct)
      for value in values {
        try accumulator.add(
          value.map { SQLValue.text($0) }?.converted(from: .nvarchar(99), to: type) ?? .null)
      }
      #expect(accumulator.eliminatedNull == values.contains(nil))
      return (try accumulator.value(), result)
    }
    return "\(result) \(declaration)"
  }

  @Test func `aggregates have SQL Server's types and overflow`() {
    #expect(aggregate(.count, .int, ["1", nil, "1"]) == "2 int")
    #expect(aggregate(.count, .int, ["1", nil, "1"], distinct: true) == "1 int")
    #expect(aggregate(.countBig, .varchar(9), ["a", "A ", "b"], distinct: true) == "2 bigint")
    #expect(aggregate(.count, .int, []) == "0 int")
    #expect(aggregate(.sum, .int, []) == "NULL int")
    #expect(aggregate(.sum, .tinyint, ["200", "200"]) == "400 int")
    #expect(aggregate(.sum, .int, ["2147483647", "1"]) == "#8115 int")
    #expect(aggregate(.sum, .bigint, ["9223372036854775807", "1"]) == "#8115 bigint")
    #expect(aggregate(.sum, .decimal(5, 2), ["1.50", "2.25"]) == "3.75 decimal(38,2)")
    #expect(aggregate(.avg, .int, ["1", "2", nil]) == "1 int")
    #expect(aggregate(.avg, .decimal(5, 2), ["1", "2", "2"]) == "1.666666 decimal(38,6)")
    #expect(aggregate(.avg, .money, ["1", "2"]) == "1.5000 money")
    #expect(aggregate(.sum, .real, ["1.5", "2"]) == "3.5 float")
    #expect(aggregate(.min, .varchar(5), ["b", "A", "c"]) == "A varchar(5)")
    #expect(aggregate(.max, .date, ["2024-01-01", nil, "2024-06-01"]) == "2024-06-01 date")
    #expect(
      aggregate(.sum, .decimal(38, 0), [String(repeating: "9", count: 38), "1"]) == "#8115 decimal(38,0)")
    #expect(aggregate(.sum, .varchar(5), []) == "#8117 ")
    #expect(aggregate(.max, .bit, []) == "#8117 ")
    #expect(throws: SQLError.unsupported("CHECKSUM_AGG")) { try AggregateFunction.named("CHECKSUM_AGG") }
    #expect((try? AggregateFunction.named("len")) == .some(nil))
  }
}
