import Reports

/// What a command says about itself.
struct CommandHelp: Sendable {
  struct Example: Sendable {
    var purpose: String
    var command: String
  }

  let name: String
  /// What it does, in a line without a full stop.
  let summary: String
  /// What one has to know to use it, in paragraphs.
  let explanation: [String]
  /// The word that may stand without an option.
  var operand: Option?
  let options: [Option]
  let examples: [Example]
  let exitCodes: [ExitCode]

  var allOptions: [Option] { options + Option.common }
  /// What error messages show.
  var example: String { examples[0].command }

  var text: String {
    var lines = Help.wrapped("proofload \(name): \(summary)")
    for paragraph in explanation { lines += [""] + Help.wrapped(paragraph) }
    lines += ["", "Examples"]
    for example in examples { lines += Help.wrapped(example.purpose, indent: 2) + ["    \(example.command)"] }
    if let operand { lines += ["", "Argument"] + Help.listed([operand]) }
    lines +=
      ["", "Options"] + Help.listed(options) + (options.isEmpty ? [] : [""]) + Help.listed(Option.common)
    lines +=
      ["", "Exit codes"]
      + exitCodes.flatMap { Help.wrapped("\($0.rawValue)  \($0.meaning)", indent: 2, hang: 3) }
    return lines.joined(separator: "\n")
  }
}

/// Help texts that belong to no single command, and how help is laid out.
enum Help {
  static let width = 80

  static var overview: String {
    var lines = wrapped(
      "Proofload copies tables between databases, and proves that not one row was lost, however often the copy was "
        + "interrupted and repeated.")
    lines += [
      "", "Start here: a whole migration with its accidents, in a directory of its own", "    proofload demo",
    ]
    lines += ["", "Commands"]
    let longest = Program.commands.map { $0.help.name.count }.max() ?? 0
    for command in Program.commands {
      let name = command.help.name
      lines += wrapped(
        name + String(repeating: " ", count: longest - name.count + 2) + command.help.summary, indent: 2,
        hang: longest + 2)
    }
    lines += ["", "A first copy", "    proofload generate --to sqlite:source.db"]
    lines += ["    proofload replicate --from sqlite:source.db --to sqlite:target.db"]
    lines += ["    proofload verify --from sqlite:source.db --to sqlite:target.db"]
    lines += ["", "Databases"] + databases
    lines += ["", "Exit codes"]
    lines += ExitCode.allCases.flatMap { wrapped("\($0.rawValue)  \($0.meaning)", indent: 2, hang: 3) }
    lines += ["", "Each command explains itself, as in: proofload replicate --help"]
    return lines.joined(separator: "\n")
  }

  private static let databases =
    [
      ("sqlite:FILE", "a SQLite file, as sqlite:shop.db or sqlite:/var/lib/shop.db"),
      ("postgres://USER@HOST/DB", "a PostgreSQL database; ?schema=NAME for another schema than public"),
      ("stackoverflow:?scale=0.01", "as a source or witness: generated rows of StackOverflow's shape"),
    ].map { "  \($0.0)".padded(to: 29) + $0.1 }.flatMap { wrapped($0, indent: 0, hang: 29) }
    + wrapped(
      "A password belongs into the URL (postgres://user:password@host/db) or, better, into the environment: "
        + "PROOFLOAD_SOURCE_PASSWORD, PROOFLOAD_TARGET_PASSWORD. It is never printed.", indent: 2)

  static func listed(_ options: [Option]) -> [String] {
    options.flatMap { option in
      let usage = "  \(option.usage)".padded(to: 22)
      return wrapped(usage + option.help, indent: 0, hang: 22)
    }
  }

  /// Breaks lines at spaces; spaces at the beginning stay.
  static func wrapped(_ text: String, indent: Int = 0, hang: Int = 0) -> [String] {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var hasWords = false
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if hasWords && line.count + 1 + word.count > width && !word.isEmpty {
        lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
        line = String(repeating: " ", count: indent + hang) + word
      } else {
        line += (hasWords ? " " : "") + word
      }
      hasWords = true
    }
    return lines + [line]
  }
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(2, width - count)) }
}
