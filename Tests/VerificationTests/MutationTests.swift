import Databases
import Replication
import Runtime
import SQLiteDatabase
import TestSupport
import Testing

@testable import Verification

/// Every damage of the list, done to one row, is found there and nowhere else.
@Suite struct MutationTests {
  static let rows = 23

  @Test(arguments: Mutation.all, SampleKey.allCases)
  func `one damaged row in memory is found exactly`(mutation: Mutation, key: SampleKey) async throws {
    let table = key.table(rows: MutationTests.rows)
    for row in [0, MutationTests.rows / 2, MutationTests.rows - 1] {
      let pair = mutation.apply(to: table, at: row)
      for unitBytes in [5 * MemoryConnection.rowBytes, 1 << 30] {
        let report = try await verify([pair.source], [pair.target], unitBytes: unitBytes)
        try expect(mutation, on: key, pair, at: row, in: report)
      }
    }
  }

  @Test(arguments: Mutation.all, SampleKey.allCases)
  func `one damaged row in SQLite is found exactly`(mutation: Mutation, key: SampleKey) async throws {
    let directory = try TemporaryDirectory()
    let table = key.table(rows: MutationTests.rows)
    for row in [0, MutationTests.rows / 2, MutationTests.rows - 1] {
      let pair = mutation.apply(to: table, at: row)
      let source = SQLiteEndpoint(path: directory.file("source-\(row).db"))
      let target = SQLiteEndpoint(path: directory.file("target-\(row).db"))
      try await pair.source.load(into: source)
      var damaged = pair.target
      // A target that lets rows double has no key; the source's then tells them apart.
      if case .doubled = mutation.damage { damaged.schema.primaryKey = nil }
      try await damaged.load(into: target)
      for unitBytes in [300, 1 << 30] {
        var options = VerificationOptions()
        options.unitBytes = unitBytes
        let report = try await verify(source, target, options)
        try expect(mutation, on: key, pair, at: row, in: report)
      }
    }
  }

  @Test(arguments: SampleKey.allCases)
  func `the same rows in another order and under other names are equal`(key: SampleKey) async throws {
    var seed = Seed(3)
    let table = key.table(rows: 40)
    var other = table.reordered([3, 1, 0, 2, 8, 7, 6, 5, 4]).renamed(NameStyle.snakeCase.apply)
    other.rows.shuffle(using: &seed)
    let report = try await verify([table], [other])
    #expect(report.verdict == .equal)
    #expect(report.tables.first?.source == report.tables.first?.target)
    #expect(report.tables.first?.units ?? 0 > (key == .none ? 0 : 1))
    #expect(report.tables.first?.targetName.name == "linked_posts")
    let lower = try await verify([table], [table.renamed { $0.lowercased() }])
    #expect(lower.verdict == .equal)
  }

  @Test func `names that could mean two things are an error`() async throws {
    let table = SampleKey.number.table(rows: 3)
    let ambiguous = [table.renamed { $0.lowercased() }, table.renamed { $0.uppercased() }]
    await #expect(throws: JobError.self) { try await verify([table], ambiguous) }
  }
}

/// Damage to many rows, compared with what a plain comparison of the rows finds.
@Suite struct RandomMutationTests {
  @Test(arguments: (0..<25).map { Seed(UInt64($0)) })
  func `any number of damages is counted exactly`(seed: Seed) async throws {
    var seed = seed
    let key = [SampleKey.number, .composite, .text, .none].randomElement(using: &seed)!
    let source = key.table(rows: Int.random(in: 1...120, using: &seed))
    var target = source
    var expected = (missing: 0, extra: 0, changed: 0)
    var isGone: [Bool] = []
    for row in source.rows.indices {
      let draw = Int.random(in: 0..<10, using: &seed)
      isGone.append(draw == 0)
      switch draw {
      case 0: expected.missing += 1
      case 1:
        target.rows[row][target.position("Title")] = "damaged \(row)"
        if key == .none {
          expected.missing += 1
          expected.extra += 1
        } else {
          expected.changed += 1
        }
      case 2:
        target.rows.append(target.rows[row])
        expected.extra += 1
      default: break
      }
    }
    for row in isGone.indices.reversed() where isGone[row] { target.rows.remove(at: row) }
    target.rows.shuffle(using: &seed)
    let memory = [1, 5000, 32 << 20].randomElement(using: &seed)!
    let unitBytes = [1, 700, 1 << 30].randomElement(using: &seed)!
    let report = try await verify([source], [target], unitBytes: unitBytes) {
      $0.limit = 3
      $0.memoryBytes = memory
      $0.rowUnitBytes = [1, 900, 1 << 30].randomElement(using: &seed)!
    }
    let table = try #require(report.tables.first)
    #expect(table.reason == nil)
    #expect(table.missingRows == expected.missing)
    #expect(table.extraRows == expected.extra)
    #expect(table.changedRows == expected.changed)
    #expect(table.rows.count <= 3)
    let differs = expected.missing + expected.extra + expected.changed > 0
    #expect(report.verdict == (differs ? .different : .equal))
  }

  @Test func `a unit that differs is cut finer, and its rows are found in the parts`() async throws {
    let source = SampleKey.number.table(rows: 200)
    let pair = Mutation.all[0].apply(to: source, at: 150)
    let endpoints = (MemoryEndpoint("source", [pair.source]), MemoryEndpoint("target", [pair.target]))
    var options = VerificationOptions()
    options.rowUnitBytes = 10 * MemoryConnection.rowBytes
    let report = try await verify(endpoints.0, endpoints.1, options)
    try expect(Mutation.all[0], on: .number, pair, at: 150, in: report)
    #expect(report.tables.first?.units == 1)
    // The whole, each of twenty parts, and three scans of the part that differs.
    #expect(endpoints.0.state.withLock { $0.reads } == 1 + 20 + 3)
  }

  @Test func `a hundred thousand differing rows are all counted, in little memory`() async throws {
    let columns = [SampleKey.columns[0], SampleKey.columns[3]]
    let count = 100_000
    let source = SampleTable(
      "t", columns, key: ["Id"], rows: (0..<count).map { ["\($0)", "a\($0)"] })
    let target = SampleTable("t", columns, key: ["Id"], rows: (0..<count).map { ["\($0)", "b\($0)"] })
    let report = try await verify([source], [target], unitBytes: 1 << 40) { $0.memoryBytes = 4 << 20 }
    let table = try #require(report.tables.first)
    #expect(table.changedRows == count)
    #expect(table.missingRows == 0 && table.extraRows == 0)
    #expect(table.rows.count == 20)
    #expect(table.rows.allSatisfy { $0.cells.map(\.column) == ["Title"] })
  }
}
