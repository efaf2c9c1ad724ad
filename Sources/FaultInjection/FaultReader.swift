import YAML

/// Reads what a rule does.
struct FaultReader {
  private static let longest = Duration.seconds(3600)

  let rule: String
  let fault: YAMLNode
  let effect: YAMLNode?
  let operations: Set<Operation>

  func verdict() throws(YAMLError) -> Verdict {
    if case .mapping = fault.content { return try slowness() }
    let word = try fault.string("a fault")
    switch word {
    case "cut": return .cut(try chosenEffect() ?? .before)
    case "refuse":
      guard operations == [.connect] else {
        throw fault.error("only a connect can be refused: use at: connect, or fault: cut")
      }
      return .cut(try forbidEffect(.before))
    case "duplicate": return try duplicate()
    default: break
    }
    guard let error = ErrorKind(rawValue: word).map(InjectedError.kind) ?? code(word) else {
      let kinds = ErrorKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw fault.error(
        "there is no fault '\(word)'; known are: \(kinds), an engine's code such as 40P01 or 1205, cut, refuse, duplicate, "
          + "{delay: 200ms}, {stall: 5s}, {throttle: 64KB/s}")
    }
    let effect = try chosenEffect() ?? .before
    if effect == .after { try requireEffect(of: error) }
    return .fail(error, effect)
  }

  /// Of calls that say by themselves what they do. A read that fetches twice would skip rows behind everybody's back:
  /// no pooler does that.
  private func duplicate() throws(YAMLError) -> Verdict {
    let strangers = operations.subtracting(Operation.repeatable).map(\.rawValue).sorted()
    if let stranger = strangers.first {
      let words = Operation.allCases.filter(Operation.repeatable.contains).map(\.rawValue)
      throw fault.error("\(stranger) cannot happen twice: only \(words.joined(separator: ", ")) can")
    }
    return try forbidEffect(.duplicate)
  }

  /// A SQLSTATE or a number.
  private func code(_ word: String) -> InjectedError? {
    let isNumber = word.allSatisfy { ("0"..."9").contains($0) }
    let isState =
      word.count == 5 && word.contains { ("0"..."9").contains($0) }
      && word.allSatisfy { ("0"..."9").contains($0) || ("A"..."Z").contains($0) }
    return !word.isEmpty && (isNumber || isState) ? .code(word) : nil
  }

  private func slowness() throws(YAMLError) -> Verdict {
    let keys = try fault.mapping("a fault", keys: ["delay", "stall", "throttle"])
    guard keys.entries.count == 1 else {
      throw fault.error("a fault is one of delay, stall and throttle")
    }
    if let node = keys["delay"] { return .delay(try forbidEffect(duration(node, "the delay"))) }
    if let node = keys["stall"] { return .stall(try forbidEffect(duration(node, "the stall"))) }
    let node = try keys.required("throttle")
    guard operations.isSubset(of: [.read, .write]) else {
      throw node.error("only what moves rows can be throttled: use at: read or write, or {delay: 200ms}")
    }
    let text = try node.string("the throttle")
    guard text.hasSuffix("/s"), !text.hasPrefix("0") else {
      throw node.error("the throttle has to be a rate such as 64KB/s, not '\(text)'")
    }
    var size = node
    size.content = .scalar(String(text.dropLast(2)), isQuoted: true)
    return .throttle(bytesPerSecond: try forbidEffect(size.bytes("the throttle")))
  }

  private func duration(_ node: YAMLNode, _ what: String) throws(YAMLError) -> Duration {
    let duration = try node.duration(what)
    guard duration > .zero, duration <= Self.longest else {
      throw node.error("\(what) has to be more than nothing and at most an hour")
    }
    return duration
  }

  // MARK: Before or after

  private func chosenEffect() throws(YAMLError) -> Effect? { try effect?.choice("the effect") }

  private func forbidEffect<Value>(_ value: Value) throws(YAMLError) -> Value {
    if let effect { throw effect.error("rule '\(rule)' cannot have an effect: only errors and cut have one") }
    return value
  }

  /// An error that says that nothing was done cannot come after it was done. A read is different: rows come, and then
  /// the error does.
  private func requireEffect(of error: InjectedError) throws(YAMLError) {
    guard let effect, case .kind(let kind) = error, operations != [.read] else { return }
    switch kind {
    case .shutdown, .timeout, .internalError: return
    default:
      throw effect.error(
        "\(kind.rawValue) means that nothing was done, so it comes before the effect; only at read it may come after"
      )
    }
  }
}
