/// CHECKLIST.md: what holds, and the check that says so. A line is `- Claim. — check: CHECK`, and CHECK is
/// `TestTarget/name of the test` or a command in backquotes.
struct Checklist {
  enum Check: Equatable {
    case test(target: String, name: String)
    case command(String)
  }

  struct Line: Equatable {
    let line: Int
    let claim: String
    /// Nil if the line names no check.
    let check: Check?
  }

  let lines: [Line]

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
      index, line in
      guard line.hasPrefix("- ") else { return nil }
      let parts = line.dropFirst(2).split(separator: " — check: ", maxSplits: 1)
      let claim = parts.first.map(String.init) ?? ""
      return Line(line: index + 1, claim: claim, check: parts.count == 2 ? Checklist.check(parts[1]) : nil)
    }
  }

  private static func check(_ text: Substring) -> Check? {
    if text.hasPrefix("`"), text.hasSuffix("`"), text.count > 2 {
      return .command(String(text.dropFirst().dropLast()))
    }
    let parts = text.split(separator: "/", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    return .test(target: String(parts[0]), name: String(parts[1]))
  }

  /// What is wrong with the lines. `source` has the text of a test target's files, nil if there is no such
  /// target; `commands` are those of the pages, which other tests run.
  func violations(
    path: String, makefile: Makefile, commands: [Page.Command], source: (String) -> String?
  ) -> [Violation] {
    lines.compactMap { line in
      objection(to: line.check, makefile, commands, source).map {
        Violation(path: path, line: line.line, message: $0)
      }
    }
  }

  private func objection(
    to check: Check?, _ makefile: Makefile, _ commands: [Page.Command], _ source: (String) -> String?
  ) -> String? {
    switch check {
    case nil: return "no check: end the line with ' — check: Target/test name'"
    case .test(let target, let name):
      guard let text = source(target) else { return "there is no test target \(target)" }
      return text.contains("func `\(name)`(") ? nil : "\(target) has no test '\(name)'"
    case .command(let text):
      let command = Page.Command(path: "", line: 0, text: text)
      if command.firstWord == "make" { return makefile.objection(to: command) }
      if commands.contains(where: { $0.text == text }) { return nil }
      return "no page has the command '\(text)', so no test runs it"
    }
  }
}
