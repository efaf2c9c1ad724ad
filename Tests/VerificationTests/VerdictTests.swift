import Databases
import Foundation
import Replication
import Rows
import Runtime
import TestSupport
import Testing

@testable import Verification

@Suite struct VerdictTests {
  private let table = SampleKey.number.table(rows: 20)

  @Test func `nothing to compare is never equal`() async throws {
    let report = try await verify([], [])
    #expect(report.verdict == .unverified)
    #expect(report.reasons == ["nothing was compared: neither side has a table"])
    #expect(Verdict.combined([]) == .unverified)
    #expect(Verdict.combined([.equal, .unverified]) == .unverified)
    #expect(Verdict.combined([.unverified, .different, .equal]) == .different)
  }

  @Test func `two empty tables are equal`() async throws {
    let empty = SampleKey.number.table(rows: 0)
    let report = try await verify([empty], [empty])
    #expect(report.verdict == .equal)
    #expect(report.tables.first?.source == SideSummary(rows: 0, fingerprint: Fingerprint()))
  }

  @Test func `a missing table and an extra one are differences`() async throws {
    let other = table.renamed { "Other\($0)" }
    let report = try await verify([table], [other])
    #expect(report.verdict == .different)
    #expect(report.missingTables.map(\.name) == ["LinkedPosts"])
    #expect(report.extraTables.map(\.name) == ["OtherLinkedPosts"])
    let chosen = try await verify([table], [table, other]) { $0.tables = TableSelection(["linked_posts"]) }
    #expect(chosen.verdict == .equal, "the user named the tables to compare")
    await #expect(throws: JobError.self) {
      try await verify([table], [table]) { $0.tables = TableSelection(["Absent"]) }
    }
  }

  @Test func `a missing column and an extra one are differences`() async throws {
    var target = table
    target.schema.columns[8].name = "Remark"
    let report = try await verify([table], [target])
    #expect(report.verdict == .different)
    let found = try #require(report.tables.first)
    #expect(found.schema.filter { $0.severity == .difference }.map(\.column) == ["Note", "Remark"])
    #expect(found.differingRows == 0, "the columns that both have are compared")
    #expect(found.source.fingerprint == found.target.fingerprint)
  }

  @Test func `a column that cannot be compared leaves the table unverified, and the others are compared`()
    async throws
  {
    var target = table
    target.schema.columns[5].type = .float64
    let same = try await verify([table], [target])
    #expect(same.verdict == .unverified)
    #expect(same.tables.first?.reason?.contains("Amount") == true)
    target.rows[3][3] = "damaged"
    let damaged = try await verify([table], [target])
    #expect(damaged.verdict == .different)
    #expect(damaged.tables.first?.changedRows == 1)
  }

  @Test func `nullability, types and keys that differ are noted and no difference`() async throws {
    var target = table
    target.schema.columns[0].isNullable = true
    target.schema.columns[0].type = .int64
    target.schema.primaryKey = nil
    let report = try await verify([table], [target])
    #expect(report.verdict == .equal)
    let schema = try #require(report.tables.first?.schema)
    #expect(schema.count == 3 && schema.allSatisfy { $0.severity == .note })
  }

  @Test func `a table that cannot be read is unverified, and the others are compared`() async throws {
    let other = table.renamed { "Other\($0)" }
    for after in 0...3 {
      let source = MemoryEndpoint("source", [table, other])
      let target = MemoryEndpoint("target", [table, other])
      target.state.withLock { $0.failures["LinkedPosts"] = (.permanent, after) }
      var options = VerificationOptions()
      options.unitBytes = 500
      let report = try await verify(source, target, options)
      #expect(report.verdict == .unverified)
      #expect(report.tables.map(\.verdict) == [.unverified, .equal])
      #expect(report.tables[0].reason?.contains("permission denied") == true)
      #expect(report.tables[0].source.rows == nil)
    }
    let source = MemoryEndpoint("source", [table, other])
    source.state.withLock { $0.failures["LinkedPosts"] = (.permanent, 0) }
    let report = try await verify(source, MemoryEndpoint("target", [table, other]))
    #expect(report.tables.map(\.verdict) == [.unverified, .equal], "the catalog lists what cannot be read")
  }

  @Test func `a value that cannot be read leaves its table unverified, and other units are compared`()
    async throws
  {
    var target = table
    target.rows[2][target.position("Amount")] = "not a number"
    let report = try await verify([table], [target])
    #expect(report.verdict == .unverified)
    let reason = try #require(report.tables.first?.reason)
    #expect(reason.contains("Amount") && !reason.contains("not a number"))
    target.rows[15][3] = "damaged"
    let damaged = try await verify([table], [target])
    #expect(damaged.verdict == .different)
    #expect(damaged.tables.first?.changedRows == 1)
    #expect(damaged.tables.first?.reason == reason)
  }

  @Test(arguments: 1...6)
  func `data that changes while it is compared is never equal`(read: Int) async throws {
    var damaged = table
    damaged.rows[4][3] = "damaged"
    let source = MemoryEndpoint("source", [table])
    let target = MemoryEndpoint("target", [damaged])
    let healed = table
    // Somebody repairs the row at a different moment of the comparison each time.
    target.state.withLock { state in
      state.onRead = { number, state in if number == read { state.tables = [healed] } }
    }
    let report = try await verify(source, target)
    switch read {
    case 1: #expect(report.verdict == .equal, "it was repaired before anything was read")
    case 2...4:
      #expect(report.verdict == .unverified)
      #expect(report.tables.first?.reason == "the data changed while it was compared")
    default: #expect(report.verdict == .different)
    }
  }

  @Test func `a side that was written to while it was read is never equal`() async throws {
    let source = MemoryEndpoint("source", [table])
    source.state.withLock { $0.snapshot = .changed }
    let report = try await verify(source, MemoryEndpoint("target", [table]))
    #expect(report.verdict == .unverified)
    #expect(report.reasons.count == 1 && report.source.snapshot == .changed)
  }

  @Test func `fingerprints that differ are proof, also when the rows cannot be read again`() async throws {
    var target = table
    target.rows[4][3] = "damaged"
    let other = MemoryEndpoint("target", [target])
    other.state.withLock { $0.failures["LinkedPosts"] = (.permanent, 2) }
    let report = try await verify(MemoryEndpoint("source", [table]), other)
    #expect(report.verdict == .different)
    #expect(report.tables.first?.reason?.contains("permission denied") == true)
    #expect(report.tables.first?.differingRows == 0)
  }

  @Test func `a changed value in a unique column is a changed row, whatever unit it would be in`()
    async throws
  {
    var source = SampleKey.text.table(rows: 30)
    source.schema.indexes = [KeySchema(name: "ids", columns: ["Id"], isUnique: true)]
    var target = source
    target.rows[2][0] = "5000"
    let report = try await verify([source], [target])
    let found = try #require(report.tables.first)
    #expect(found.changedRows == 1 && found.differingRows == 1)
    #expect(found.rows.first?.cells.map(\.column) == ["Id"])
    #expect(found.units > 1)
  }

  @Test func `counts see only numbers of rows`() async throws {
    var target = table
    target.rows[4][3] = "damaged"
    let same = try await verify([table], [target]) { $0.countsOnly = true }
    #expect(same.verdict == .equal && same.countsOnly)
    #expect(same.tables.first?.source == SideSummary(rows: 20))
    target.rows.removeLast()
    let fewer = try await verify([table], [target]) { $0.countsOnly = true }
    #expect(fewer.verdict == .different)
    #expect(fewer.tables.first?.target.rows == 19)
    #expect(fewer.tables.first?.rows.isEmpty == true)
  }

  @Test func `a requested stop leaves the rest unverified`() async throws {
    let stop = StopSignal()
    stop.request()
    let report = try await verify(
      MemoryEndpoint("source", [table]), MemoryEndpoint("target", [table]), stop: stop)
    #expect(report.stopped && report.verdict == .unverified)
  }

  @Test func `a report survives JSON`() async throws {
    var target = table
    target.rows[4][3] = "damaged"
    let report = try await verify([table], [target], witness: [table])
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(report)
    let decoded = try JSONDecoder().decode(VerificationReport.self, from: data)
    #expect(decoded.tables == report.tables && decoded.verdict == report.verdict)
    #expect(try encoder.encode(decoded) == data)
  }
}

