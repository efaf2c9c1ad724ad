import Databases
import YAML

/// Reads a policy from its data file; docs/retry-policies.md describes the format.
extension RetryPolicy {
  private static let retryable: [ErrorClass] = [.conflict, .connectionLost, .throttled, .readOnly]

  package static func load(_ text: String, file: String) throws(YAMLError) -> RetryPolicy {
    let root = try YAMLDocument.parse(text, file: file).mapping(
      "a retry policy",
      keys: [
        "name", "provenance", "read", "retry", "except", "classes", "backoff", "outage", "throttling",
        "limits",
      ])
    return RetryPolicy(
      name: try root.required("name").string("the name"),
      provenance: try root.required("provenance").string("the provenance"),
      read: try root["read"]?.string("when it was read"),
      lists: try lists(root["retry"], except: root["except"]),
      classes: try classes(root["classes"]),
      backoff: try Backoff(root.required("backoff")),
      outage: try root["outage"].map { node throws(YAMLError) in try Backoff(node) },
      throttling: try Throttling(root["throttling"]),
      limits: try RetryLimits(root.required("limits")))
  }

  private static func classes(_ node: YAMLNode?) throws(YAMLError) -> Set<ErrorClass> {
    guard let node else { return Set(retryable) }
    var classes: Set<ErrorClass> = []
    for item in try node.list("the classes") {
      let known = retryable.map(\.rawValue).joined(separator: ", ")
      guard let value = ErrorClass(rawValue: try item.string("a class")), retryable.contains(value) else {
        throw item.error("a class that is worth a retry has to be one of \(known)")
      }
      classes.insert(value)
    }
    return classes
  }

  fileprivate static func lists(
    _ node: YAMLNode?, except: YAMLNode?
  ) throws(YAMLError) -> [Engine: ErrorList] {
    var lists = try patterns(node, "the errors to retry").mapValues { ErrorList($0) }
    guard let except else { return lists }
    for (engine, patterns) in try patterns(except, "the exceptions") {
      guard lists[engine] != nil else {
        throw except.error("there are exceptions for \(engine), but no errors to retry")
      }
      lists[engine]?.except = patterns
    }
    return lists
  }

  private static func patterns(
    _ node: YAMLNode?, _ what: String
  ) throws(YAMLError) -> [Engine: [CodePattern]] {
    guard let node else { return [:] }
    let engines = try node.mapping(what, keys: ErrorCatalog.all.map(\.engine.rawValue))
    var all: [Engine: [CodePattern]] = [:]
    for catalog in ErrorCatalog.all {
      guard let codes = engines[catalog.engine.rawValue] else { continue }
      var patterns: [CodePattern] = []
      for item in try codes.list("the codes of \(catalog.engine)") {
        let pattern = try catalog.codes.pattern(item)
        guard !patterns.contains(pattern) else { throw item.error("\(pattern) is there twice") }
        patterns.append(pattern)
      }
      all[catalog.engine] = patterns
    }
    return all
  }
}

extension Backoff {
  fileprivate enum Kind: String, CaseIterable {
    case decorrelatedJitter = "decorrelated-jitter"
    case exponential
    case exponentialFromZero = "exponential-from-zero"
    case fixed
  }

  fileprivate init(_ node: YAMLNode) throws(YAMLError) {
    let all = try node.mapping("the backoff", keys: ["kind", "base", "cap", "factor", "jitter", "waits"])
    let kind: Kind = try all.required("kind").choice("the kind of backoff")
    let keys =
      switch kind {
      case .decorrelatedJitter: ["kind", "base", "cap"]
      case .exponential, .exponentialFromZero: ["kind", "base", "cap", "factor", "jitter"]
      case .fixed: ["kind", "waits"]
      }
    let own = try node.mapping("a backoff of the kind '\(kind.rawValue)'", keys: keys)
    if kind == .fixed {
      var waits: [Duration] = []
      for wait in try own.required("waits").list("the waits") { waits.append(try wait.duration("a wait")) }
      self = .fixed(waits)
      return
    }
    let base = try own.required("base").duration("the base")
    let cap = try own.required("cap").duration("the cap")
    guard base > .zero, cap >= base else {
      throw node.error("the base has to be above 0 and at most the cap")
    }
    let factor = try own["factor"]?.number("the factor", in: 1...100) ?? 2
    let jitter = try own["jitter"]?.number("the jitter", in: 0...10) ?? 0
    self =
      switch kind {
      case .exponential: .exponential(base: base, factor: factor, cap: cap, jitter: jitter)
      case .exponentialFromZero: .exponentialFromZero(base: base, factor: factor, cap: cap, jitter: jitter)
      case .decorrelatedJitter, .fixed: .decorrelatedJitter(base: base, cap: cap)
      }
  }
}

extension Throttling {
  fileprivate init(_ node: YAMLNode?) throws(YAMLError) {
    self.init()
    guard let own = try node?.mapping("the throttling", keys: ["extra", "errors"]) else { return }
    extra = try own.required("extra").duration("the extra wait")
    lists = try RetryPolicy.lists(own["errors"], except: nil)
  }
}

extension RetryLimits {
  fileprivate init(_ node: YAMLNode) throws(YAMLError) {
    let own = try node.mapping("the limits", keys: ["attempts", "time"])
    self.init(
      attempts: try own["attempts"]?.integer("the attempts", in: 1...1_000_000),
      time: try own["time"]?.duration("the time"))
    guard attempts != nil || time != nil else {
      throw node.error("the limits need 'attempts' or 'time': nothing is retried for ever")
    }
  }
}
