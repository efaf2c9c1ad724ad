import Databases
import DriverConformance
import ModelDatabase
import Runtime
import Testing

@Suite struct ConformanceTests {
  static func driver(_ change: (inout ModelOptions) -> Void) -> DriverUnderTest {
    var quirks = Quirks()
    quirks.precision = 7
    quirks.identifierLength = 1000
    var options = ModelOptions()
    change(&options)
    return DriverUnderTest(quirks: quirks) { [options] body in
      try await body(ModelEndpoint(ModelDatabase(name: "conformance", options: options, time: SystemTime())))
    }
  }

  @Test(arguments: Conformance.checks) func `keeps the contract`(_ check: Conformance.Check) async throws {
    try await check.run(ConformanceTests.driver { _ in })
  }

  @Test(arguments: Conformance.checks)
  func `keeps the contract with locks, gaps and statements that are undone`(
    _ check: Conformance.Check
  ) async throws {
    try await check.run(
      ConformanceTests.driver { options in
        options.isolation = .locking
        options.locksGaps = true
        options.sharesSnapshots = false
        options.errorEffect = .undoesStatement
      })
  }
}
