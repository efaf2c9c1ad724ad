/// Words as a POSIX shell reads them back.
enum Shell {
  static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.utf8.allSatisfy { byte in
      switch UInt8(byte) {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./:=,@%+".utf8.contains(byte)
      }
    }
    if isPlain { return word }
    let parts = word.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: "'\\''") + "'"
  }

  /// A command of ours on as many lines as it needs, an option with its value on one.
  static func wrapped(_ words: [String], indent: Int, width: Int) -> [String] {
    var pieces: [String] = []
    for word in ["proofload"] + words.map(quoted) {
      if let last = pieces.last, last.hasPrefix("--"), !last.contains(" "), !word.hasPrefix("--") {
        pieces[pieces.count - 1] = "\(last) \(word)"
      } else {
        pieces.append(word)
      }
    }
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = "\(margin)$ \(pieces[0])"
    for piece in pieces.dropFirst() {
      // Room for the backslash, too.
      if line.count + 1 + piece.count + 2 > width {
        lines.append(line + " \\")
        line = "\(margin)    \(piece)"
      } else {
        line += " \(piece)"
      }
    }
    return lines + [line]
  }
}
