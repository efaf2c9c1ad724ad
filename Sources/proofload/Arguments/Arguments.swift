import Reports

/// A command's options, as the user gave them.
struct Arguments: Sendable {
  private struct Given: Sendable {
    var option: Option
    var value: String?
  }

  private let help: CommandHelp
  private var given: [Given] = []

  /// Options that may be given more than once; their values are put together.
  private static let repeatable = ["tables"]

  init(_ words: [String], _ help: CommandHelp) throws(UsageError) {
    self.help = help
    var rest = words[...]
    while let word = rest.popFirst() {
      if let operand = help.operand, !word.hasPrefix("--"), !given.contains(where: { $0.option.isOperand }) {
        given.append(Given(option: operand, value: word))
      } else {
        given.append(try Arguments.next(word, &rest, help))
      }
    }
    for option in help.allOptions {
      let count = given.count { $0.option.name == option.name }
      if count == 0 && option.isRequired {
        throw UsageError("\(option.usage) is missing: \(option.help)", remedy: "For example: \(help.example)")
      }
      if count > 1 && !Arguments.repeatable.contains(option.name) {
        throw UsageError("--\(option.name) is given more than once", remedy: "Keep the one that you mean.")
      }
    }
  }

  private static func next(
    _ word: String, _ rest: inout ArraySlice<String>, _ help: CommandHelp
  ) throws(UsageError) -> Given {
    guard word.hasPrefix("--"), word.count > 2 else { throw stray(word, help) }
    let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = help.allOptions.first(where: { $0.name == name }) else { throw unknown(name, help) }
    guard option.value != nil else {
      if parts.count > 1 { throw UsageError("--\(name) takes no value", remedy: "Write --\(name).") }
      return Given(option: option)
    }
    if parts.count > 1 { return Given(option: option, value: String(parts[1])) }
    guard let value = rest.first, !value.hasPrefix("--") else {
      throw UsageError("--\(name) needs a value: \(option.usage)", remedy: "It means: \(option.help).")
    }
    rest.removeFirst()
    return Given(option: option, value: value)
  }

  private static func unknown(_ name: String, _ help: CommandHelp) -> UsageError {
    let names = help.allOptions.map(\.name)
    let guess = EditDistance.nearest(to: name, among: names).map { "Did you mean --\($0)? " } ?? ""
    return UsageError(
      "unknown option --\(PrintableURL.redacted(name))",
      remedy: "\(guess)proofload \(help.name) --help lists them all.")
  }

  private static func stray(_ word: String, _ help: CommandHelp) -> UsageError {
    let isURL = word.contains(":")
    return UsageError(
      "unexpected argument '\(PrintableURL.redacted(word))'",
      remedy: isURL
        ? "Put --from or --to before it. For example: \(help.example)"
        : "Options begin with two dashes. For example: \(help.example)")
  }

  /// Whether one of the words, outside of an option's value, is `--help` or `-h`.
  static func asksForHelp(_ words: [String], _ help: CommandHelp) -> Bool {
    var isValue = false
    for word in words {
      if !isValue && (word == "--help" || word == "-h") { return true }
      isValue = !isValue && help.allOptions.contains { $0.value != nil && "--\($0.name)" == word }
      // What looks like an option is none's value: it was forgotten.
      if isValue == false && word == "--help" { return true }
    }
    return false
  }

  // MARK: Values

  func flag(_ name: String) -> Bool { given.contains { $0.option.name == name } }

  func text(_ name: String) throws(UsageError) -> String? {
    guard let found = given.first(where: { $0.option.name == name }), let value = found.value else {
      return nil
    }
    guard !value.isEmpty else { throw UsageError("\(found.option.label) is empty", remedy: remedy(name)) }
    return value
  }

  /// The value of an option that has to be there.
  func required(_ name: String) throws(UsageError) -> String {
    guard let value = try text(name) else { throw UsageError("--\(name) is missing", remedy: remedy(name)) }
    return value
  }

  /// The parts between commas, of all times that the option is given.
  func list(_ name: String) throws(UsageError) -> [String] {
    var parts: [String] = []
    for value in given where value.option.name == name {
      for part in (value.value ?? "").split(separator: ",", omittingEmptySubsequences: false) {
        let part = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        guard !part.isEmpty else {
          throw UsageError("--\(name) has an empty name in it", remedy: "Write: --\(name) users,posts")
        }
        parts.append(String(part))
      }
    }
    return parts
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let value = try text(name) else { return nil }
    guard let number = Int(value), range.contains(number) else {
      throw UsageError(
        "--\(name) is '\(value)', and must be a whole number from \(range.lowerBound) to "
          + Figures.count(range.upperBound))
    }
    return number
  }

  func seed(_ name: String) throws(UsageError) -> UInt64? {
    guard let value = try text(name) else { return nil }
    guard let number = UInt64(value) else {
      throw UsageError("--\(name) is '\(value)', and must be a whole number from 0 to \(UInt64.max)")
    }
    return number
  }

  func size(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let value = try text(name) else { return nil }
    guard let bytes = ByteSize.parse(value), range.contains(bytes) else {
      let (low, high) = (Figures.bytes(range.lowerBound), Figures.bytes(range.upperBound))
      throw UsageError(
        "--\(name) is '\(value)', and must be a size from \(low) to \(high)",
        remedy: "Write it like 512KB, 64MB or 1GB.")
    }
    return bytes
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws(UsageError) -> Choice? where Choice.RawValue == String {
    guard let value = try text(name) else { return nil }
    if let choice = Choice(rawValue: value) { return choice }
    let all = Choice.allCases.map(\.rawValue)
    let guess = EditDistance.nearest(to: value, among: all).map { "Did you mean \($0)? " } ?? ""
    throw UsageError(
      "--\(name) is '\(value)', and must be one of: \(all.joined(separator: ", "))",
      remedy: guess.isEmpty ? nil : guess)
  }

  private func remedy(_ name: String) -> String? {
    help.allOptions.first { $0.name == name }.map { "\($0.usage): \($0.help)." }
  }

  // MARK: The command line again

  /// The same command as it could be pasted into a shell. Passwords are left out, and it shows where to put them.
  func commandLine(adding extra: [String] = [], removing removed: [String] = []) -> String {
    var words: [String] = []
    for value in given {
      let role = ["from": EndpointRole.source, "to": .target, "witness": .witness][value.option.name]
      guard let role, let text = value.value, PrintableURL.pasteable(text) != text else { continue }
      words.append("\(role.passwordVariable)='***'")
    }
    words += ["proofload", help.name]
    for value in given where !removed.contains(value.option.name) && !extra.contains(value.option.name) {
      if !value.option.isOperand { words.append("--\(value.option.name)") }
      if let text = value.value { words.append(Shell.quoted(PrintableURL.pasteable(text))) }
    }
    return (words + extra.map { "--\($0)" }).joined(separator: " ")
  }
}
