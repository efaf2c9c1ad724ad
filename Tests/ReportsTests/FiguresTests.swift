import Reports
import Testing

@Suite struct FiguresTests {
  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (-1000, "-1,000"), (123_456, "123,456"),
    (1_234_567, "1,234,567"), (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func `counts have a comma every three digits`(number: Int, text: String) {
    #expect(Figures.count(number) == text)
  }

  @Test func `one is singular and everything else plural`() {
    #expect(Figures.count(1, "row") == "1 row")
    #expect(Figures.count(0, "row") == "0 rows")
    #expect(Figures.count(2, "index", plural: "indexes") == "2 indexes")
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (1536, "1.5 KB"), (1_048_575, "1.0 MB"),
    (64 << 20, "64.0 MB"), (1 << 30, "1.0 GB"), (Int.max, "8.0 EB"),
  ])
  func `sizes are in the largest unit that leaves a number below 1024`(bytes: Int, text: String) {
    #expect(Figures.bytes(bytes) == text)
  }

  @Test(arguments: [
    (0, "0.00 s"), (0.042, "0.04 s"), (0.9949, "0.99 s"), (0.996, "1.0 s"), (3.24, "3.2 s"), (9.96, "10 s"),
    (59.4, "59 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (3600, "1 h 00 min"), (7_620, "2 h 07 min"),
    (Double.infinity, "unknown"), (-1, "0.00 s"),
  ])
  func `durations are as precise as anybody wants to know`(seconds: Double, text: String) {
    #expect(Figures.duration(seconds) == text)
  }

  @Test func `there is no rate without time`() {
    #expect(Figures.rate(10, in: 0) == nil)
    #expect(Figures.rate(10, in: 4) == 3)
    #expect(Figures.rate(Int.max, in: 1e-9) == nil)
  }
}
