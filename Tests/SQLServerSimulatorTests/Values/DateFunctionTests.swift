import SQLServerSimulator
import Testing

@Suite struct DateFunctionTests {
  @Test(
    arguments: [
      ("month", 1, "2024-01-31", .date, "2024-02-29"),
      ("month", -1, "2024-03-31", .datetime, "2024-02-29 00:00:00.000"),
      ("yy", 1, "2024-02-29", .date, "2025-02-28"), ("qq", 1, "2024-11-30", .date, "2025-02-28"),
      ("day", 1, "2024-02-28", .date, "2024-02-29"), ("wk", 1, "2024-02-28", .date, "2024-03-06"),
      ("hour", 25, "2024-01-01", .datetime2(0), "2024-01-02 01:00:00"),
      ("hour", 1, "2024-01-01", .date, "#9810"),
      ("day", 1, "10:00", .time(0), "#9810"), ("hour", 15, "10:00", .time(0), "01:00:00"),
      ("minute", -1, "2024-01-01", .datetime, "2023-12-31 23:59:00.000"),
      ("ms", 1, "2024-01-01", .datetime, "2024-01-01 00:00:00.000"),
      ("ms", 2, "2024-01-01", .datetime, "2024-01-01 00:00:00.003"),
      ("mcs", 1, "2024-01-01", .datetime, "#9810"),
      ("ns", 100, "2024-01-01", .datetime2(7), "2024-01-01 00:00:00.0000001"),
      ("day", 1, "9999-12-31", .datetime, "#517"), ("year", -300, "2024-01-01", .datetime, "#517"),
      ("day", 1, "2024-01-01", .varchar(20), "2024-01-02 00:00:00.000"),
      ("eon", 1, "2024-01-01", .date, "#155"),
      ("hour", 1, "2024-01-01 23:30 +02:00", .datetimeoffset(0), "2024-01-02 00:30:00 +02:00"),
      ("second", 40, "2024-01-01 00:00", .smalldatetime, "2024-01-01 00:01:00.000"),
    ] as [(String, Int, String, SQLType, String)])
  func `DATEADD keeps the type`(part: String, count: Int, date: String, type: SQLType, expected: String) {
    var call = Call()
    #expect(call.run("DATEADD", Call.text(part), Call.int(count), Call.of(date, type)) == expected)
  }

  @Test(arguments: [
    ("year", "2023-12-31", "2024-01-01", "1"), ("month", "2024-01-31", "2024-02-01", "1"),
    ("day", "2024-01-01", "2023-12-31", "-1"),
    ("week", "2024-01-06", "2024-01-07", "1"), ("week", "2024-01-07", "2024-01-13", "0"),
    ("qq", "2024-03-31", "2024-04-01", "1"),
    ("hour", "2024-01-01 00:59", "2024-01-01 01:00", "1"), ("minute", "2024-01-01", "2024-01-02", "1440"),
    ("second", "2024-01-01", "2024-01-01 00:00:01.5", "1"), ("ms", "2024-01-01", "2024-02-01", "#535"),
    ("second", "1900-01-01", "2024-01-01", "#535"), ("weekday", "2024-01-01", "2024-01-03", "2"),
  ])
  func `DATEDIFF counts boundaries`(part: String, from: String, to: String, expected: String) {
    var call = Call()
    let type = SQLType.datetime2(7)
    #expect(call.run("DATEDIFF", Call.text(part), Call.of(from, type), Call.of(to, type)) == expected)
    #expect(call.run("DATEDIFF", Call.text(part), Call.text(from), Call.text(to)) == expected)
  }

