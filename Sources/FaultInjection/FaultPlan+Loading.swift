import Databases
import YAML

/// Reads plans that people write: every mistake has its line and column.
extension FaultPlan {
  package static let keys = ["about", "seed", "rules"]
  package static let ruleKeys = [
    "name", "at", "side", "table", "unit", "batch", "after-bytes", "statement", "nth", "every", "from",
    "probability", "follows", "fault", "effect", "cure",
  ]

  /// - Parameter file: What errors call it.
  package static func load(_ text: String, file: String, name: String) throws(YAMLError) -> FaultPlan {
    let root = try YAMLDocument.parse(text, file: file)
    let mapping = try root.mapping("a fault plan", keys: keys)
    var plan = FaultPlan(name: name, about: try mapping["about"]?.string("about"), rules: [])
    if let seed = try mapping["seed"]?.integer("the seed", in: 0...Int.max) { plan.seed = UInt64(seed) }
    let rules = try mapping.required("rules")
    for node in try rules.list("rules") {
      let rule = try RuleReader(node).rule(after: plan.rules)
      plan.rules.append(rule)
    }
    guard !plan.rules.isEmpty else { throw rules.error("a fault plan needs at least one rule") }
    return plan
  }
}

private struct RuleReader {
  private let keys: YAMLMapping
  private let name: String

  init(_ node: YAMLNode) throws(YAMLError) {
    keys = try node.mapping("a rule", keys: FaultPlan.ruleKeys)
    name = try keys.required("name").string("a rule's name")
  }

  /// `earlier` are the rules that it may follow, and whose names it cannot have.
  func rule(after earlier: [FaultRule]) throws(YAMLError) -> FaultRule {
    if let node = keys["name"], earlier.contains(where: { $0.name == name }) {
      throw node.error("there are two rules '\(name)'")
    }
    let operations = try operations()
    let fault = try keys.required("fault")
    let reader = FaultReader(
      rule: name, fault: fault, effect: keys["effect"], operations: operations)
    var rule = FaultRule(name: name, at: operations, try reader.verdict(), cure: try cure())
    if let node = keys["side"] {
      rule.sides = []
      for item in node.oneOrMore { rule.sides.insert(try item.choice("a side")) }
    }
    try filter(&rule)
    try count(&rule)
    if let node = keys["follows"] {
      let other = try node.string("the rule that it follows")
      guard earlier.contains(where: { $0.name == other }) else {
        throw node.error("there is no rule '\(other)' before rule '\(name)'")
      }
      rule.follows = other
    }
    return rule
  }

  private func operations() throws(YAMLError) -> Set<Operation> {
    let node = try keys.required("at")
    var operations: Set<Operation> = []
    for item in node.oneOrMore { operations.insert(try item.choice("an operation")) }
    guard !operations.isEmpty else { throw node.error("rule '\(name)' needs an operation") }
    return operations
  }

  private func cure() throws(YAMLError) -> FaultRule.Cure {
    guard let node = keys["cure"] else {
      throw keys.node.error(
        "rule '\(name)' has no cure, without which no job could end well: say cure: {times: 3} or cure: {after: 5s}"
      )
    }
    let cure = try node.mapping("a cure", keys: ["times", "after"])
    let times = try cure["times"]?.integer("times", in: 1...1_000_000)
    let after = try cure["after"]?.duration("after")
    guard times != nil || after != nil else { throw node.error("a cure needs times, after, or both") }
    return FaultRule.Cure(times: times, after: after)
  }

  // MARK: Which moments match

  private func filter(_ rule: inout FaultRule) throws(YAMLError) {
    if let node = keys["table"] {
      try require(.withTable, node, rule, "table", "has no table")
      rule.table = GlobPattern(try node.string("the table"))
    }
    if let node = keys["unit"] {
      try require(.withUnit, node, rule, "unit", "belongs to no unit")
      guard rule.sides == [.target] else {
        throw node.error("the source does not know units: use table, or side: target")
      }
      rule.unit = GlobPattern(try node.string("the unit"))
    }
    if let node = keys["batch"] {
      try require(.withRows, node, rule, "batch", "has no batches")
      rule.batch = try node.integer("the batch", in: 1...1_000_000_000)
    }
    if let node = keys["after-bytes"] {
      try require(.withRows, node, rule, "after-bytes", "moves no rows")
      rule.afterBytes = try node.bytes("after-bytes")
    }
    if let node = keys["statement"] {
      let text = try node.string("the statement")
      rule.statement = GlobPattern(text.contains("*") ? text : "*\(text)*")
    }
  }

  private func require(
    _ known: Set<Operation>, _ node: YAMLNode, _ rule: FaultRule, _ key: String, _ reason: String
  ) throws(YAMLError) {
    let strangers = rule.operations.subtracting(known).map(\.rawValue).sorted()
    guard let stranger = strangers.first else { return }
    let words = Operation.allCases.filter(known.contains).map(\.rawValue).joined(separator: ", ")
    throw node.error("\(key) cannot be used at \(stranger), which \(reason): only at \(words)")
  }

  private func count(_ rule: inout FaultRule) throws(YAMLError) {
    let ways = ["nth", "every", "probability"].filter { keys[$0] != nil }
    if ways.count > 1, let node = keys[ways[1]] {
      throw node.error("\(ways[0]) and \(ways[1]) contradict each other: use one of them")
    }
    let positions = 1...1_000_000_000
    if let node = keys["nth"] {
      var ordinals: [Int] = []
      for item in node.oneOrMore { ordinals.append(try item.integer("nth", in: positions)) }
      rule.occurrence = .nth(ordinals)
    }
    if let node = keys["every"] { rule.occurrence = .every(try node.integer("every", in: positions)) }
    if let node = keys["probability"] { rule.occurrence = .probability(try node.ratio("the probability")) }
    if let node = keys["from"] {
      guard keys["nth"] == nil else {
        throw node.error("nth and from contradict each other: use one of them")
      }
      rule.from = try node.integer("from", in: positions)
    }
  }
}

extension Set<Operation> {
  fileprivate static let withRows: Set = [.read, .write]
  fileprivate static let withTable: Set = [
    .catalog, .read, .delete, .write, .acknowledge, .prepare, .commit, .rollback, .statement,
  ]
  fileprivate static let withUnit: Set = [
    .begin, .delete, .write, .acknowledge, .ledger, .commit, .rollback, .statement,
  ]
}

extension YAMLNode {
  /// `1/20`: more than nothing, at most always.
  fileprivate func ratio(_ what: String) throws(YAMLError) -> FaultRule.Ratio {
    let parts = try string(what).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let numerator = UInt64(parts[0]), let denominator = UInt64(parts[1]) else {
      throw error("\(what) has to be a ratio such as 1/20, not '\(try string(what))'")
    }
    guard numerator > 0, numerator <= denominator else {
      throw error("\(what) has to be more than 0 and at most 1, not \(numerator)/\(denominator)")
    }
    return FaultRule.Ratio(numerator, of: denominator)
  }

  /// `1000`, `64KB`, `1MB`.
  func bytes(_ what: String) throws(YAMLError) -> Int {
    let text = try string(what)
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let shifts = ["": 0, "B": 0, "KB": 10, "MB": 20, "GB": 30]
    guard let number = Int(digits), number < 1 << 30, let shift = shifts[String(text.dropFirst(digits.count))]
    else {
      throw error("\(what) has to be a size such as 1000, 64KB or 1MB, not '\(text)'")
    }
    return number << shift
  }
}
