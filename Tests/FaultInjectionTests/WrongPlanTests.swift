import Databases
import FaultInjection
import Testing
import YAML

@Suite struct WrongPlanTests {
  /// A rule's lines, and the error that they end in. The rule begins in line 2.
  struct Mistake: CustomTestStringConvertible {
    var lines: [String]
    var error: String
    var testDescription: String { error }

    init(_ lines: String..., error: String) {
      self.lines = lines
      self.error = error
    }
  }

  private static let cure = "cure: {times: 1}"

  static let mistakes = [
    Mistake(
      "at: write", "fault: deadlock",
      error:
        "2:5: rule 'a' has no cure, without which no job could end well: say cure: {times: 3} or cure: {after: 5s}"
    ),
    Mistake("at: write", "fault: deadlock", "cure: {}", error: "5:11: a cure needs times, after, or both"),
    Mistake(
      "at: write", "fault: deadlock", "cure: {times: 0}",
      error: "5:19: times has to be from 1 to 1000000, not 0"),
    Mistake(
      "at: write", "fault: deadlock", "cure: {after: soon}",
      error: "5:19: after has to be a duration such as 250ms, 5s or 2m, not 'soon'"),
    Mistake(
      "at: write", "fault: deadlock", "cure: 3",
      error: "5:11: a cure has to be a mapping of times, after, not '3'"),
    Mistake(
      "at: write", "tabel: Votes", "fault: deadlock", cure,
      error:
        "4:5: a rule has no key 'tabel'; known are: name, at, side, table, unit, batch, after-bytes, statement, nth, every, from, probability, follows, fault, effect, cure"
    ),
    Mistake(
      "at: insert", "fault: deadlock", cure,
      error:
        "3:9: an operation has to be one of connect, catalog, snapshot, fence, read, begin, delete, write, acknowledge, ledger, prepare, commit, rollback, statement, not 'insert'"
    ),
    Mistake("at: []", "fault: deadlock", cure, error: "3:9: rule 'a' needs an operation"),
    Mistake("fault: deadlock", cure, error: "2:5: a rule needs the key 'at'"),
    Mistake("at: write", cure, error: "2:5: a rule needs the key 'fault'"),
    Mistake(
      "at: write", "fault: deadlok", cure,
      error:
        "4:12: there is no fault 'deadlok'; known are: deadlock, serialization, lock-timeout, shutdown, read-only, throttled, too-many-connections, disk-full, out-of-memory, timeout, internal-error, an engine's code such as 40P01 or 1205, cut, refuse, duplicate, {delay: 200ms}, {stall: 5s}, {throttle: 64KB/s}"
    ),
    Mistake(
      "at: write", "fault: refuse", cure,
      error: "4:12: only a connect can be refused: use at: connect, or fault: cut"),
    Mistake(
      "at: [read, write]", "fault: duplicate", cure,
      error:
        "4:12: read cannot happen twice: only fence, delete, write, ledger, prepare, commit, rollback can"),
    Mistake(
      "at: write", "fault: duplicate", "effect: after", cure,
      error: "5:13: rule 'a' cannot have an effect: only errors and cut have one"),
    Mistake(
      "at: write", "fault: {delay: 1s, stall: 2s}", cure,
      error: "4:12: a fault is one of delay, stall and throttle"),
    Mistake(
      "at: write", "fault: {delay: 2h}", cure,
      error: "4:20: the delay has to be more than nothing and at most an hour"),
    Mistake(
      "at: write", "fault: {stall: 0s}", cure,
      error: "4:20: the stall has to be more than nothing and at most an hour"),
    Mistake(
      "at: write", "fault: {throttle: 64KB}", cure,
      error: "4:23: the throttle has to be a rate such as 64KB/s, not '64KB'"),
    Mistake(
      "at: write", "fault: {throttle: fast/s}", cure,
      error: "4:23: the throttle has to be a size such as 1000, 64KB or 1MB, not 'fast'"),
    Mistake(
      "at: commit", "fault: {throttle: 64KB/s}", cure,
      error: "4:23: only what moves rows can be throttled: use at: read or write, or {delay: 200ms}"),
    Mistake(
      "at: write", "fault: {stall: 5s}", "effect: after", cure,
      error: "5:13: rule 'a' cannot have an effect: only errors and cut have one"),
    Mistake(
      "at: write", "fault: cut", "effect: during", cure,
      error: "5:13: the effect has to be one of before, after, not 'during'"),
    Mistake(
      "at: commit", "fault: deadlock", "effect: after", cure,
      error:
        "5:13: deadlock means that nothing was done, so it comes before the effect; only at read it may come after"
    ),
    Mistake(
      "at: [write, commit]", "after-bytes: 1000", "fault: cut", cure,
      error: "4:18: after-bytes cannot be used at commit, which moves no rows: only at read, write"),
    Mistake(
      "at: write", "after-bytes: many", "fault: cut", cure,
      error: "4:18: after-bytes has to be a size such as 1000, 64KB or 1MB, not 'many'"),
    Mistake(
      "at: delete", "batch: 2", "fault: cut", cure,
      error: "4:12: batch cannot be used at delete, which has no batches: only at read, write"),
    Mistake(
      "at: connect", "table: Votes", "fault: cut", cure,
      error:
        "4:12: table cannot be used at connect, which has no table: only at catalog, read, delete, write, acknowledge, prepare, commit, rollback, statement"
    ),
    Mistake(
      "at: prepare", "unit: Votes#1", "fault: cut", cure,
      error:
        "4:11: unit cannot be used at prepare, which belongs to no unit: only at begin, delete, write, acknowledge, ledger, commit, rollback, statement"
    ),
    Mistake(
      "at: begin", "side: source", "unit: Votes#1", "fault: cut", cure,
      error: "5:11: the source does not know units: use table, or side: target"),
    Mistake(
      "at: write", "side: middle", "fault: cut", cure,
      error: "4:11: a side has to be one of source, target, not 'middle'"),
    Mistake(
      "at: write", "probability: 3/2", "fault: cut", cure,
      error: "4:18: the probability has to be more than 0 and at most 1, not 3/2"),
    Mistake(
      "at: write", "probability: 0/2", "fault: cut", cure,
      error: "4:18: the probability has to be more than 0 and at most 1, not 0/2"),
    Mistake(
      "at: write", "probability: 0.5", "fault: cut", cure,
      error: "4:18: the probability has to be a ratio such as 1/20, not '0.5'"),
    Mistake(
      "at: write", "nth: 0", "fault: cut", cure, error: "4:10: nth has to be from 1 to 1000000000, not 0"),
    Mistake(
      "at: write", "nth: 2", "every: 3", "fault: cut", cure,
      error: "5:12: nth and every contradict each other: use one of them"),
    Mistake(
      "at: write", "nth: 2", "from: 3", "fault: cut", cure,
      error: "5:11: nth and from contradict each other: use one of them"),
    Mistake(
      "at: write", "follows: b", "fault: cut", cure, error: "4:14: there is no rule 'b' before rule 'a'"),
    Mistake(
      "at: write", "follows: a", "fault: cut", cure, error: "4:14: there is no rule 'a' before rule 'a'"),
  ]

