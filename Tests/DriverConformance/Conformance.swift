import Databases
import Rows

/// Claims that hold for every driver. A driver's test target runs them all:
///
///     @Test(arguments: Conformance.checks) func `keeps the contract`(_ check: Conformance.Check) async throws {
///       try await check.run(driverUnderTest)
///     }
package enum Conformance {
  /// One claim.
  package struct Check: Sendable, CustomStringConvertible {
    package let claim: String
    let body: @Sendable (Session) async throws -> Void

    init(_ claim: String, _ body: @escaping @Sendable (Session) async throws -> Void) {
      self.claim = claim
      self.body = body
    }

    package var description: String { claim }

    /// Throws a `ConformanceFailure`, or whatever error the driver threw where it should not.
    package func run(_ driver: DriverUnderTest) async throws {
      try await driver.withEmptyDatabase { endpoint in
        let session = Session(
          endpoint: endpoint, connection: try await endpoint.connect(.write), driver: driver)
        do {
          try await body(session)
        } catch {
          await session.connection.close()
          throw error
        }
        await session.connection.close()
      }
    }
  }

  package static var checks: [Check] {
    catalogChecks + valueChecks + readChecks + rangeChecks + transactionChecks + ledgerChecks
      + preparationChecks
  }
}

/// A driver, and what it needs to be tested.
package struct DriverUnderTest: Sendable {
  package typealias Body = @Sendable (any Endpoint) async throws -> Void

  package var quirks: Quirks
  /// Runs a test with a database in which there is no table, and removes the database afterwards.
  package var withEmptyDatabase: @Sendable (Body) async throws -> Void

  package init(quirks: Quirks, withEmptyDatabase: @escaping @Sendable (Body) async throws -> Void) {
    self.quirks = quirks
    self.withEmptyDatabase = withEmptyDatabase
  }
}

/// In what an engine differs from the others, declared so that the difference is tested as well.
package struct Quirks: Sendable {
  /// The schema that new tables are in.
  package var schema: String?
  package var hasNegativeZero = true
  package var hasNaN = true
  /// Infinity as a floating-point number.
  package var hasInfinity = true
  /// Numbers of any precision and scale.
  package var hasNumeric = true
  /// U+0000 in text.
  package var hasNUL = true
  /// `infinity` as a date or timestamp.
  package var hasInfiniteDates = true
  /// Digits of a second in times and timestamps.
  package var precision = 6
  /// Bytes of an identifier.
  package var identifierLength = 63
  /// The type that a column created as another is read back as.
  package var readsBack: @Sendable (ColumnType) -> ColumnType = { $0 }

  package init() {}
}

/// A claim that does not hold.
package struct ConformanceFailure: Error, CustomStringConvertible {
  package let description: String
}

func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  if !condition { throw ConformanceFailure(description: message()) }
}

func requireEqual<Value: Equatable>(_ actual: Value, _ expected: Value, _ what: String) throws {
  try require(actual == expected, "\(what): expected \(expected), found \(actual)")
}

/// The error of the body, which has to be of one of these classes.
@discardableResult
func requireError(
  _ classes: ErrorClass..., what: String, _ body: () async throws -> Void
) async throws -> DatabaseError {
  do {
    try await body()
  } catch let error as DatabaseError {
    try require(
      classes.contains(error.errorClass), "\(what): expected \(classes), found \(error.errorClass): \(error)")
    return error
  }
  throw ConformanceFailure(description: "\(what): nothing was thrown")
}
