import SQLServerSimulator
import Testing

/// Comparisons that are made on stored bytes, and the same ones evaluated.
@Suite struct StoredFilterTests {
  private static let numbers = """
    SELECT id, CAST(t AS tinyint) t, CAST(s AS smallint) s, CAST(i AS int) i, CAST(b AS bigint) b, CAST(x AS bit) x
    INTO numbers FROM (VALUES (1, 0, -32768, -2147483648, -9223372036854775807, 0),
      (2, 255, 32767, 2147483647, 9223372036854775807, 1), (3, 7, -7, -7, -7, 1), (4, 8, 7, 7, 7, 0),
      (5, NULL, NULL, NULL, NULL, NULL), (6, 1, 1, 1, 1, 1), (7, 14, 14, -14, 4294967310, 0)
    ) AS v (id, t, s, i, b, x)
    """

  @Test(arguments: ["t", "s", "i", "b", "x"], ["=", "<>", "<", "<=", ">", ">="])
  func `an integer compares with a constant as it does anywhere else`(
    column: String, operation: String
  ) throws {
    var run = try QueryServer([StoredFilterTests.numbers])
    for constant in ["0", "1", "-7", "7", "14", "300", "2147483647", "4294967310", "CAST(7 AS bigint)"] {
      for left in [column, "\(column) % 7", "\(column) % 5", "CAST(\(column) AS bigint)"]
      where !(column == "x" && left.contains("%")) {
        let condition = "\(left) \(operation) \(constant)"
        let plain = run("SELECT id FROM numbers WHERE \(condition)")
        #expect(plain == run("SELECT id FROM numbers WHERE NOT NOT (\(condition))"), "\(condition)")
        let count = plain == "" ? 0 : plain.split(separator: "|").count
        #expect(run("SELECT COUNT(*) FROM numbers WHERE \(condition)") == "\(count)", "\(condition)")
      }
    }
  }

  @Test func `conditions keep their order, and what cannot be told from bytes is evaluated`() throws {
    var run = try QueryServer([StoredFilterTests.numbers])
    #expect(run("SELECT id FROM numbers WHERE i % 7 = 0 AND i <> 0 AND 14 / i = 2") == "4")
    #expect(run("SELECT id FROM numbers WHERE 14 / (id - 1) = 2 AND id > 7") == "!8134")
    #expect(run("SELECT id FROM numbers WHERE id > 1 AND 14 / (id - 1) = 7") == "3")
    #expect(run("SELECT id FROM numbers WHERE b % 0 = 1") == "!8134")
    #expect(run("SELECT id FROM numbers WHERE b % -7 = 0 AND id < 5") == "1|2|3|4")
    #expect(run("SELECT a.id FROM numbers a JOIN numbers c ON a.id = c.i WHERE a.id < 7 AND c.id > 5") == "1")
    #expect(run("SELECT id FROM numbers WHERE id % 2 = 1 ORDER BY id DESC") == "7|5|3|1")
    #expect(run("SELECT TOP 2 id FROM numbers WHERE id % 2 = 1 ORDER BY id DESC") == "7|5")
  }
}
