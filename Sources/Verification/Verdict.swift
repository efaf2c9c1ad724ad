/// What a comparison proved.
package enum Verdict: String, Sendable, Codable, CaseIterable {
  /// Everything that was to be compared was, and is the same. In a report that is `countsOnly`, the
  /// numbers of rows are, and nothing else was compared.
  case equal
  /// At least one difference was seen.
  case different
  /// No difference was seen, and something could not be checked.
  case unverified

  /// A difference is proven whatever else could not be checked; what could not be checked is never equal.
  /// Nothing at all is unverified.
  package static func combined(_ parts: some Sequence<Verdict>) -> Verdict {
    var sawAny = false
    var sawUnverified = false
    for part in parts {
      sawAny = true
      switch part {
      case .different: return .different
      case .unverified: sawUnverified = true
      case .equal: break
      }
    }
    return sawAny && !sawUnverified ? .equal : .unverified
  }
}
