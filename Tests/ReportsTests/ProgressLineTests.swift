import Databases
import Replication
import Reports
import Testing

@Suite struct ProgressLineTests {
  private let unit = UnitKey(table: "posts", index: 0)

  /// Ten units of 10 MB in all, begun at 0.
  private func copying() -> ProgressLine {
    var line = ProgressLine(at: .zero)
    line.note(.phase("plan"), at: .zero)
    line.note(.planned(units: 10, estimatedRows: 100_000, estimatedBytes: 10 << 20), at: .zero)
    line.note(.phase("copy"), at: .zero)
    return line
  }

  @Test func `work that is over within two seconds shows no line`() {
    var line = copying()
    line.note(.moved(rows: 1000, bytes: 1 << 20), at: .seconds(1))
    #expect(line.line(at: .milliseconds(1999), width: 80) == nil)
    #expect(line.line(at: .seconds(2), width: 80) != nil)
  }

  @Test func `nothing is said before something began`() {
    #expect(ProgressLine(at: .zero).line(at: .seconds(9), width: 80) == nil)
  }

  @Test func `units, rows, rates and the time left`() {
    var line = copying()
    line.note(.unitStarted(unit), at: .zero)
    line.note(.unitStarted(UnitKey(table: "posts", index: 1)), at: .zero)
    line.note(.moved(rows: 20_000, bytes: 2 << 20), at: .seconds(3))
    line.note(.unitFinished(unit), at: .seconds(3))
    #expect(
      line.line(at: .seconds(4), width: 100)
        == "copy: 1 of 10 units, 1 in flight, 20,000 rows, 5,000 rows/s, 512.0 KB/s, 16 s left")
  }

  @Test func `a resumed run expects only what an earlier one left`() {
    var line = ProgressLine(at: .zero)
    line.note(.planned(units: 10, estimatedRows: 100_000, estimatedBytes: 10 << 20), at: .zero)
    for index in 0..<8 { line.note(.unitFinished(UnitKey(table: "posts", index: index)), at: .zero) }
    line.note(.phase("copy"), at: .zero)
    line.note(.moved(rows: 1, bytes: 1 << 20), at: .seconds(2))
    #expect(line.line(at: .seconds(2), width: 100)?.hasSuffix(", 2.0 s left") == true)
  }

  @Test func `an estimate that was too small promises no end`() {
    var line = copying()
    line.note(.moved(rows: 1, bytes: 11 << 20), at: .seconds(2))
    #expect(line.line(at: .seconds(3), width: 100)?.contains("left") == false)
  }

  @Test(arguments: 1...100) func `a line never is wider than the terminal, and no figure is cut`(width: Int)
    throws
  {
    var line = copying()
    line.note(.unitStarted(unit), at: .zero)
    line.note(.moved(rows: 123_456, bytes: 5 << 20), at: .seconds(3))
    let whole = try #require(line.line(at: .seconds(4), width: 200))
    let text = try #require(line.line(at: .seconds(4), width: width))
    #expect(text.count <= width)
    #expect(whole.hasPrefix(text))
    let rest = whole.dropFirst(text.count)
    #expect(rest.isEmpty || rest.hasPrefix(",") || rest.hasPrefix(":") || text.count < "copy".count)
  }

  @Test func `while an endpoint is away the line says so, and when somebody tries again`() {
    var line = copying()
    line.note(
      .waiting(endpoint: "postgres://b", reason: "connection refused", wait: .seconds(5)), at: .seconds(3))
    #expect(
      line.line(at: .seconds(4), width: 100)
        == "copy: waiting for postgres://b, another attempt in 4.0 s: connection refused")
    #expect(line.line(at: .seconds(9), width: 40) == "copy: waiting for postgres://b: connecti")
    line.note(.reached("postgres://b"), at: .seconds(9))
    #expect(line.line(at: .seconds(9), width: 100)?.hasPrefix("copy: 0 of 10 units") == true)
  }
}
