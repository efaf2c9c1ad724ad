import Databases
import DriverConformance
import Rows
import SQLiteDatabase
import TestSupport
import Testing

@Suite struct ConformanceTests {
  /// What SQLite is like.
  static let quirks: Quirks = {
    var quirks = Quirks()
    quirks.hasNegativeZero = false
    quirks.hasNaN = false
    quirks.hasInfiniteDates = false
    quirks.precision = 7
    quirks.identifierLength = 1000
    quirks.readsBack = { type in
      // Padding is no property of SQLite's.
      if case .fixedText(let length) = type { .text(maxLength: length) } else { type }
    }
    return quirks
  }()

  static func driver(journalMode: String) -> DriverUnderTest {
    DriverUnderTest(quirks: quirks) { body in
      let directory = try TemporaryDirectory()
      let path = directory.file("conformance.db")
      try sqlite("PRAGMA journal_mode = \(journalMode)", at: path)
      try await body(SQLiteEndpoint(path: path))
      withExtendedLifetime(directory) {}
    }
  }

  @Test(arguments: Conformance.checks) func `keeps the contract`(_ check: Conformance.Check) async throws {
    try await check.run(ConformanceTests.driver(journalMode: "delete"))
  }

  @Test(arguments: Conformance.checks)
  func `keeps the contract with a write-ahead log`(_ check: Conformance.Check) async throws {
    try await check.run(ConformanceTests.driver(journalMode: "wal"))
  }
}
