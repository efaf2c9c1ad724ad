import Rows

/// Numbers as people read them: in English, whatever the machine's locale, so that output can be compared.
package enum Figures {
  /// `1234567` as `1,234,567`.
  package static func count(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `1 row`, `2 rows`.
  package static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// A size in the largest unit that leaves a number below 1,024; one megabyte is 1,048,576 bytes.
  package static func bytes(_ number: Int) -> String {
    guard number >= 1024 else { return "\(number) B" }
    var value = Double(number)
    var unit = 0
    let units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"]
    // What would be rounded up to 1024.0 belongs to the next unit.
    while value >= 1023.95 && unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(fixed(value, digits: 1)) \(units[unit])"
  }

  /// `0.04 s`, `3.2 s`, `48 s`, `3 min 05 s`, `2 h 07 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "unknown" }
    let seconds = max(seconds, 0)
    if seconds < 0.995 { return "\(fixed(seconds, digits: 2)) s" }
    if seconds < 9.95 { return "\(fixed(seconds, digits: 1)) s" }
    let whole = Int(min(seconds, 1e15).rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    return "\(count(whole / 3600)) h \(twoDigits(whole % 3600 / 60)) min"
  }

  /// Events in a time, as a whole number a second; nil when no time passed.
  package static func rate(_ number: Int, in seconds: Double) -> Int? {
    guard seconds > 0 else { return nil }
    let rate = (Double(number) / seconds).rounded()
    return rate < Double(Int.max) ? Int(rate) : nil
  }

  /// The number with this many digits after the point.
  package static func fixed(_ value: Double, digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((abs(value) * scale).rounded())
    let whole = scaled / Int(scale)
    let rest = String(scaled % Int(scale))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    return "\(sign)\(whole)." + String(repeating: "0", count: digits - rest.count) + rest
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