  @Test(arguments: mistakes) func `a wrong rule is refused with line and column`(mistake: Mistake) {
    let text = (["rules:", "  - name: a"] + mistake.lines.map { "    \($0)" }).joined(separator: "\n")
    expect(text, "plan.yml:\(mistake.error)")
  }

  @Test func `a wrong plan is refused with line and column`() {
    expect("rules: []", "plan.yml:1:8: a fault plan needs at least one rule")
    expect("seed: 7", "plan.yml:1:1: a fault plan needs the key 'rules'")
    expect("seed: x\nrules: []", "plan.yml:1:7: the seed has to be a whole number, not 'x'")
    expect("- a", "plan.yml:1:1: a fault plan has to be a mapping of about, seed, rules, not a list")
    expect(
      "rules:\n - {at: x\n", "plan.yml:3:1: did not find expected ',' or '}' (while parsing a flow mapping)")
    expect(
      """
      rules:
        - {name: a, at: write, fault: cut, cure: {times: 1}}
        - {name: a, at: write, fault: cut, cure: {times: 1}}
      """, "plan.yml:3:12: there are two rules 'a'")
  }

  private func expect(_ text: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
    do throws(YAMLError) {
      _ = try FaultPlan.load(text, file: "plan.yml", name: "plan")
      Issue.record("the plan was taken", sourceLocation: sourceLocation)
    } catch {
      #expect(error.description == message, sourceLocation: sourceLocation)
    }
  }
}
