/// A Markdown page, for the promises it makes.
struct Page {
  let path: String
  let text: String

  /// A line of a fenced `sh` block.
  struct Command: Equatable, CustomStringConvertible {
    let path: String
    let line: Int
    let text: String

    var description: String { "\(path):\(line): \(text)" }

    var firstWord: Substring { text.prefix { !$0.isWhitespace } }

    /// What a trailing `# exits N` promises; 0 without one, nil if N is no number.
    var expectedExitCode: Int32? {
      guard let range = text.firstRange(of: "# exits ") else { return 0 }
      return Int32(text[range.upperBound...].prefix { !$0.isWhitespace })
    }

    /// True for a line that talks to PostgreSQL.
    var needsServer: Bool { text.contains("postgres://") }
  }

  /// In order. Lines that end in a backslash are joined; comments and blank lines are none.
  var commands: [Command] {
    var found: [Command] = []
    var isInBlock = false
    var pending: (line: Int, text: String)?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let trimmed = line.drop(while: \.isWhitespace)
      if trimmed.hasPrefix("```") {
        isInBlock = !isInBlock && trimmed.dropFirst(3) == "sh"
        continue
      }
      guard isInBlock, pending != nil || !(trimmed.isEmpty || trimmed.hasPrefix("#")) else { continue }
      let (start, soFar) = pending ?? (index + 1, "")
      if trimmed.hasSuffix("\\") {
        pending = (start, soFar + trimmed.dropLast())
      } else {
        found.append(Command(path: path, line: start, text: soFar + trimmed))
        pending = nil
      }
    }
    return found
  }
}

/// The targets of a Makefile.
struct Makefile {
  let targets: Set<String>

  init(_ text: String) {
    targets = Set(
      text.split(separator: "\n").flatMap { line -> [String] in
        guard let colon = line.firstIndex(of: ":"), line.first?.isLetter == true else { return [] }
        // `name := value` is a variable.
        if line[line.index(after: colon)...].hasPrefix("=") { return [] }
        return line[..<colon].split(separator: " ").map(String.init)
      })
  }

  /// Why a `make` line can not work; nil if it can.
  func objection(to command: Page.Command) -> String? {
    let words = command.text.prefix { $0 != "#" }.split(separator: " ").dropFirst()
    let goals = words.filter { !$0.contains("=") && !$0.hasPrefix("-") }
    return goals.first { !targets.contains(String($0)) }.map { "the Makefile has no target \($0)" }
  }
}
