import Foundation

/// What happened to a text, given both sides' UTF-8.
///
/// Swift compares strings by canonical equivalence, which is blind to some of what is looked for here: all
/// comparisons are of Unicode scalars or bytes.
enum TextCause {
  typealias Scalars = [Unicode.Scalar]

  static func likely(_ sourceBytes: [UInt8], _ targetBytes: [UInt8]) -> String? {
    let source = Scalars(String(decoding: sourceBytes, as: UTF8.self).unicodeScalars)
    let target = Scalars(String(decoding: targetBytes, as: UTF8.self).unicodeScalars)
    guard source != target else { return nil }
    return byteOrderMark(source, target) ?? spaces(source, target) ?? invisible(source, target)
      ?? escapes(source, target) ?? ends(source, target) ?? caseOrForm(source, target)
      ?? replaced(source, target) ?? misread(sourceBytes, targetBytes, source, target)
      ?? edited(source, target)
  }

  /// Where the two differ, if most of the text is the same. Positions count characters from 1.
  private static func edited(_ source: Scalars, _ target: Scalars) -> String? {
    let before = zip(source, target).prefix { $0 == $1 }.count
    let room = min(source.count, target.count) - before
    let after = zip(source.reversed(), target.reversed()).prefix { $0 == $1 }.prefix(room).count
    guard (before + after) * 2 > max(source.count, target.count) else { return nil }
    let (lost, gained) = (source.count - before - after, target.count - before - after)
    switch (lost, gained) {
    case (1, 1): return "character \(before + 1) is another"
    case (0, _): return "target gained \(Cause.count(gained, "character")) at character \(before + 1)"
    case (_, 0): return "target lost \(Cause.count(lost, "character")) at character \(before + 1)"
    default: return "characters \(before + 1) to \(source.count - after) are others"
    }
  }

  // MARK: Spaces and lengths

  private static func byteOrderMark(_ source: Scalars, _ target: Scalars) -> String? {
    if source.first == "\u{FEFF}", source.dropFirst().elementsEqual(target) {
      return "target lost its byte order mark"
    }
    if target.first == "\u{FEFF}", target.dropFirst().elementsEqual(source) {
      return "target gained a byte order mark"
    }
    return nil
  }

  private static func spaces(_ source: Scalars, _ target: Scalars) -> String? {
    let (before, after) = (Padding(source), Padding(target))
    guard !source.isEmpty, before.core.elementsEqual(after.core), !(target.isEmpty && before.core.isEmpty)
    else { return nil }
    var changes: [String] = []
    for (change, place) in [
      (after.leading - before.leading, "leading"), (after.trailing - before.trailing, "trailing"),
    ] where change != 0 {
      changes.append("\(change < 0 ? "lost" : "gained") \(Cause.count(abs(change), "\(place) space"))")
    }
    return changes.isEmpty ? nil : "target " + changes.joined(separator: " and ")
  }

  private struct Padding {
    var leading: Int
    var trailing: Int
    var core: ArraySlice<Unicode.Scalar>

    init(_ text: Scalars) {
      leading = text.prefix { $0 == " " }.count
      core = text.dropFirst(leading)
      trailing = core.reversed().prefix { $0 == " " }.count
      core = core.dropLast(trailing)
    }
  }

  private static func ends(_ source: Scalars, _ target: Scalars) -> String? {
    if target.isEmpty { return "target is empty" }
    if source.isEmpty { return "source is empty" }
    if source.starts(with: target) {
      let rest = source[target.count...]
      if rest.allSatisfy(\.properties.isWhitespace) { return "target lost white space at its end" }
      if rest.first == "\0" { return "target ends where the source has the character NUL" }
      return "target is truncated at \(Cause.count(target.count, "character"))"
    }
    if target.starts(with: source) {
      let rest = target[source.count...]
      if rest.allSatisfy(\.properties.isWhitespace) { return "target gained white space at its end" }
      return "target is longer by \(Cause.count(rest.count, "character"))"
    }
    return nil
  }

  // MARK: Characters that are easily lost

  private static let zeroWidth: Set<Unicode.Scalar> = [
    "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{00AD}", "\u{FE0F}", "\u{200E}",
    "\u{200F}",
  ]

  private static func invisible(_ source: Scalars, _ target: Scalars) -> String? {
    func isLost(_ condition: (Unicode.Scalar) -> Bool) -> Bool {
      source.filter { !condition($0) } == target
    }
    func isGained(_ condition: (Unicode.Scalar) -> Bool) -> Bool {
      target.filter { !condition($0) } == source
    }
    if isLost(zeroWidth.contains) { return "target lost characters without width" }
    if isGained(zeroWidth.contains) { return "target gained characters without width" }
    let (unixSource, unixTarget) = (newlines(source), newlines(target))
    if unixSource == target { return "target has LF where source has CR LF" }
    if unixTarget == source { return "target has CR LF where source has LF" }
    if unixSource == unixTarget { return "line ends differ" }
    if isLost({ $0 == "\r" || $0 == "\n" }) { return "target lost its line ends" }
    if isLost({ $0.properties.generalCategory == .control }) { return "target lost control characters" }
    if source.map({ $0 == "\u{A0}" ? " " : $0 }) == target {
      return "target has spaces where source has no-break spaces"
    }
    return nil
  }

  /// With LF for every CR LF.
  private static func newlines(_ text: Scalars) -> Scalars {
    var result = Scalars()
    result.reserveCapacity(text.count)
    for (index, scalar) in text.enumerated() {
      if scalar == "\r", index + 1 < text.count, text[index + 1] == "\n" { continue }
      result.append(scalar)
    }
    return result
  }

