import Databases

/// What a few rows in each stretch of a table tell about all of its rows.
struct KeySample {
  /// Part of the axis, its ends included, and the rows seen from its start on.
  struct Stretch {
    let start: Int64
    let end: Int64
    private(set) var sampledRows = 0
    private(set) var sampledBytes = 0
    private var lastKey: Int64
    /// There were more rows than were looked at.
    var isCutShort = false
    var texts: [String] = []

    init(start: Int64, end: Int64) {
      self.start = start
      self.end = end
      lastKey = start
    }

    mutating func add(key: Int64, bytes: Int) {
      sampledRows += 1
      sampledBytes += bytes
      lastKey = key
    }

    /// As many rows as there are if the rest is like what was seen.
    var rows: Double {
      guard isCutShort else { return Double(sampledRows) }
      return Double(sampledRows) * width(through: end) / width(through: lastKey)
    }

    var bytes: Double { sampledRows == 0 ? 0 : rows * Double(sampledBytes) / Double(sampledRows) }

    private func width(through key: Int64) -> Double { Double(UInt64(bitPattern: key &- start)) + 1 }

    /// The key below which this share of the stretch lies.
    func key(at share: Double) -> Int64 {
      let offset = share * (width(through: end) - 1)
      guard offset > 0 else { return start }
      let limit = UInt64(bitPattern: end &- start)
      return start &+ Int64(bitPattern: offset >= Double(limit) ? limit : UInt64(offset))
    }
  }

  private var stretches: [Stretch] = []

  mutating func add(_ stretch: Stretch) { stretches.append(stretch) }

  var rows: Double { stretches.reduce(0) { $0 + $1.rows } }
  var bytes: Double { stretches.reduce(0) { $0 + $1.bytes } }

  /// At most `parts - 1` keys that divide the bytes about equally.
  func integerCuts(_ parts: Int) -> [KeyValue] {
    let portion = bytes / Double(parts)
    guard portion > 0, let first = stretches.first?.start else { return [] }
    var cuts: [Int64] = []
    var passed = 0.0
    for stretch in stretches where stretch.bytes > 0 {
      while cuts.count < parts - 1, portion * Double(cuts.count + 1) <= passed + stretch.bytes {
        let share = (portion * Double(cuts.count + 1) - passed) / stretch.bytes
        cuts.append(stretch.key(at: share))
      }
      passed += stretch.bytes
    }
    return KeySample.distinct(cuts.filter { $0 > first }).map(KeyValue.integer)
  }

  /// The same for texts, each of which stands for its share of the stretch in which it was seen.
  func textCuts(_ parts: Int) -> [KeyValue] {
    var weighted: [(text: String, bytes: Double)] = []
    for stretch in stretches {
      let weight = stretch.bytes / Double(max(1, stretch.texts.count))
      weighted += stretch.texts.map { ($0, weight) }
    }
    weighted.sort { KeySample.precedes($0.text, $1.text) }
    let portion = weighted.reduce(0) { $0 + $1.bytes } / Double(parts)
    guard portion > 0, let first = weighted.first?.text else { return [] }
    var cuts: [String] = []
    var passed = 0.0
    for (text, bytes) in weighted {
      if cuts.count < parts - 1, passed >= portion * Double(cuts.count + 1) { cuts.append(text) }
      passed += bytes
    }
    return KeySample.distinct(cuts.filter { KeySample.precedes(first, $0) }).map(KeyValue.text)
  }

  /// Ascending values without those that repeat.
  private static func distinct<Value: Equatable>(_ values: [Value]) -> [Value] {
    var result: [Value] = []
    for value in values where result.last != value { result.append(value) }
    return result
  }

  /// In the order of their bytes.
  static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
