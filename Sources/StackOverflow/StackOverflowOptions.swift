import Databases

extension Engine {
  package static let stackOverflow = Engine(rawValue: "stackoverflow")
}

/// What a generated population depends on, as a URL: `stackoverflow:?scale=0.01&seed=2010&hostile`.
package struct StackOverflowOptions: Hashable, Sendable {
  package var seed: UInt64
  package var scale: Scale
  package var isHostile: Bool

  package static let scheme = "stackoverflow:"

  package init(seed: UInt64 = 2010, scale: Scale = .hundredth, hostile: Bool = false) {
    self.seed = seed
    self.scale = scale
    isHostile = hostile
  }

  /// Reads a URL. Every option may be left out; a configuration error names the one that is wrong.
  package init(url: String) throws(DatabaseError) {
    self.init()
    guard url.hasPrefix(StackOverflowOptions.scheme) else {
      throw StackOverflowOptions.error(url, "it does not begin with \(StackOverflowOptions.scheme)")
    }
    let rest = url.dropFirst(StackOverflowOptions.scheme.count)
    guard rest.isEmpty || rest.hasPrefix("?") else {
      throw StackOverflowOptions.error(
        url, "a generated source has options and no path, but '\(rest)' is given")
    }
    var seen: [String] = []
    for option in rest.dropFirst().split(separator: "&", omittingEmptySubsequences: true) {
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init)
      guard !seen.contains(parts[0]) else {
        throw StackOverflowOptions.error(url, "option '\(parts[0])' is given twice")
      }
      seen.append(parts[0])
      try set(parts[0], to: parts.count == 2 ? parts[1] : nil, url: url)
    }
  }

  private mutating func set(_ name: String, to value: String?, url: String) throws(DatabaseError) {
    switch name {
    case "scale":
      do throws(InvalidScale) {
        scale = try Scale(value ?? "")
      } catch {
        throw StackOverflowOptions.error(url, "scale '\(value ?? "")' \(error.reason)")
      }
    case "seed":
      guard let value, let number = UInt64(value), !value.hasPrefix("+") else {
        throw StackOverflowOptions.error(url, "seed '\(value ?? "")' is not an integer from 0 to 2^64-1")
      }
      seed = number
    case "hostile":
      guard value == nil else {
        throw StackOverflowOptions.error(url, "option 'hostile' has no value; leave it out for ordinary rows")
      }
      isHostile = true
    default:
      throw StackOverflowOptions.error(url, "there is no option '\(name)'")
    }
  }

  /// Scale and seed always, so that the URL says everything.
  package var url: String {
    "\(StackOverflowOptions.scheme)?scale=\(scale)&seed=\(seed)" + (isHostile ? "&hostile" : "")
  }

  private static func error(_ url: String, _ message: String) -> DatabaseError {
    DatabaseError(
      engine: .stackOverflow, errorClass: .configuration, message: message,
      remedy: "Write stackoverflow:?scale=0.01&seed=2010, and &hostile for rows that break copies.",
      place: ErrorPlace(endpoint: url, operation: "read the URL"))
  }
}
