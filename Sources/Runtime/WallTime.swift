import Glibc

/// A moment in UTC, as receipts, ledgers and logs show it.
package struct WallTime: Hashable, Sendable {
  /// Whole seconds since 1970-01-01T00:00:00Z, without leap seconds.
  package let seconds: Int64
  /// What is added to `seconds`: 0 to 999,999,999.
  package let nanoseconds: Int32

  package init(seconds: Int64, nanoseconds: Int32 = 0) {
    precondition((0..<1_000_000_000).contains(nanoseconds), "a second has 10^9 nanoseconds")
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }
}

extension WallTime: Comparable {
  package static func < (left: WallTime, right: WallTime) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

extension WallTime: CustomStringConvertible {
  /// ISO 8601 in UTC, cut to the millisecond: `2024-02-29T12:34:56.789Z`.
  package var description: String {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    let year = padded(Int(parts.tm_year) + 1900, 4)
    let (month, day) = (padded(Int(parts.tm_mon) + 1, 2), padded(Int(parts.tm_mday), 2))
    let (hour, minute) = (padded(Int(parts.tm_hour), 2), padded(Int(parts.tm_min), 2))
    let (second, millisecond) = (padded(Int(parts.tm_sec), 2), padded(Int(nanoseconds) / 1_000_000, 3))
    return "\(year)-\(month)-\(day)T\(hour):\(minute):\(second).\(millisecond)Z"
  }

  /// Reads exactly what `description` writes, in the years 0000 to 9999; nil for anything else.
  package init?(_ text: String) {
    let fields = text.split(omittingEmptySubsequences: false) { "-T:.Z".contains($0) }
    guard fields.map(\.utf8.count) == [4, 2, 2, 2, 2, 2, 3, 0] else { return nil }
    let numbers = fields.prefix(7).compactMap { Int($0) }
    guard numbers.count == 7 else { return nil }
    var parts = tm()
    parts.tm_year = Int32(numbers[0] - 1900)
    parts.tm_mon = Int32(numbers[1] - 1)
    parts.tm_mday = Int32(numbers[2])
    parts.tm_hour = Int32(numbers[3])
    parts.tm_min = Int32(numbers[4])
    parts.tm_sec = Int32(numbers[5])
    self.init(seconds: Int64(timegm(&parts)), nanoseconds: Int32(numbers[6]) * 1_000_000)
    // timegm makes 1 March of 30 February; written out again, only a real date is what was read.
    guard description == text else { return nil }
  }

  private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension WallTime: Codable {
  /// Decodes the text that `encode(to:)` writes.
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let time = WallTime(text) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "not a time like 2024-02-29T12:34:56.789Z: \(text)"))
    }
    self = time
  }

  /// Encodes the description: people read receipts, and a millisecond is enough for them.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
