import Foundation

/// URLs without their passwords. Works on anything that a user may have typed, also on what is no URL.
enum PrintableURL {
  /// With `***` for a password: for messages.
  static func redacted(_ text: String) -> String { replacing(text, with: ":***") }

  /// Without the password: it can be pasted, and takes the password from the environment.
  static func pasteable(_ text: String) -> String { replacing(text, with: "") }

  private static func replacing(_ text: String, with replacement: String) -> String {
    var result = text
    if let scheme = text.range(of: "://") {
      let rest = text[scheme.upperBound...]
      // Up to the last @: a password that should have been percent-encoded may hold anything.
      if let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") {
        result = text[..<colon] + replacement + text[at...]
      }
    }
    return withoutParameter(result)
  }

  private static func withoutParameter(_ text: String) -> String {
    guard let query = text.firstIndex(of: "?") else { return text }
    let parts = text[text.index(after: query)...].split(separator: "&", omittingEmptySubsequences: false)
    let kept = parts.filter { !$0.lowercased().hasPrefix("password=") }
    if kept.count == parts.count { return text }
    return kept.isEmpty ? String(text[..<query]) : text[...query] + kept.joined(separator: "&")
  }
}
