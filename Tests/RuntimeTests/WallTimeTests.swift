import Foundation
import Runtime
import Testing

@Suite struct WallTimeTests {
  @Test(arguments: [
    (0, 0, "1970-01-01T00:00:00.000Z"),
    (951_782_400, 0, "2000-02-29T00:00:00.000Z"),
    (1_709_210_096, 789_999_999, "2024-02-29T12:34:56.789Z"),
    (-1, 999_000_000, "1969-12-31T23:59:59.999Z"),
    (253_402_300_799, 0, "9999-12-31T23:59:59.000Z"),
  ])
  func `a moment is ISO 8601 in UTC, cut to the millisecond`(seconds: Int64, nanoseconds: Int32, text: String)
  {
    #expect(WallTime(seconds: seconds, nanoseconds: nanoseconds).description == text)
    let read = WallTime(text)
    #expect(read == WallTime(seconds: seconds, nanoseconds: nanoseconds / 1_000_000 * 1_000_000))
  }

  @Test(arguments: [
    "", "2024-02-29", "2024-02-30T12:34:56.789Z", "2024-13-01T12:34:56.789Z", "2024-02-29T24:00:00.000Z",
    "2024-02-29T12:34:56.789", "2024-02-29 12:34:56.789Z", "2024-02-29T12:34:56.789+00:00",
    "999999999999-1-1T1:1:1.1Z", "+024-02-29T12:34:56.789Z", "2024-02-29T12:34:60.000Z",
  ])
  func `what is no such moment is not read as one`(text: String) {
    #expect(WallTime(text) == nil)
  }

  @Test func `JSON holds the text, and reads it again`() throws {
    let time = WallTime(seconds: 1_709_210_096, nanoseconds: 789_000_000)
    let json = try JSONEncoder().encode([time])
    #expect(String(decoding: json, as: UTF8.self) == #"["2024-02-29T12:34:56.789Z"]"#)
    #expect(try JSONDecoder().decode([WallTime].self, from: json) == [time])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([WallTime].self, from: Data(#"["yesterday"]"#.utf8))
    }
  }

  @Test func `moments are ordered as time is`() {
    let times = [
      WallTime(seconds: -1, nanoseconds: 5), WallTime(seconds: 0), WallTime(seconds: 0, nanoseconds: 1),
      WallTime(seconds: 1),
    ]
    #expect(times.reversed().sorted() == times)
  }
}
