import Databases
import Rows
import SQLServerSimulator
import TestSupport
import Testing

@testable import SQLServerDatabase

/// What a server's faults in the middle of a range look like to the driver: an error, and never the end of the rows.
@Suite(.blocks) struct ArmedReadTests {
  private static let rows = 3_000

  /// A server of one test's own: a fault strikes whoever comes.
  private struct Stage {
    let server: SimulatedServer
    let endpoint: SQLServerEndpoint
    let read: RangeRead

    init() throws {
      var settings = ServerSettings()
      settings.databases = ["db"]
      server = try SimulatedServer(settings)
      endpoint = try SQLServerEndpoint(url: "sqlserver://sa@\(server.address)/db")
      var driver = try endpoint.driver(.write)
      defer { driver.close() }
      let digits = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
      try driver.execute("CREATE TABLE t (id int PRIMARY KEY, body nvarchar(60) NOT NULL)")
      try driver.execute(
        """
        INSERT INTO t SELECT n, CONCAT(N'a text that is not short and has the number ', n)
        FROM (SELECT 1000 * a.d + 100 * b.d + 10 * c.d + e.d AS n FROM \(digits) AS a (d), \(digits) AS b (d),
          \(digits) AS c (d), \(digits) AS e (d)) AS numbers WHERE n < \(ArmedReadTests.rows + 500)
        """)
      let table = try #require(try driver.tables().first)
      let columns = try table.columns.map { TransferColumn(schema: $0, type: try #require($0.type)) }
      let span = KeyRange.span(from: .integer(250), to: .integer(Int64(ArmedReadTests.rows + 250)))
      read = RangeRead(
        rows: TableRange(table: table.name, column: table.columns[0], range: span), columns: columns, key: [0]
      )
    }

    func arm(_ fault: String, rows: Int) throws {
      var driver = try endpoint.driver(.write)
      defer { driver.close() }
      try driver.execute(
        "EXEC sp_proofload_fault \(fault), @statement = N'FROM [dbo].[t]', @rows = \(rows)")
    }

    /// How many rows a read has, one way or the other.
    func count(_ driver: inout SQLServerDriver, hashing: Bool) throws -> Int {
      guard hashing else { return try texts(&driver, read).count }
      try driver.openRead(read)
      var count = 0
      while let part = try driver.nextFingerprint() { count += Int(part.rows) }
      return count
    }
  }

  @Test func `an error in the middle of a range is an error, and the connection goes on`() throws {
    let stage = try Stage()
    defer { stage.server.stop() }
    var driver = try stage.endpoint.driver(.read)
    defer { driver.close() }
    for (number, errorClass) in [
      (1205, ErrorClass.conflict), (3960, .conflict), (1222, .conflict), (8115, .permanent),
      (50_000, .permanent),
    ] {
      for rows in [0, 1, 17, 1_500, Self.rows - 1, Self.rows] {
        for hashing in [false, true] {
          try stage.arm("@error = \(number)", rows: rows)
          let error = try failure { _ = try stage.count(&driver, hashing: hashing) }
          #expect(error.code == "\(number)", "\(rows) rows: \(error)")
          if number != 8115 { #expect(error.errorClass == errorClass, "\(rows) rows: \(error)") }
          try driver.rollback()
        }
      }
      #expect(try stage.count(&driver, hashing: false) == Self.rows)
      #expect(try stage.count(&driver, hashing: true) == Self.rows)
    }
  }

  @Test(arguments: [
    "@action = 'reset'", "@action = 'close'", "@error = 596", "@error = 6005", "@error = 40197",
  ])
  func `a connection that ends in the middle of a range is lost, wherever it ends`(fault: String) throws {
    let stage = try Stage()
    defer { stage.server.stop() }
    for rows in [0, 1, 17, 1_500, Self.rows - 1, Self.rows] {
      for hashing in [false, true] {
        var driver = try stage.endpoint.driver(.read)
        defer { driver.close() }
        try stage.arm(fault, rows: rows)
        let error = try failure { _ = try stage.count(&driver, hashing: hashing) }
        #expect(error.errorClass == .connectionLost, "\(rows) rows: \(error)")
      }
    }
    var driver = try stage.endpoint.driver(.read)
    defer { driver.close() }
    #expect(try stage.count(&driver, hashing: false) == Self.rows)
  }
}
