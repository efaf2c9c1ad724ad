import Foundation

/// URLs without their passwords. Works on anything that a user may have typed, also on what is no URL.
enum PrintableURL {
  /// With `***` for a password: for messages. What lacks a scheme may have one, too.
  static func redacted(_ text: String) -> String {
    let isFile = text.hasPrefix("sqlite:") && !text.hasPrefix("sqlite://")
    return isFile ? text : withoutParameter(replacing(text, after: scheme(of: text), with: ":***"))
  }

  /// Without the password: it can be pasted, and takes the password from the environment.
  static func pasteable(_ text: String) -> String {
    let start = scheme(of: text)
    return start == text.startIndex ? text : withoutParameter(replacing(text, after: start, with: ""))
  }

  /// The end of `scheme://`; the beginning where there is none.
  private static func scheme(of text: String) -> String.Index {
    text.range(of: "://")?.upperBound ?? text.startIndex
  }

  private static func replacing(_ text: String, after start: String.Index, with replacement: String) -> String
  {
    let rest = text[start...]
    // Up to the last @: a password that should have been percent-encoded may hold anything.
    guard let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") else { return text }
    return text[..<colon] + replacement + text[at...]
  }

  private static func withoutParameter(_ text: String) -> String {
    guard let query = text.firstIndex(of: "?") else { return text }
    let parts = text[text.index(after: query)...].split(separator: "&", omittingEmptySubsequences: false)
    let kept = parts.filter { !$0.lowercased().hasPrefix("password=") }
    if kept.count == parts.count { return text }
    return kept.isEmpty ? String(text[..<query]) : text[...query] + kept.joined(separator: "&")
  }
}
