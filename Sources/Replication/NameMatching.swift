/// Pairs the names of two sides: exactly first, then without case, underscores, blanks and hyphens, which is
/// what a `NameStyle` changes.
package struct NameMatching: Equatable {
  package var pairs: [(source: String, target: String)]
  package var missing: [String]
  package var extra: [String]

  package static func == (left: NameMatching, right: NameMatching) -> Bool {
    left.pairs.elementsEqual(right.pairs, by: ==) && left.missing == right.missing
      && left.extra == right.extra
  }

  /// Pairs `source`, which is some of `all` names of the source: those that are left out keep their partners.
  ///
  /// Throws when a name could be paired with more than one.
  package init(source: [String], among all: [String]? = nil, target: [String], what: String) throws(JobError)
  {
    let all = all ?? source
    let sources = try NameMatching.distinct(all, what: what, side: "source")
    let targets = try NameMatching.distinct(target, what: what, side: "target")
    let exact = sources.intersection(targets)
    // Of those that are not exactly the same.
    var partner: [String: String] = [:]

    let openTargets = Dictionary(grouping: target.filter { !exact.contains($0) }, by: NameMatching.folded)
    let openSources = Dictionary(grouping: all.filter { !exact.contains($0) }, by: NameMatching.folded)
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
    pairs = source.compactMap { name in
      if exact.contains(name) { (name, name) } else { partner[name].map { (name, $0) } }
    }
    missing = source.filter { !exact.contains($0) && partner[$0] == nil }
    let taken = exact.union(partner.values)
    extra = target.filter { !taken.contains($0) }
  }

  /// Databases tell names apart by their bytes, Swift by what they look like: it takes two spellings of one
  /// letter for the same, and would read one table twice and the other never.
  private static func distinct(
    _ names: [String], what: String, side: String
  ) throws(JobError) -> Set<String> {
    var seen = Set<String>(minimumCapacity: names.count)
    for name in names where !seen.insert(name).inserted {
      throw JobError(
        .configuration,
        "\(what) names are ambiguous: \(name) is in the \(side) twice, in two spellings that Unicode calls equal",
        remedy: "Rename one of the two.")
    }
    return seen
  }

  /// Lower case, without what a `NameStyle` adds, takes away or replaces.
  package static func folded(_ name: String) -> String {
    name.lowercased().filter { $0 != "_" && $0 != " " && $0 != "-" }
  }
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
