import Databases
import FaultInjection
import Runtime
import TestSupport
import Testing

@Suite struct FaultScheduleTests {
  private func strikes(_ rule: String, _ moments: [Moment], every second: Duration = .zero) throws -> [Int] {
    var schedule = FaultSchedule(try plan(rule))
    var struck: [Int] = []
    for (index, moment) in moments.enumerated()
    where schedule.strike(moment, now: second * index) != nil {
      struck.append(index + 1)
    }
    return struck
  }

  private func plan(_ rules: String...) throws -> FaultPlan {
    let text = "rules:\n" + rules.map { "  - {\($0)}\n" }.joined()
    return try FaultPlan.load(text, file: "plan.yml", name: "plan")
  }

  private let writes = (1...12).map { index in
    Moment(
      side: .target, operation: .write, table: index < 7 ? "Votes" : "Posts",
      unit: index < 7 ? "Votes#\(index / 4)" : "Posts#0", batch: 1 + index % 3, offset: index % 3 * 100,
      bytes: 100)
  }

  @Test(arguments: [
    ("cure: {times: 2}", [1, 2]),
    ("nth: 3, cure: {times: 9}", [3]),
    ("nth: [2, 5], cure: {times: 9}", [2, 5]),
    ("every: 5, cure: {times: 9}", [5, 10]),
    ("from: 11, cure: {times: 9}", [11, 12]),
    ("from: 3, every: 4, cure: {times: 9}", [6, 10]),
    ("table: posts, nth: 2, cure: {times: 9}", [8]),
    ("table: \"P*\", cure: {times: 2}", [7, 8]),
    ("unit: \"Votes#1\", cure: {times: 9}", [4, 5, 6]),
    ("batch: 3, cure: {times: 9}", [2, 5, 8, 11]),
    ("after-bytes: 150, cure: {times: 9}", [1, 4, 7, 10]),
    ("after-bytes: 300, cure: {times: 9}", []),
    ("cure: {after: 3s}", [1, 2, 3]),
    ("from: 4, cure: {after: 3s, times: 2}", [4, 5]),
    ("side: source, cure: {times: 9}", []),
    ("statement: update, cure: {times: 9}", []),
  ])
  func `a rule strikes the moments that it names, until it is cured`(rule: String, struck: [Int]) throws {
    #expect(
      try strikes("name: a, at: write, fault: cut, \(rule)", writes, every: .seconds(1)) == struck)
  }

  @Test func `a probability strikes about as often as it says, and with one seed always the same moments`()
    throws
  {
    let moments = Array(repeating: Moment(side: .target, operation: .commit), count: 10_000)
    let rule = "name: a, at: commit, probability: 1/20, fault: cut, cure: {times: 100000}"
    let struck = try strikes(rule, moments)
    #expect((400...600).contains(struck.count))
    #expect(try strikes(rule, moments) == struck)
    var other = FaultSchedule(
      { plan in
        var plan = plan
        plan.seed = 2
        return plan
      }(try plan(rule)))
    #expect(
      moments.indices.filter { _ in other.strike(moments[0], now: .zero) != nil } != struck.map { $0 - 1 })
  }

  @Test func `what becomes of the nth moment does not depend on the moments between`() throws {
    let rule = "name: a, at: commit, probability: 1/3, fault: cut, cure: {times: 1000}"
    let commit = Moment(side: .target, operation: .commit)
    let alone = try strikes(rule, Array(repeating: commit, count: 50))
    let mixed = try strikes(rule, (1...100).map { $0 % 2 == 0 ? commit : writes[0] })
    #expect(mixed == alone.map { $0 * 2 })
  }

  @Test func `the first rule that strikes wins, and the others count the moment all the same`() throws {
    var schedule = FaultSchedule(
      try plan(
        "name: a, at: write, nth: 2, fault: cut, cure: {times: 1}",
        "name: b, at: write, nth: [2, 3], fault: deadlock, cure: {times: 5}"))
    #expect(writes.prefix(4).map { schedule.strike($0, now: .zero)?.rule } == [nil, "a", "b", nil])
  }

  @Test func `a rule that follows another begins when that is cured`() throws {
    var schedule = FaultSchedule(
      try plan(
        "name: a, at: write, nth: 2, fault: cut, cure: {times: 1}",
        "name: b, follows: a, at: write, fault: cut, cure: {after: 3s}",
        "name: c, follows: b, at: write, fault: read-only, cure: {times: 2}"))
    let rules = writes.prefix(8).enumerated().map { schedule.strike($1, now: .seconds($0))?.rule }
    #expect(rules == [nil, "a", "b", "b", "b", "c", "c", nil])
  }

  @Test func `a byte is cut where it stands, whatever the batches before it`() throws {
    let text = "name: a, at: write, after-bytes: 1KB, fault: cut, cure: {times: 1}"
    for size in [10, 100, 1000, 5000] {
      var schedule = FaultSchedule(try plan(text))
      var struck: Verdict?
      for offset in stride(from: 0, to: 5000, by: size) where struck == nil {
        let moment = Moment(side: .target, operation: .write, offset: offset, bytes: size)
        struck = schedule.strike(moment, now: .zero)?.verdict
      }
      #expect(struck == .cutWithin(bytes: 1024 % size))
    }
  }

  @Test(arguments: [
    ("Votes", "votes", true), ("Vote", "Votes", false), ("V*s", "Votes", true), ("*", "", true),
    ("*commit*", "  COMMIT;", true), ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-c-b", false), ("", "", true),
    ("*é*", "CAFÉ", true), ("**", "x", true), ("a*", "", false),
  ])
  func `a pattern matches whatever stands for its stars`(pattern: String, text: String, matches: Bool) {
    #expect(GlobPattern(pattern).matches(text) == matches)
  }

  @Test(arguments: Preset.allCases) func `every preset is a plan in our words`(preset: Preset) throws {
    #expect(preset.plan.name == preset.rawValue)
    #expect(preset.plan.about?.hasSuffix(".") == true)
    #expect(preset.plan.rulesForTheWireOnly == [])
  }

  @Test func `an event is a line of JSON, and never holds a statement`() throws {
    var moment = writes[3]
    moment.statement = "INSERT INTO secrets"
    let event = FaultEvent(
      number: 3, at: 1.23456, rule: "a \"b\"\n", moment: moment, verdict: .fail(.kind(.deadlock), .before))
    #expect(
      event.jsonLine
        == #"{"n":3,"at":1.235,"rule":"a \"b\"\u000a","side":"target","operation":"write","table":"Votes","#
        + #""unit":"Votes#1","batch":2,"offset":100,"bytes":100,"verdict":"fail deadlock before"}"#)
    #expect(event.signature == "a \"b\"\n target write Votes fail deadlock before")
  }
}
