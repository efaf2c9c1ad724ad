/// Whether SQLite takes a text for a number when a column's affinity asks for one.
enum NumberShape {
  case none
  /// An integer of at most 18 digits just as SQLite prints it: `-12`, and neither `+1` nor `007`.
  case plainInteger
  case other

  init(_ text: UnsafeRawBufferPointer) {
    var start = 0
    var end = text.count
    while start < end, NumberShape.isBlank(text[start]) { start += 1 }
    while end > start, NumberShape.isBlank(text[end - 1]) { end -= 1 }
    var next = start
    let isSigned = next < end && (text[next] == UInt8(ascii: "-") || text[next] == UInt8(ascii: "+"))
    if isSigned { next += 1 }
    let integer = NumberShape.digits(text, &next, end)
    let firstDigit = integer > 0 ? text[next - integer] : 0
    var fraction = 0
    let hasPoint = next < end && text[next] == UInt8(ascii: ".")
    if hasPoint {
      next += 1
      fraction = NumberShape.digits(text, &next, end)
    }
    guard integer + fraction > 0 else {
      self = .none
      return
    }
    let hasExponent = next < end && text[next] | 0x20 == UInt8(ascii: "e")
    if hasExponent {
      next += 1
      if next < end, text[next] == UInt8(ascii: "-") || text[next] == UInt8(ascii: "+") { next += 1 }
      guard NumberShape.digits(text, &next, end) > 0 else {
        self = .none
        return
      }
    }
    guard next == end else {
      self = .none
      return
    }
    let isZero = firstDigit == UInt8(ascii: "0")
    let isPlain =
      end - start == text.count && !hasPoint && !hasExponent && integer <= 18
      && !(isSigned && (text[0] == UInt8(ascii: "+") || isZero)) && !(isZero && integer > 1)
    self = isPlain ? .plainInteger : .other
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  /// Skips digits, and returns how many there were.
  private static func digits(_ text: UnsafeRawBufferPointer, _ next: inout Int, _ end: Int) -> Int {
    let start = next
    while next < end, text[next] &- 48 <= 9 { next += 1 }
    return next - start
  }
}
