import Databases
import DriverConformance
import Foundation
import Rows
import Runtime
import TestSupport
import Testing

@testable import SQLServerDatabase

/// The contract, on the test process's SQL Server: each check in a schema of its own, which is dropped afterwards.
@Suite(.blocks) struct ConformanceTests {
  /// What SQL Server is like.
  static let quirks: Quirks = {
    var quirks = Quirks()
    quirks.hasNaN = false
    quirks.hasInfinity = false
    quirks.hasNumeric = false
    quirks.hasInfiniteDates = false
    quirks.precision = 7
    quirks.identifierLength = SQLServerDialect.maxIdentifierLength
    quirks.readsBack = { type in
      switch type {
      case .text(let length?): .text(maxLength: 2 * length)
      case .fixedText(let length): .fixedText(length: 2 * length)
      case .json: .text(maxLength: nil)
      default: type
      }
    }
    return quirks
  }()

  private static let database = Result { try SQLServer.shared.database() }

  static let driver: DriverUnderTest = {
    let schema = "proofload_\(ProcessInfo.processInfo.processIdentifier)"
    var quirks = ConformanceTests.quirks
    quirks.schema = schema
    return DriverUnderTest(quirks: quirks) { body in
      let endpoint = try SQLServerEndpoint(url: database.get(), schema: schema) {
        ConnectionThread(name: "sqlserver-test")
      }
      var driver = try endpoint.driver(.write)
      try driver.execute("IF SCHEMA_ID(N'\(schema)') IS NULL EXEC (N'CREATE SCHEMA [\(schema)]')")
      defer {
        try? empty(&driver, schema)
        driver.close()
      }
      try empty(&driver, schema)
      try await body(endpoint)
    }
  }()

  /// Foreign keys before the tables that they reference.
  private static func empty(_ driver: inout SQLServerDriver, _ schema: String) throws {
    let dialect = SQLServerDialect()
    for table in try driver.tables() {
      for key in table.foreignKeys {
        try driver.execute(
          "ALTER TABLE \(dialect.quoted(table.name)) DROP CONSTRAINT \(dialect.quoted(key.name))")
      }
    }
    let own = LedgerTables.all.map { TableName(schema: schema, name: $0) }
    for name in try driver.tables().map(\.name) + own where try driver.tableExists(name) {
      try driver.execute("DROP TABLE \(dialect.quoted(name))")
    }
  }
}

extension ConformanceTests {
  /// One after the other: they share the schema.
  @Test func `keeps the contract`() async throws {
    for check in Conformance.checks {
      do { try await check.run(ConformanceTests.driver) } catch { Issue.record("\(check): \(error)") }
    }
  }
}
