/// A part of a YAML document that knows where it stands, so that whoever reads it can say where it is wrong.
package struct YAMLNode: Sendable, Hashable {
  package enum Content: Sendable, Hashable {
    /// `isQuoted` tells the text "null" from nothing.
    case scalar(String, isQuoted: Bool)
    case sequence([YAMLNode])
    /// In the file's order; no key is there twice.
    case mapping([YAMLEntry])
  }

  package var content: Content
  package var position: YAMLPosition
  package var file: String

  package func error(_ message: String) -> YAMLError {
    YAMLError(file: file, position: position, message: message)
  }
}

package struct YAMLEntry: Sendable, Hashable {
  package var key: String
  package var position: YAMLPosition
  package var value: YAMLNode
}

// MARK: Reading values

extension YAMLNode {
  private var described: String {
    switch content {
    case .scalar(let text, _): "'\(text)'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  package var isNull: Bool {
    guard case .scalar(let text, isQuoted: false) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// `what` names the value in the error: "the name of a rule".
  package func string(_ what: String) throws(YAMLError) -> String {
    guard case .scalar(let text, _) = content, !isNull else {
      throw error("\(what) has to be a text, not \(described)")
    }
    return text
  }

  package func integer(_ what: String, in range: ClosedRange<Int>) throws(YAMLError) -> Int {
    guard case .scalar(let text, isQuoted: false) = content, let value = Int(text.filter { $0 != "_" }) else {
      throw error("\(what) has to be a whole number, not \(described)")
    }
    guard range.contains(value) else {
      throw error("\(what) has to be from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
    return value
  }

  package func number(_ what: String, in range: ClosedRange<Double>) throws(YAMLError) -> Double {
    guard case .scalar(let text, isQuoted: false) = content, let value = Double(text) else {
      throw error("\(what) has to be a number, not \(described)")
    }
    guard range.contains(value) else {
      throw error("\(what) has to be from \(range.lowerBound) to \(range.upperBound), not \(text)")
    }
    return value
  }

  package func boolean(_ what: String) throws(YAMLError) -> Bool {
    switch content {
    case .scalar("true", isQuoted: false), .scalar("yes", isQuoted: false): return true
    case .scalar("false", isQuoted: false), .scalar("no", isQuoted: false): return false
    default: throw error("\(what) has to be true or false, not \(described)")
    }
  }

  /// `250ms`, `1.5s`, `2m`, `1h`.
  package func duration(_ what: String) throws(YAMLError) -> Duration {
    let units: [(String, Double)] = [("ms", 0.001), ("us", 0.000_001), ("s", 1), ("m", 60), ("h", 3600)]
    guard case .scalar(let text, _) = content,
      let (suffix, seconds) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(suffix.count)), number.isFinite, number >= 0, number < 1e9
    else { throw error("\(what) has to be a duration such as 250ms, 5s or 2m, not \(described)") }
    return .microseconds(Int64((number * seconds * 1e6).rounded()))
  }

  /// One of the values of an enumeration, by its raw value.
  package func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ what: String, _ type: Choice.Type = Choice.self
  ) throws(YAMLError) -> Choice {
    let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    guard case .scalar(let text, _) = content, let value = Choice(rawValue: text) else {
      throw error("\(what) has to be one of \(known), not \(described)")
    }
    return value
  }

  package func list(_ what: String) throws(YAMLError) -> [YAMLNode] {
    guard case .sequence(let items) = content else {
      throw error("\(what) has to be a list, not \(described)")
    }
    return items
  }

  /// A list, or a single value that stands for a list of one.
  package var oneOrMore: [YAMLNode] {
    if case .sequence(let items) = content { items } else { [self] }
  }

  /// A mapping that has no other keys than these: a misspelt key must not be a silent default.
  package func mapping(_ what: String, keys: [String]) throws(YAMLError) -> YAMLMapping {
    guard case .mapping(let entries) = content else {
      throw error("\(what) has to be a mapping of \(keys.joined(separator: ", ")), not \(described)")
    }
    if let stranger = entries.first(where: { !keys.contains($0.key) }) {
      throw YAMLError(
        file: file, position: stranger.position,
        message: "\(what) has no key '\(stranger.key)'; known are: \(keys.joined(separator: ", "))")
    }
    return YAMLMapping(what: what, node: self, entries: entries)
  }
}

/// A mapping whose keys are known.
package struct YAMLMapping: Sendable {
  package let what: String
  package let node: YAMLNode
  package let entries: [YAMLEntry]

  /// Nil if the key is missing or its value is null.
  package subscript(key: String) -> YAMLNode? {
    entries.first { $0.key == key }.map(\.value).flatMap { $0.isNull ? nil : $0 }
  }

  package func required(_ key: String) throws(YAMLError) -> YAMLNode {
    guard let value = self[key] else { throw node.error("\(what) needs the key '\(key)'") }
    return value
  }
}
