import Databases
import Foundation
import TestSupport
import Testing

@testable import SQLServerDatabase

/// A server that says nothing for a while.
@Suite(.blocks) struct PatienceTests {
  @Test func `a server that thinks for seconds is waited for`() throws {
    var driver = try SQLServerEndpoint(url: SQLServer.shared.database()).driver(.read)
    defer { driver.close() }
    let result = try driver.execute("WAITFOR DELAY '00:00:03.5'; SELECT 7")
    #expect(result.rows.first?.first?.integer == 7)
  }
}
