import Databases
import Replication
import Rows
import Runtime

/// The rows in which a unit differs.
struct UnitDifferences: Sendable {
  var counts: DifferenceCounts
  /// The encodings of the rows in `counts.shown`, by their hashes; those that memory allows.
  var rows: [UInt128: [UInt8]] = [:]
}

/// A side was not the same when it was read again.
struct DataChanged: Error {}

/// Finds the rows in which a unit differs, by a hash join over several scans.
///
/// Engines do not sort alike (collations, NULLs, numbers in text), so that a merge by key would need a sort of its
/// own. Instead the first scan adds up both sides' rows in buckets, the next ones remember the hashes of
/// the rows whose buckets differ, and the last fetches the few rows that are shown.
struct UnitDiff: Sendable {
  let scan: SideBySide
  /// What the unit's rows added up to when the difference was found.
  let expected: UnitFingerprints
  let limit: Int
  let memoryBytes: Int

  /// Rows that a pass remembers however little memory it may use.
  private static let minimumRows = 64

  /// Throws `DataChanged` unless every scan saw the same rows.
  func run() async throws -> UnitDifferences {
    let hasher = KeyHasher(key: scan.rows.pair.key)
    let empty = BucketVisitor(
      hasher: hasher, buckets: HashBuckets(rows: max(expected.source.rows, expected.target.rows)))
    let buckets = try await scan.visit(source: empty, target: empty)
    guard buckets.source.buckets.total == expected.source, buckets.target.buckets.total == expected.target
    else { throw DataChanged() }
    let capacity = max(UnitDiff.minimumRows, memoryBytes / MemoryLayout<HashedRow>.stride)
    let passes = DiffPasses(
      source: buckets.source.buckets, target: buckets.target.buckets, capacity: capacity)

    var counts = DifferenceCounts(limit: limit)
    var seen = UnitFingerprints(source: Fingerprint(), target: Fingerprint())
    for pass in 0..<passes.count {
      let empty = PassVisitor(hasher: hasher, passes: passes, pass: pass, capacity: capacity)
      var (source, target) = try await visitUnchanged(empty)
      seen.source += source.seen
      seen.target += target.seen
      RowJoin.join(source.rows.sorted(), target.rows.sorted(), into: &counts)
    }
    guard seen == UnitFingerprints(source: passes.source, target: passes.target),
      counts.missing - counts.extra == expected.source.rows - expected.target.rows,
      counts.missing + counts.extra + counts.changed > 0
    else { throw DataChanged() }
    return UnitDifferences(counts: counts, rows: try await fetch(counts.shown))
  }

  private func visitUnchanged(_ empty: PassVisitor) async throws -> (PassVisitor, PassVisitor) {
    do {
      return try await scan.visit(source: empty, target: empty)
    } catch is HashedRows.Overflow {
      throw DataChanged()
    }
  }

  private func fetch(_ shown: [HashedDifference]) async throws -> [UInt128: [UInt8]] {
    guard !shown.isEmpty else { return [:] }
    let (source, target) = try await scan.visit(
      source: FetchVisitor(wanted: Set(shown.compactMap(\.sourceRow)), budget: memoryBytes / 2),
      target: FetchVisitor(wanted: Set(shown.compactMap(\.targetRow)), budget: memoryBytes / 2))
    guard source.wanted.isEmpty, target.wanted.isEmpty else { throw DataChanged() }
    return source.rows.merging(target.rows) { row, _ in row }
  }
}

private struct BucketVisitor: RowVisitor {
  var hasher: KeyHasher
  var buckets: HashBuckets

  mutating func visit(_ row: UnsafeRawBufferPointer, hash: UInt128) {
    buckets.add(key: hasher.hash(row, rowHash: hash), row: hash)
  }
}

private struct PassVisitor: RowVisitor {
  var hasher: KeyHasher
  let passes: DiffPasses
  let pass: Int
  var rows: HashedRows
  var seen = Fingerprint()

  init(hasher: KeyHasher, passes: DiffPasses, pass: Int, capacity: Int) {
    self.hasher = hasher
    self.passes = passes
    self.pass = pass
    rows = HashedRows(capacity: capacity)
  }

  mutating func visit(_ row: UnsafeRawBufferPointer, hash: UInt128) throws {
    let key = hasher.hash(row, rowHash: hash)
    guard passes.pass(key: key, row: hash) == pass else { return }
    try rows.add(key: key, row: hash)
    seen += Fingerprint(rows: 1, sum: hash)
  }
}

private struct FetchVisitor: RowVisitor {
  /// The rows that were not seen yet.
  var wanted: Set<UInt128>
  /// Bytes that may still be kept; one row is kept in any case.
  var budget: Int
  var rows: [UInt128: [UInt8]] = [:]

  init(wanted: Set<UInt128>, budget: Int) {
    self.wanted = wanted
    self.budget = budget
  }

  mutating func visit(_ row: UnsafeRawBufferPointer, hash: UInt128) {
    guard wanted.remove(hash) != nil, row.count <= budget || rows.isEmpty else { return }
    budget -= row.count
    rows[hash] = Array(row)
  }
}
