/// Constructs that make a simulation differ from run to run, hide an error, or were left lying about.
struct BannedConstruct {
  let text: String
  let replacement: String
  /// Folders whose files may use it.
  let allowedIn: [String]

  private static let pool = ["Sources/Runtime/", "Sources/proofload/"]
  /// The root of a simulation is the one task that nobody waits for as a task.
  private static let roots = pool + ["Sources/Simulation/SimulationExecutor.swift"]

  static let inCode = [
    BannedConstruct(
      text: "Task {", replacement: "use a task group: it ends before its caller", allowedIn: pool),
    BannedConstruct(
      text: "Task(", replacement: "use a task group: it ends before its caller", allowedIn: roots),
    BannedConstruct(
      text: "Task.init", replacement: "use a task group: it ends before its caller", allowedIn: pool),
    BannedConstruct(
      text: "Task.detached", replacement: "use a task group: it ends before its caller", allowedIn: pool),
    BannedConstruct(text: "Task.sleep", replacement: "use TimeSource.sleep(for:)", allowedIn: pool),
    BannedConstruct(text: "Date()", replacement: "use TimeSource.wallClock", allowedIn: pool),
    BannedConstruct(text: "ContinuousClock()", replacement: "use TimeSource.now", allowedIn: pool),
    BannedConstruct(
      text: "SystemRandomNumberGenerator", replacement: "draw from a Seed", allowedIn: pool),
    BannedConstruct(
      text: "DispatchQueue", replacement: "use an actor or a ConnectionThread", allowedIn: pool),
    BannedConstruct(
      text: "Mutex(", replacement: "use Guarded, which the thread sanitizer understands",
      allowedIn: ["Sources/Runtime/"]),
    BannedConstruct(
      text: "Mutex<", replacement: "use Guarded, which the thread sanitizer understands",
      allowedIn: ["Sources/Runtime/"]),
    BannedConstruct(
      text: "print(", replacement: "return the text, and let the command print it",
      allowedIn: ["Sources/proofload/", "Benchmarks/"]),
    BannedConstruct(
      text: "try!", replacement: "throw, or say in a precondition what can not happen", allowedIn: []),
  ]

  static let inComments = ["FIXME", "TODO"].map {
    BannedConstruct(text: $0, replacement: "do it, or write an issue", allowedIn: [])
  }

  /// Draws that take the system's generator unless told otherwise.
  private static let draws = ["random", "randomElement", "shuffle", "shuffled"]

  static func violations(in source: SwiftSource) -> [Violation] {
    var found: [Violation] = []
    for (lines, constructs) in [(source.code, inCode), (source.comments, inComments)] {
      for construct in constructs where !construct.allowedIn.contains(where: { source.path.hasPrefix($0) }) {
        for (index, line) in lines.enumerated() where contains(line, construct.text) {
          found.append(
            Violation(
              path: source.path, line: index + 1, message: "\(construct.text): \(construct.replacement)"))
        }
      }
    }
    return found + unseededDraws(in: source) + unexplainedUncheckedSendable(in: source)
  }

  /// A whole word, no member of something else and no declaration: `fingerprint(`, `report.print(` and
  /// `func print(` are not `print(`.
  private static func contains(_ line: String, _ text: String) -> Bool {
    line.ranges(of: text).contains { range in
      let before = line[..<range.lowerBound]
      if before.hasSuffix("func ") { return false }
      return before.last.map { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "." } ?? true
    }
  }

  private static func unseededDraws(in source: SwiftSource) -> [Violation] {
    let used = draws.filter { draw in source.code.contains { $0.contains("." + draw) } }
    if used.isEmpty { return [] }
    let code = source.joinedCode
    return used.flatMap { draw in
      calls(of: "." + draw, in: code).compactMap { call in
        if call.arguments.contains("using:") { return nil }
        return Violation(
          path: source.path, line: call.line, message: ".\(draw)(…) without a generator: pass using: &seed")
      }
    }
  }

  private static func unexplainedUncheckedSendable(in source: SwiftSource) -> [Violation] {
    source.code.enumerated().compactMap { index, line in
      guard line.contains("@unchecked Sendable") else { return nil }
      // Attributes may stand between the comment and the declaration.
      var above = index - 1
      while above >= 0, source.code[above].drop(while: \.isWhitespace).hasPrefix("@") { above -= 1 }
      if above >= 0, source.comments[above].contains("//"), source.code[above].allSatisfy(\.isWhitespace) {
        return nil
      }
      return Violation(
        path: source.path, line: index + 1,
        message: "@unchecked Sendable: say in a comment directly above why it is safe")
    }
  }
}

/// Calls of a function in code without literals: the line of each, and the text between its parentheses.
func calls(of name: String, in code: [Character]) -> [(line: Int, arguments: String)] {
  let pattern = Array(name + "(")
  var found: [(line: Int, arguments: String)] = []
  var line = 1
  for index in code.indices {
    if code[index] == "\n" { line += 1 }
    guard code[index] == pattern[0], code[index...].starts(with: pattern) else { continue }
    var depth = 1
    var end = index + pattern.count
    while end < code.count, depth > 0 {
      if code[end] == "(" { depth += 1 }
      if code[end] == ")" { depth -= 1 }
      end += 1
    }
    found.append((line, String(code[(index + pattern.count)..<end])))
  }
  return found
}
