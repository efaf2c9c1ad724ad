import Databases
import DriverConformance
import PostgresDatabase
import Rows
import Runtime
import TestSupport
import Testing

@Suite(PostgresServer.isNeeded, .blocks) struct ConformanceTests {
  /// What PostgreSQL is like.
  static let quirks: Quirks = {
    var quirks = Quirks()
    quirks.schema = "public"
    quirks.hasNUL = false
    quirks.readsBack = { type in
      switch type {
      case .numeric: .numeric(trailingZeros: true)
      case .bytes: .bytes(maxLength: nil)
      default: type
      }
    }
    return quirks
  }()

  static let driver = DriverUnderTest(quirks: quirks) { body in
    let url = try await PostgresServer.shared.database()
    try await body(PostgresEndpoint(url: url) { ConnectionThread(name: "postgres-test") })
  }

  @Test(arguments: Conformance.checks) func `keeps the contract`(_ check: Conformance.Check) async throws {
    try await check.run(ConformanceTests.driver)
  }
}
