import Rows
import Testing

@Suite struct CalendarDateTests {
  @Test func `known days have PostgreSQL's numbers`() throws {
    let days: [(Int, Int, Int, Int)] = [
      (2000, 1, 1, 0), (1970, 1, 1, -10957), (2000, 2, 29, 59), (1999, 12, 31, -1), (2024, 2, 29, 8825),
      (-4713, 11, 24, CalendarDate.firstDay), (5_874_897, 12, 31, CalendarDate.lastDay),
      (294_276, 12, 31, CalendarDate.lastTimestampDay), (0, 12, 31, -730120), (1, 1, 1, -730119),
    ]
    for (year, month, day, number) in days {
      let date = try #require(CalendarDate(year: year, month: month, day: day))
      #expect(date.daysSince2000 == number)
      #expect(CalendarDate(daysSince2000: number) == date)
    }
  }

  @Test func `every day of nine hundred years follows the day before it`() throws {
    var previous = CalendarDate(daysSince2000: -200_001)
    for number in -200_000...130_000 {
      let date = CalendarDate(daysSince2000: number)
      #expect(date.daysSince2000 == number)
      let followsInMonth =
        date.year == previous.year && date.month == previous.month && date.day == previous.day + 1
      let startsMonth = date.day == 1 && date.month == previous.month % 12 + 1
      guard followsInMonth || startsMonth else {
        Issue.record("\(date) does not follow \(previous)")
        return
      }
      if startsMonth {
        #expect(CalendarDate(year: previous.year, month: previous.month, day: previous.day + 1) == nil)
      }
      previous = date
    }
  }
}
