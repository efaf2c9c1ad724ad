/// Emphasis for a terminal, or none for a file or pipe.
package struct TerminalStyle: Sendable, Equatable {
  private let isColored: Bool

  package static let plain = TerminalStyle(isColored: false)
  package static let colored = TerminalStyle(isColored: true)

  package func bold(_ text: String) -> String { wrapped(text, "1") }
  package func dim(_ text: String) -> String { wrapped(text, "2") }
  package func good(_ text: String) -> String { wrapped(text, "32") }
  package func bad(_ text: String) -> String { wrapped(text, "31") }
  package func remarkable(_ text: String) -> String { wrapped(text, "33") }

  private func wrapped(_ text: String, _ code: String) -> String {
    isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
