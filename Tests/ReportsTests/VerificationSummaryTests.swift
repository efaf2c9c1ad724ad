import Databases
import Reports
import Rows
import Runtime
import Testing

@testable import Replication
@testable import Verification

@Suite struct VerificationSummaryTests {
  private func table(
    _ verdict: Verdict, rows: [RowDifference] = [], changed: Int = 0, reason: String? = nil,
    witness: WitnessSummary? = nil
  ) -> TableVerification {
    TableVerification(
      sourceName: TableName(name: "users"), targetName: TableName(name: "users"), verdict: verdict,
      reason: reason, key: ["id"], schema: [], units: 1, source: SideSummary(rows: 1234),
      target: SideSummary(rows: reason == nil ? 1234 : nil), witness: witness, missingRows: 0, extraRows: 0,
      changedRows: changed, rows: rows)
  }

  private func report(
    _ verdict: Verdict, _ tables: [TableVerification], countsOnly: Bool = false, witness: Bool = false
  ) -> VerificationReport {
    func side(_ name: String) -> VerifiedEndpoint {
      VerifiedEndpoint(name: name, engine: Engine(rawValue: "sqlite"), snapshot: .consistent)
    }
    return VerificationReport(
      verdict: verdict, countsOnly: countsOnly, stopped: false, source: side("sqlite:a.db"),
      target: side("sqlite:b.db"), witness: witness ? side("sqlite:c.db") : nil,
      startedAt: WallTime(seconds: 0), finishedAt: WallTime(seconds: 2), seconds: 2, tables: tables,
      missingTables: [], extraTables: [], reasons: [])
  }

  @Test func `equal says what was compared`() {
    #expect(
      VerificationSummary(report(.equal, [table(.equal)])).lines() == [
        "Equal: 1 table, 1,234 rows on each side, compared by count and checksum, in 2.0 s.",
        "",
        "table  source rows  target rows  verdict",
        "users        1,234        1,234  equal",
      ])
  }

  @Test func `a finding about a column names it once`() throws {
    func schema(_ type: ColumnType) -> TableSchema {
      TableSchema(
        name: TableName(name: "users"), engine: Engine(rawValue: "sqlite"),
        columns: [ColumnSchema(name: "age", type: type, declared: "x", isNullable: false)])
    }
    var users = table(.equal)
    users.schema = SchemaComparison.findings(try TablePair(source: schema(.int32), target: schema(.int64)))
    let lines = VerificationSummary(report(.equal, [users])).lines()
    #expect(lines.contains { $0.hasSuffix("column age is int32 in the source and int64 in the target") })
    #expect(!lines.contains { $0.contains("age: ") })
  }

  @Test func `counts alone are never called equal without saying so`() {
    let lines = VerificationSummary(report(.equal, [table(.equal)], countsOnly: true)).lines()
    #expect(lines[0].hasPrefix("Equal in number: "))
    #expect(lines[0].contains("not compared by value"))
    #expect(lines[3].hasSuffix("same number"))
  }

  @Test func `a difference names the row, the column, both values and the likely cause`() {
    let cell = CellDifference(
      column: "name", targetColumn: "display_name", type: "text", source: "Zoë\n\u{1B}[2J", target: nil,
      cause: "target is NULL")
    let row = RowDifference(
      kind: .changed, key: [NamedValue(column: "id", value: "7")], sourceCopies: 1, targetCopies: 1,
      cells: [cell])
    let lines = VerificationSummary(report(.different, [table(.different, rows: [row], changed: 3)])).lines()
    #expect(lines[0] == "Different: 3 rows with other values, found in 2.0 s.")
    #expect(
      Array(lines.suffix(7)) == [
        "",
        "users",
        "  id = '7': differs",
        "    name → display_name (text): target is NULL",
        "      source  'Zoë\\n\\u{1b}[2J'",
        "      target  NULL",
        "  and 2 differing rows more; --limit shows more of them",
      ])
  }

  @Test func `what could not be checked is not called equal`() {
    let lines = VerificationSummary(
      report(.unverified, [table(.unverified, reason: "permission denied")])
    ).lines()
    #expect(lines[0].hasPrefix("Could not verify"))
    #expect(lines.contains("users        1,234            ?  could not verify"))
    #expect(lines.last == "  could not check: permission denied")
  }

  @Test func `a dissenting witness is heard`() {
    let witness = WitnessSummary(testimony: .targetDiffers, summary: SideSummary(rows: 1234))
    let lines = VerificationSummary(
      report(.different, [table(.different, witness: witness)], witness: true)
    ).lines()
    #expect(lines.contains("users        1,234        1,234         1,234  different"))
    #expect(lines.last == "  source and witness agree, target differs")
  }
}
