import Rows

/// A set of rows in a number of parts, by the hash of the key, with a fingerprint for each: what finds the few
/// rows that differ in memory that does not depend on how many rows there are.
struct HashBuckets: Sendable, Equatable {
  /// 2 MiB of fingerprints a side.
  static let maximum = 65_536

  private(set) var fingerprints: [Fingerprint]

  /// For about this many rows.
  init(rows: Int) {
    var count = 64
    while count < min(rows, HashBuckets.maximum) { count *= 2 }
    fingerprints = [Fingerprint](repeating: Fingerprint(), count: count)
  }

  static func index(ofKey key: UInt128, count: Int) -> Int { Int(truncatingIfNeeded: key) & (count - 1) }

  mutating func add(key: UInt128, row: UInt128) {
    let index = HashBuckets.index(ofKey: key, count: fingerprints.count)
    fingerprints[index] += Fingerprint(rows: 1, sum: row)
  }

  var total: Fingerprint { fingerprints.reduce(Fingerprint(), +) }
}

/// Assigns the rows of differing buckets to passes over the data, so that no pass has to remember more than
/// a given number of rows.
struct DiffPasses: Sendable, Equatable {
  /// The first pass of each bucket, -1 for a bucket that is the same on both sides.
  private var first: [Int32]
  /// In how many passes the bucket's rows are looked at. A bucket is too large for one only when very many rows
  /// share a key, as after a load that lost its keys; its rows are then divided by their own hash.
  private var parts: [Int32]
  /// The number of passes.
  private(set) var count: Int
  /// What the passes together must see on either side.
  private(set) var source = Fingerprint()
  private(set) var target = Fingerprint()

  /// Both sides have the same number of buckets.
  init(source: HashBuckets, target: HashBuckets, capacity: Int) {
    let buckets = source.fingerprints.count
    precondition(target.fingerprints.count == buckets, "buckets are compared one by one")
    first = [Int32](repeating: -1, count: buckets)
    parts = [Int32](repeating: 1, count: buckets)
    var pass = 0
    var used = 0
    for index in 0..<buckets {
      let (left, right) = (source.fingerprints[index], target.fingerprints[index])
      guard left != right else { continue }
      self.source += left
      self.target += right
      let rows = left.rows + right.rows
      if used > 0, used + rows > capacity {
        pass += 1
        used = 0
      }
      first[index] = Int32(pass)
      guard rows > capacity else {
        used += rows
        continue
      }
      let needed = (rows + capacity - 1) / capacity
      parts[index] = Int32(needed)
      pass += needed
    }
    count = used > 0 ? pass + 1 : pass
  }

  /// The pass that looks at a row; nil if its bucket is the same on both sides.
  func pass(key: UInt128, row: UInt128) -> Int? {
    let index = HashBuckets.index(ofKey: key, count: first.count)
    guard first[index] >= 0 else { return nil }
    guard parts[index] > 1 else { return Int(first[index]) }
    return Int(first[index]) + Int(UInt64(truncatingIfNeeded: row >> 64) % UInt64(parts[index]))
  }
}
