import Databases
import Replication
import Runtime
import TestSupport
import Testing

@testable import Verification

/// Compares two tables in memory. Small units by default, so that a table has several.
func verify(
  _ source: [SampleTable], _ target: [SampleTable], witness: [SampleTable]? = nil,
  unitBytes: Int = 5 * MemoryConnection.rowBytes, _ change: (inout VerificationOptions) -> Void = { _ in }
) async throws -> VerificationReport {
  var options = VerificationOptions()
  options.unitBytes = unitBytes
  change(&options)
  return try await verify(
    MemoryEndpoint("source", source), MemoryEndpoint("target", target),
    witness: witness.map { MemoryEndpoint("witness", $0) }, options)
}

func verify(
  _ source: any Endpoint, _ target: any Endpoint, witness: (any Endpoint)? = nil,
  _ options: VerificationOptions = VerificationOptions(), stop: StopSignal = StopSignal()
) async throws -> VerificationReport {
  let report = try await Verification(
    source: source, target: target, witness: witness, options: options, time: SystemTime(), stop: stop
  ).run()
  for endpoint in [source, target, witness].compactMap({ $0 as? MemoryEndpoint }) {
    #expect(endpoint.openConnections == 0, "every connection is closed")
  }
  return report
}

/// Checks that the damage was found where it was done, and nothing else.
func expect(
  _ mutation: Mutation, on key: SampleKey, _ pair: (source: SampleTable, target: SampleTable), at row: Int,
  in report: VerificationReport, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(report.verdict == .different, sourceLocation: sourceLocation)
  let table = try #require(report.tables.first, sourceLocation: sourceLocation)
  #expect(table.verdict == .different && table.reason == nil, sourceLocation: sourceLocation)
  #expect(table.source.rows == pair.source.rows.count, sourceLocation: sourceLocation)
  #expect(table.target.rows == pair.target.rows.count, sourceLocation: sourceLocation)
  let counts = [table.missingRows, table.extraRows, table.changedRows]
  #expect(table.rows.count == counts.reduce(0, +), sourceLocation: sourceLocation)

  func keyTexts(_ side: SampleTable, _ row: Int) -> [String?] {
    (key.key.isEmpty ? side.schema.columns.map(\.name) : key.key).map { side.rows[row][side.position($0)] }
  }
  switch mutation.damage {
  case .missing:
    #expect(counts == [1, 0, 0], sourceLocation: sourceLocation)
    try expectKey(table.rows.first, .missing, keyTexts(pair.source, row), key, sourceLocation)
  case .extra:
    #expect(counts == [0, 1, 0], sourceLocation: sourceLocation)
    try expectKey(table.rows.first, .extra, keyTexts(pair.target, row), key, sourceLocation)
  case .doubled:
    #expect(counts == [0, 1, 0], sourceLocation: sourceLocation)
    try expectKey(table.rows.first, .extra, keyTexts(pair.source, row), key, sourceLocation)
    let found = try #require(table.rows.first)
    #expect(found.targetCopies == found.sourceCopies + 1, sourceLocation: sourceLocation)
  case .cells, .exchanged:
    var rows = [row]
    if case .exchanged = mutation.damage { rows.append(row + 1 < pair.source.rows.count ? row + 1 : row - 1) }
    guard !key.key.isEmpty else {
      #expect(counts == [rows.count, rows.count, 0], sourceLocation: sourceLocation)
      return
    }
    #expect(counts == [0, 0, rows.count], sourceLocation: sourceLocation)
    for row in rows {
      let texts = keyTexts(pair.source, row)
      let found = table.rows.filter { $0.key.map(\.value) == texts }
      #expect(!found.isEmpty, "row \(texts) is not reported", sourceLocation: sourceLocation)
    }
    for found in table.rows {
      #expect(
        found.cells.map(\.column)
          == SampleKey.columns.map(\.name).filter { mutation.causes.keys.contains($0) },
        sourceLocation: sourceLocation)
      for cell in found.cells {
        let cause = try #require(mutation.causes[cell.column], sourceLocation: sourceLocation)
        if cause.hasSuffix("%") {
          // Rows whose key is NULL may be paired either way.
          #expect(
            cell.cause.hasPrefix(String(cause.dropLast())) || key == .nullable,
            "\(cell.cause)", sourceLocation: sourceLocation)
        } else {
          #expect(cell.cause == cause, sourceLocation: sourceLocation)
        }
      }
    }
  }
}

private func expectKey(
  _ row: RowDifference?, _ kind: RowDifference.Kind, _ texts: [String?], _ key: SampleKey,
  _ sourceLocation: SourceLocation
) throws {
  let row = try #require(row, sourceLocation: sourceLocation)
  #expect(row.kind == kind, sourceLocation: sourceLocation)
  // Without a key the whole row is it, in which a moment is written in one form only.
  if !key.key.isEmpty { #expect(row.key.map(\.value) == texts, sourceLocation: sourceLocation) }
}