  @Test func `DATEDIFF compares points in time, and DATEDIFF_BIG does not overflow`() {
    var call = Call()
    let type = SQLType.datetimeoffset(0)
    #expect(
      call.run(
        "DATEDIFF", Call.text("hour"), Call.of("2024-01-01 12:00 +02:00", type),
        Call.of("2024-01-01 12:00 +00:00", type)) == "2")
    #expect(
      call.run("DATEDIFF_BIG", Call.text("ms"), Call.of("2024-01-01", .date), Call.of("2025-01-01", .date))
        == "31622400000")
  }

  @Test(arguments: [
    ("year", "2024"), ("quarter", "1"), ("month", "2"), ("dayofyear", "60"), ("day", "29"), ("week", "9"),
    ("weekday", "5"),
    ("hour", "13"), ("minute", "14"), ("second", "15"), ("ms", "123"), ("mcs", "123456"), ("ns", "123456700"),
    ("tz", "0"),
    ("isowk", "9"),
  ])
  func `DATEPART of a Thursday in February`(part: String, expected: String) {
    var call = Call()
    let date = Call.of("2024-02-29 13:14:15.1234567", .datetime2(7))
    #expect(call.run("DATEPART", Call.text(part), date) == expected)
  }

  @Test func `weeks begin as SET DATEFIRST and ISO say`() {
    var call = Call()
    let sunday = Call.of("2024-01-07", .date)
    #expect(call.run("DATEPART", Call.text("weekday"), sunday) == "1")
    #expect(call.run("DATEPART", Call.text("week"), sunday) == "2")
    call.context.options.dateFirst = 1
    #expect(call.run("DATEPART", Call.text("weekday"), sunday) == "7")
    #expect(call.run("DATEPART", Call.text("week"), sunday) == "1")
    for (date, week) in [
      ("2021-01-01", "53"), ("2021-01-04", "1"), ("2024-12-30", "1"), ("2020-12-31", "53"),
    ] {
      #expect(call.run("DATEPART", Call.text("iso_week"), Call.of(date, .date)) == week)
    }
  }

  @Test func `names and ends of months`() {
    var call = Call()
    let date = Call.of("2024-02-05", .date)
    #expect(call.run("DATENAME", Call.text("month"), date) == "February")
    #expect(call.run("DATENAME", Call.text("weekday"), date) == "Monday")
    #expect(call.run("DATENAME", Call.text("year"), date) == "2024")
    #expect(call.run("EOMONTH", date) == "2024-02-29")
    #expect(call.run("EOMONTH", date, Call.int(-1)) == "2024-01-31")
    #expect(call.run("YEAR", Call.text("2024-02-05")) == "2024")
    #expect(call.run("MONTH", Call.of("2024-02-05", .datetime)) == "2")
    #expect(call.run("DAY", Call.int(0)) == "1")
    #expect(call.run("DATEPART", Call.text("hour"), date) == "#9810")
  }

  @Test func `the time is the context's`() {
    var call = Call()
    // 2024-01-01 12:00:00.0033333 UTC, one hour ahead.
    call.context.now = 738_885 * 864_000_000_000 + 432_000_033_333
    call.context.offset = 60
    #expect(call.run("GETDATE") == "2024-01-01 13:00:00.003")
    #expect(call.run("GETUTCDATE") == "2024-01-01 12:00:00.003")
    #expect(call.run("SYSDATETIME") == "2024-01-01 13:00:00.0033333")
    #expect(call.run("SYSUTCDATETIME") == "2024-01-01 12:00:00.0033333")
    #expect(call.run("SYSDATETIMEOFFSET") == "2024-01-01 13:00:00.0033333 +01:00")
  }

  @Test func `dates are made of parts, and offsets changed`() {
    var call = Call()
    #expect(call.run("DATEFROMPARTS", Call.int(2024), Call.int(2), Call.int(29)) == "2024-02-29")
    #expect(call.run("DATEFROMPARTS", Call.int(2023), Call.int(2), Call.int(29)) == "#289")
    #expect(call.run("DATEFROMPARTS", Call.int(2023), Call.int(nil), Call.int(29)) == "NULL")
    #expect(
      call.run("TODATETIMEOFFSET", Call.of("2024-01-01 10:00", .datetime2(0)), Call.text("+02:00"))
        == "2024-01-01 10:00:00 +02:00")
    #expect(
      call.run("SWITCHOFFSET", Call.of("2024-01-01 10:00 +02:00", .datetimeoffset(0)), Call.text("-05:30"))
        == "2024-01-01 02:30:00 -05:30")
    #expect(
      call.run("SWITCHOFFSET", Call.of("2024-01-01 10:00 +02:00", .datetimeoffset(0)), Call.text("+15:00"))
        == "#9812")
    #expect(
      call.run("TODATETIMEOFFSET", Call.of("2024-01-01 10:00", .datetime2(0)), Call.int(-90))
        == "2024-01-01 10:00:00 -01:30")
  }

  @Test func `TRY_CAST is NULL where CAST fails`() throws {
    #expect(try SQLValue.text("x").tryConverted(from: .varchar(1), to: .int) == .null)
    #expect(try SQLValue.text("5").tryConverted(from: .varchar(1), to: .int) == .integer(5))
    #expect(throws: SQLError.self) { try SQLValue.integer(5).tryConverted(from: .int, to: .date) }
  }
}
