import Databases
import Rows

extension Conformance {
  private static func entry(
    _ index: Int, attempt: Int = 0, state: UnitState = .planned, range: KeyRange = .all, rows: Int = 0
  ) -> LedgerEntry {
    LedgerEntry(
      unit: UnitKey(table: "dbo.Möbel \"x\"", index: index), range: range, state: state, attempt: attempt,
      fingerprint: Fingerprint(rows: rows, sum: UInt128.max - 1), signature: "id:int64",
      updated: "2024-01-01T00:00:00Z")
  }

  private static let table = "dbo.Möbel \"x\""

  static let ledgerChecks: [Check] = [
    Check("without a ledger there are no entries, and making it twice is the same") { session in
      try requireEqual(try await session.connection.ledger(job: "job"), [], "entries")
      try requireEqual(try await session.connection.restore(job: "job"), [], "what is restored")
      try await session.connection.prepareLedger()
      try await session.connection.prepareLedger()
      try requireEqual(try await session.connection.ledger(job: "job"), [], "entries")
    },
    Check("a plan is kept to the last bit, and replaces the one before") { session in
      try await session.connection.prepareLedger()
      let ranges: [KeyRange] = [
        .span(from: nil, to: .text("a'\"漢 \u{301}")), .span(from: .text("a'\"漢 \u{301}"), to: nil), .null,
        .span(from: .integer(.min), to: .integer(.max)), .all,
      ]
      let entries = ranges.enumerated().map { entry($0.offset, range: $0.element, rows: $0.offset) }
      try await session.connection.plan([entry(0), entry(9)], table: table, job: "job")
      try await session.connection.plan(entries, table: table, job: "job")
      try await session.connection.plan([entry(0)], table: table, job: "another")
      try requireEqual(try await session.connection.ledger(job: "job"), entries, "entries")
      try requireEqual(
        try await session.connection.ledger(job: "another"), [entry(0)], "another job's entries")
    },
    Check("a unit is claimed once an attempt") { session in
      try await session.connection.prepareLedger()
      try await session.connection.plan([entry(0), entry(1)], table: table, job: "job")
      try await session.connection.claim(entry(0, attempt: 1, state: .begun), job: "job")
      for attempt in [0, 1, 3] {
        try await requireError(.fenced, what: "claiming attempt \(attempt)") {
          try await session.connection.claim(entry(0, attempt: attempt, state: .begun), job: "job")
        }
      }
      try await requireError(.fenced, what: "claiming a unit of another job") {
        try await session.connection.claim(entry(0, attempt: 1, state: .begun), job: "another")
      }
      try await session.connection.claim(entry(0, attempt: 2, state: .begun), job: "job")
      let found = try await session.connection.ledger(job: "job")
      try requireEqual(found, [entry(0, attempt: 2, state: .begun), entry(1)], "entries")
    },
    Check("a record commits and vanishes with its transaction, and only for the current attempt") { session in
      let types: [ColumnType] = [.int64, .int32]
      let rows = try await session.create(session.schema("recorded", [("value", .int32)]))
      try await session.connection.plan([entry(0)], table: table, job: "job")
      let begun = entry(0, attempt: 1, state: .begun)
      let done = entry(0, attempt: 1, state: .done, rows: 1)
      try await session.connection.claim(begun, job: "job")
      try await session.connection.begin()
      _ = try await session.write([["1", "1"]], rows, as: types)
      try await session.connection.record(done, job: "job")
      try await session.connection.rollback()
      try requireEqual(try await session.connection.ledger(job: "job"), [begun], "entries after a rollback")
      try await session.connection.begin()
      _ = try await session.write([["1", "1"]], rows, as: types)
      try await session.connection.record(done, job: "job")
      try await session.connection.commit()
      try requireEqual(try await session.connection.ledger(job: "job"), [done], "entries")
      try requireEqual(try await session.rows(rows, as: types).rows, [["1", "1"]], "rows")
      try await session.connection.claim(entry(0, attempt: 2, state: .begun), job: "job")
      try await session.connection.begin()
      try await requireError(.fenced, what: "recording an old attempt") {
        try await session.connection.record(done, job: "job")
      }
      try await session.connection.rollback()
    },
    Check("a fence keeps out a second run of the job until its connection closes") { session in
      let first = try await session.endpoint.connect(.write)
      let second = try await session.endpoint.connect(.write)
      try await first.takeFence(job: "job")
      // Whoever has it may take it again: a run asks so whether its session lives.
      try await first.takeFence(job: "job")
      let error = try await requireError(.fenced, what: "taking the fence twice") {
        try await second.takeFence(job: "job")
      }
      try require(error.remedy != nil, "the error says what to do: \(error)")
      await first.close()
      try await second.takeFence(job: "job")
      await second.close()
    },
  ]
}