  private static func escapes(_ source: Scalars, _ target: Scalars) -> String? {
    let rules: [(name: String, done: String, undone: String, map: (Unicode.Scalar) -> String?)] = [
      ("quotes", "doubled", "no longer doubled", { $0 == "'" ? "''" : nil }),
      ("double quotes", "doubled", "no longer doubled", { $0 == "\"" ? "\"\"" : nil }),
      ("backslashes", "doubled", "no longer doubled", { $0 == "\\" ? "\\\\" : nil }),
      (
        "quotes", "escaped with backslashes", "no longer escaped",
        { $0 == "'" || $0 == "\"" ? "\\\($0)" : nil }
      ),
      (
        "quotes and backslashes", "escaped with backslashes", "no longer escaped",
        { $0 == "'" || $0 == "\"" || $0 == "\\" ? "\\\($0)" : nil }
      ),
      ("control characters", "written as escapes", "no longer written as escapes", controlEscape),
      ("HTML characters", "written as entities", "no longer written as entities", entity),
    ]
    for rule in rules {
      func escaped(_ text: Scalars) -> Scalars {
        text.flatMap { scalar in rule.map(scalar).map { Scalars($0.unicodeScalars) } ?? [scalar] }
      }
      if escaped(source) == target { return "\(rule.name) are \(rule.done) in the target" }
      if escaped(target) == source { return "\(rule.name) are \(rule.undone) in the target" }
    }
    return nil
  }

  private static func controlEscape(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case "\\": "\\\\"
    default: nil
    }
  }

  private static func entity(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "'": "&#39;"
    default: nil
    }
  }

  // MARK: Case, normalisation, encodings

  private static func caseOrForm(_ source: Scalars, _ target: Scalars) -> String? {
    let (before, after) = (string(source), string(target))
    func isTarget(_ text: String) -> Bool { text.unicodeScalars.elementsEqual(target) }
    func isSource(_ text: String) -> Bool { text.unicodeScalars.elementsEqual(source) }
    if isTarget(before.lowercased()) { return "target is in lower case" }
    if isTarget(before.uppercased()) { return "target is in upper case" }
    if before.lowercased().unicodeScalars.elementsEqual(after.lowercased().unicodeScalars) {
      return "upper and lower case differ"
    }
    let composed = after.precomposedStringWithCanonicalMapping
    if before.precomposedStringWithCanonicalMapping.unicodeScalars.elementsEqual(composed.unicodeScalars) {
      if isTarget(composed) { return "target is normalised to NFC" }
      if isTarget(after.decomposedStringWithCanonicalMapping) { return "target is normalised to NFD" }
      return "Unicode normalisation differs"
    }
    if isTarget(before.precomposedStringWithCompatibilityMapping) { return "target is normalised to NFKC" }
    let plain = before.decomposedStringWithCanonicalMapping.unicodeScalars.filter {
      $0.properties.generalCategory != .nonspacingMark
    }
    if plain.elementsEqual(target) { return "target lost its accents" }
    return nil
  }

  private static func string(_ scalars: Scalars) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  /// Characters that a narrower character set did not have.
  private static func replaced(_ source: Scalars, _ target: Scalars) -> String? {
    let sets: [(name: String, from: UInt32)] = [
      ("outside the Basic Multilingual Plane, such as emoji,", 0x10000), ("outside Latin-1", 0x100),
      ("outside ASCII", 0x80),
    ]
    let units: [(Unicode.Scalar) -> Int] = [
      { _ in 1 }, { UTF16.width($0) }, { UTF8.width($0) },
    ]
    for set in sets where source.contains(where: { $0.value >= set.from }) {
      if source.filter({ $0.value < set.from }) == target {
        return "target lost characters \(set.name)".trimmed
      }
      for mark: Unicode.Scalar in ["?", "\u{FFFD}"] {
        for width in units {
          let expected = source.flatMap { scalar in
            scalar.value < set.from ? [scalar] : Array(repeating: mark, count: width(scalar))
          }
          if expected == target {
            let name = mark == "?" ? "'?'" : "U+FFFD"
            return "target has \(name) for characters \(set.name)".trimmed
          }
        }
      }
    }
    return nil
  }

  private static func misread(
    _ sourceBytes: [UInt8], _ targetBytes: [UInt8], _ source: Scalars, _ target: Scalars
  ) -> String? {
    if latin1(sourceBytes) == target { return "target is UTF-8 read as Latin-1" }
    if windows1252(sourceBytes) == target { return "target is UTF-8 read as Windows-1252" }
    if latin1(targetBytes) == source { return "source is UTF-8 read as Latin-1, target is repaired" }
    if windows1252(targetBytes) == source {
      return "source is UTF-8 read as Windows-1252, target is repaired"
    }
    return nil
  }

  private static func latin1(_ bytes: [UInt8]) -> Scalars { bytes.map { Unicode.Scalar($0) } }

  private static func windows1252(_ bytes: [UInt8]) -> Scalars {
    bytes.map { byte in
      0x80...0x9F ~= byte ? upperHalf[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }
  }

  /// Windows-1252 from 0x80 to 0x9F; the five bytes that it leaves undefined stand for themselves.
  private static let upperHalf = Scalars(
    "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars)
}

extension String {
  /// Without the comma that ends an apposition.
  fileprivate var trimmed: String { hasSuffix(",") ? String(dropLast()) : self }
}
