/// Pairs the names of two sides: exactly first, then without case and underscores.
package struct NameMatching: Equatable {
  package var pairs: [(source: String, target: String)]
  package var missing: [String]
  package var extra: [String]

  package static func == (left: NameMatching, right: NameMatching) -> Bool {
    left.pairs.elementsEqual(right.pairs, by: ==) && left.missing == right.missing
      && left.extra == right.extra
  }

  /// Throws when a name could be paired with more than one.
  package init(source: [String], target: [String], what: String) throws(JobError) {
    let exact = Set(source).intersection(target)
    var partner: [String: String] = [:]
    for name in exact { partner[name] = name }

    let openTargets = Dictionary(grouping: target.filter { !exact.contains($0) }, by: NameMatching.folded)
    let openSources = Dictionary(grouping: source.filter { !exact.contains($0) }, by: NameMatching.folded)
    for name in source where !exact.contains(name) {
      let key = NameMatching.folded(name)
      guard let candidates = openTargets[key] else { continue }
      guard candidates.count == 1, openSources[key]?.count == 1 else {
        let sources = (openSources[key] ?? []).sorted().joined(separator: ", ")
        throw JobError(
          .configuration,
          "\(what) names are ambiguous: \(sources) in the source could be \(candidates.sorted().joined(separator: ", ")) in the target",
          remedy: "Rename one side so that the names are equal or differ by more than case and underscores.")
      }
      partner[name] = candidates[0]
    }
    pairs = source.compactMap { name in partner[name].map { (name, $0) } }
    missing = source.filter { partner[$0] == nil }
    let taken = Set(partner.values)
    extra = target.filter { !taken.contains($0) }
  }

  /// Lower case, without underscores.
  package static func folded(_ name: String) -> String { name.lowercased().filter { $0 != "_" } }
}

/// How a target table that Proofload creates is named.
package enum NameStyle: String, Sendable, Codable, CaseIterable {
  case keep
  case lowercase
  case snakeCase = "snake_case"

  package func apply(_ name: String) -> String {
    switch self {
    case .keep: name
    case .lowercase: name.lowercased()
    case .snakeCase: NameStyle.snake(name)
    }
  }

  /// `LastEditorUserId` to `last_editor_user_id`, `HTMLBody` to `html_body`.
  private static func snake(_ name: String) -> String {
    let letters = Array(name)
    var words = ""
    for (index, letter) in letters.enumerated() {
      let previous = index > 0 ? letters[index - 1] : nil
      let next = index + 1 < letters.count ? letters[index + 1] : nil
      let startsWord =
        letter.isUppercase
        && (previous.map { $0.isLowercase || $0.isNumber } ?? false
          || (previous?.isUppercase ?? false) && (next?.isLowercase ?? false))
      if startsWord { words.append("_") }
      words += letter == " " || letter == "-" ? "_" : letter.lowercased()
    }
    return words
  }
}