@Suite struct WitnessTests {
  private let table = SampleKey.number.table(rows: 20)
  private var damaged: SampleTable {
    var damaged = table
    damaged.rows[4][3] = "damaged"
    return damaged
  }

  private func testimony(
    _ source: SampleTable, _ target: SampleTable, _ witness: SampleTable
  ) async throws -> (testimony: Testimony?, verdict: Verdict) {
    let report = try await verify([source], [target], witness: [witness])
    #expect(report.tables.first?.witness?.summary.rows == witness.rows.count)
    return (report.tables.first?.witness?.testimony, report.verdict)
  }

  @Test func `three witnesses tell which of them differs`() async throws {
    #expect(try await testimony(table, table, table) == (.allAgree, .equal))
    #expect(try await testimony(table, damaged, table) == (.targetDiffers, .different))
    #expect(try await testimony(damaged, table, table) == (.sourceDiffers, .different))
    #expect(try await testimony(table, table, damaged) == (.witnessDiffers, .different))
    var fewer = table
    fewer.rows.removeLast()
    #expect(try await testimony(table, damaged, fewer) == (.allDiffer, .different))
  }

  @Test func `a witness is compared in types of its own`() async throws {
    var target = table
    target.schema.columns[0].type = .int64
    var witness = table
    witness.schema.columns[0].type = .int16
    #expect(try await testimony(table, target, witness) == (.allAgree, .equal))
  }

  @Test func `a witness that knows less leaves the table unverified`() async throws {
    var witness = table
    witness.schema.columns.removeLast()
    let report = try await verify([table], [table], witness: [witness])
    #expect(report.verdict == .unverified)
    #expect(report.tables.first?.reason == "the witness cannot be compared in column Note")
    let absent = try await verify([table], [table], witness: [])
    #expect(absent.verdict == .unverified)
    #expect(absent.tables.first?.reason == "the witness has no table LinkedPosts")
  }
}
