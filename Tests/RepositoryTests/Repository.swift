import Foundation

/// The files of this repository, as the tests of this target read them.
enum Repository {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Paths relative to the root, sorted. A folder that does not exist has no files.
  static func files(in folder: String, withExtension suffix: String) -> [String] {
    let walker = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
    var found: [String] = []
    while let path = walker?.nextObject() as? String {
      if path.hasSuffix("." + suffix) { found.append(folder + "/" + path) }
    }
    return found.sorted()
  }

  /// Every Swift file that people write: sources, tests and measurements.
  static func sources() throws -> [SwiftSource] { try readSources.get() }

  // Several tests look at them all, and reading them takes a second.
  private static let readSources = Result {
    try ["Sources", "Tests", "Benchmarks"]
      .flatMap { files(in: $0, withExtension: "swift") }
      .map { SwiftSource(path: $0, text: try text($0)) }
  }

  /// The README and the pages in docs.
  static func pages() throws -> [Page] {
    try (["README.md"] + files(in: "docs", withExtension: "md")).map { Page(path: $0, text: try text($0)) }
  }
}

/// A rule that a file breaks, and what to do about it.
struct Violation: Equatable, CustomStringConvertible {
  let path: String
  let line: Int
  let message: String

  var description: String { "\(path):\(line): \(message)" }
}
