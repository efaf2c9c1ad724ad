/// RAISERROR's format, which is that of C's printf with fewer letters.
enum MessageFormat {
  /// Fills `%d %i %u %o %x %X %s %%` with flags, width and precision. Throws 2786 for a value of another type.
  static func fill(_ format: [UInt16], _ arguments: [(SQLValue, SQLType)]) throws(SQLError) -> String {
    var text: [Character] = []
    var rest = Array(String(decoding: format, as: UTF16.self))[...]
    var next = 0
    while let character = rest.popFirst() {
      guard character == "%" else {
        text.append(character)
        continue
      }
      if rest.first == "%" {
        rest.removeFirst()
        text.append("%")
        continue
      }
      let flags = rest.prefix { "-+0# ".contains($0) }
      rest = rest.dropFirst(flags.count)
      let width = rest.prefix(while: \.isNumber)
      rest = rest.dropFirst(width.count)
      var precision: Int?
      if rest.first == "." {
        rest.removeFirst()
        let digits = rest.prefix(while: \.isNumber)
        rest = rest.dropFirst(digits.count)
        precision = Int(String(digits)) ?? 0
      }
      while let size = rest.first, "hlI64".contains(size), rest.count > 1 { rest.removeFirst() }
      guard let letter = rest.popFirst() else { break }
      let argument = next < arguments.count ? arguments[next] : (.null, .int)
      next += 1
      let piece = try piece(letter, argument, precision, next)
      text += pad(piece, Int(String(width)) ?? 0, left: flags.contains("-"), zeros: flags.contains("0"))
    }
    return String(String(text).utf16.prefix(2047)) ?? String(text)
  }

  private static func piece(
    _ letter: Character, _ argument: (SQLValue, SQLType), _ precision: Int?, _ number: Int
  ) throws(SQLError) -> String {
    let value = argument.0
    if value.isNull { return "(null)" }
    switch (letter, value) {
    case ("s", .text(let units)):
      let text = String(decoding: units, as: UTF16.self)
      return precision.map { String(text.prefix($0)) } ?? text
    case ("d", .integer(let value)), ("i", .integer(let value)): return String(value)
    case ("u", .integer(let value)): return String(UInt32(truncatingIfNeeded: value))
    case ("x", .integer(let value)): return String(UInt32(truncatingIfNeeded: value), radix: 16)
    case ("X", .integer(let value)):
      return String(UInt32(truncatingIfNeeded: value), radix: 16, uppercase: true)
    case ("o", .integer(let value)): return String(UInt32(truncatingIfNeeded: value), radix: 8)
    default:
      throw .make(
        2786, 16, 1,
        "The data type of substitution parameter \(number) does not match the expected type of the format specification.",
        .statement)
    }
  }

  private static func pad(_ text: String, _ width: Int, left: Bool, zeros: Bool) -> String {
    let missing = width - text.count
    if missing <= 0 { return text }
    if left { return text + String(repeating: " ", count: missing) }
    guard zeros, text.first == "-" else { return String(repeating: zeros ? "0" : " ", count: missing) + text }
    return "-" + String(repeating: "0", count: missing) + text.dropFirst()
  }
}
