import Rows
import Runtime
import TestSupport
import Testing

@testable import Verification

@Suite struct RowDiffTests {
  private struct Counts: Equatable {
    var missing = 0
    var extra = 0
    var changed = 0
  }

  /// What differs between two bags, counted key by key in the plainest way.
  private func model(_ source: [HashedRow], _ target: [HashedRow]) -> Counts {
    var counts = Counts()
    for key in Set((source + target).map(\.key)) {
      var left = source.filter { $0.key == key }.map(\.row)
      var right = target.filter { $0.key == key }.map(\.row)
      for row in left {
        guard let twin = right.firstIndex(of: row) else { continue }
        right.remove(at: twin)
        left.remove(at: left.firstIndex(of: row)!)
      }
      let changed = min(left.count, right.count)
      counts.changed += changed
      counts.missing += left.count - changed
      counts.extra += right.count - changed
    }
    return counts
  }

  private func bag(_ rows: [HashedRow], capacity: Int = 1 << 16) throws -> [HashedRow] {
    var bag = HashedRows(capacity: capacity)
    for row in rows { try bag.add(key: row.key, row: row.row) }
    return bag.sorted()
  }

  private func random(_ seed: inout Seed, count: Int, keys: UInt64, values: UInt64) -> [HashedRow] {
    (0..<count).map { _ in
      let key = UInt128(UInt64.random(in: 0..<keys, using: &seed))
      return HashedRow(key: key, row: key << 64 | UInt128(UInt64.random(in: 0..<values, using: &seed)))
    }
  }

  @Test(arguments: (0..<40).map { Seed(UInt64($0)) })
  func `a join counts what a plain comparison of bags counts`(seed: Seed) throws {
    var seed = seed
    let keys = UInt64.random(in: 1...40, using: &seed)
    let source = random(&seed, count: Int.random(in: 0...60, using: &seed), keys: keys, values: 3)
    let target = random(&seed, count: Int.random(in: 0...60, using: &seed), keys: keys, values: 3)
    var counts = DifferenceCounts(limit: 1000)
    RowJoin.join(try bag(source), try bag(target), into: &counts)
    #expect(
      Counts(missing: counts.missing, extra: counts.extra, changed: counts.changed) == model(source, target))
  }

  @Test func `the rows that are shown do not depend on the order in which differences come`() {
    var seed = Seed(7)
    let all = (0..<100).map { index in
      HashedDifference(
        kind: .missing, key: UInt128(index), sourceRow: 1, targetRow: nil, sourceCopies: 1, targetCopies: 0)
    }
    var forwards = DifferenceCounts(limit: 7)
    var shuffled = DifferenceCounts(limit: 7)
    for difference in all { forwards.show(difference) }
    for difference in all.shuffled(using: &seed) { shuffled.show(difference) }
    #expect(forwards.shown == shuffled.shown)
    #expect(forwards.shown.map(\.key) == Array(0..<7))
  }

  @Test func `equal rows are held once, and too many different ones are refused`() throws {
    var bag = HashedRows(capacity: 1024)
    for index in 0..<100_000 { try bag.add(key: UInt128(index % 10), row: 5) }
    let rows = bag.sorted()
    #expect(rows.count == 10)
    #expect(rows.allSatisfy { $0.copies == 10_000 })
    #expect(throws: HashedRows.Overflow.self) {
      for index in 0..<100_000 { try bag.add(key: UInt128(index), row: 5) }
    }
  }

  @Test(arguments: [1, 3, 50, 10_000])
  func `every row of a differing bucket is looked at in exactly one pass`(capacity: Int) {
    var seed = Seed(11)
    var source = HashBuckets(rows: 3000)
    var target = HashBuckets(rows: 3000)
    var rows: [(key: UInt128, row: UInt128)] = []
    for index in 0..<3000 {
      // A third of the rows shares one key, which makes a bucket that is too large for a pass.
      let key = index % 3 == 0 ? 42 : UInt128(seed.next())
      rows.append((key, UInt128(seed.next()) << 64 | UInt128(seed.next())))
    }
    for (index, row) in rows.enumerated() {
      source.add(key: row.key, row: row.row)
      target.add(key: row.key, row: index % 2 == 0 ? row.row : row.row &+ 1)
    }
    let passes = DiffPasses(source: source, target: target, capacity: capacity)
    var used: [Int: Int] = [:]
    for row in rows {
      let bucket = HashBuckets.index(ofKey: row.key, count: 4096)
      let differs = source.fingerprints[bucket] != target.fingerprints[bucket]
      let pass = passes.pass(key: row.key, row: row.row)
      #expect((pass != nil) == differs)
      if let pass {
        #expect((0..<passes.count).contains(pass))
        used[pass, default: 0] += 1
      }
    }
    // Source and target have as many rows each, and a bucket's rows are divided by chance.
    #expect(used.values.allSatisfy { $0 <= max(2 * capacity, 12) })
    #expect(used.values.reduce(0, +) == passes.source.rows)
  }

  @Test func `a key's hash tells NULL from empty, and columns from one another`() throws {
    let type = ColumnType.text(maxLength: nil)
    let rows: [[String?]] = [
      ["ab", "c", "x"], ["a", "bc", "x"], [nil, "abc", "x"], ["", "abc", "x"], ["ab", "c", "y"],
    ]
    var builder = RowBatchBuilder(columnCount: 3)
    for row in rows {
      builder.beginRow()
      for value in row { try builder.append(sample: value, type: type) }
      builder.endRow()
    }
    let taken = builder.take()
    let batch = try #require(taken)
    var hasher = KeyHasher(key: [1, 0])
    let hashes = rows.indices.map { hasher.hash(batch.row($0), rowHash: 0) }
    #expect(Set(hashes[..<4]).count == 4)
    #expect(hashes[0] == hashes[4])
  }

  @Test func `numbers are shown in their order, and NULL first`() throws {
    let values = [nil, "-70000", "-1", "0", "1", "300"]
    let fields = try values.map { [try $0.map { try FieldEncoder.encode(text: $0, type: .int32) }] }
    for (index, left) in fields.enumerated() {
      for (other, right) in fields.enumerated() {
        let precedes = KeyOrder.precedes(left, right, columns: [0], types: [.int32])
        #expect(precedes == (index < other))
      }
    }
  }

  @Test func `long values are shown around their first difference`() {
    let type = ColumnType.text(maxLength: nil)
    let source = String(repeating: "ä", count: 500) + "X" + String(repeating: "b", count: 500)
    let target = String(repeating: "ä", count: 500) + "Y" + String(repeating: "b", count: 500)
    let texts = Excerpt.pair(Array(source.utf8), Array(target.utf8), type: type)
    #expect(
      texts.source
        == "…" + String(repeating: "ä", count: 20) + "X" + String(repeating: "b", count: 59) + "…")
    #expect(texts.target?.contains("Y") == true)
    let short = Excerpt.pair(Array("abc".utf8), nil, type: type)
    #expect(short.source == "abc" && short.target == nil)
    let cut = Excerpt.pair(Array(source.utf8), Array(source.utf8.prefix(900)), type: type)
    #expect(cut.target?.hasPrefix("…") == true)
    #expect((cut.source?.unicodeScalars.count ?? 0) <= Excerpt.length + 2)
  }
}
