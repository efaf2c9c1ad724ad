import Databases

/// What a few rows in each stretch of a table tell about all of its rows.
struct KeySample {
  /// Part of the axis, its ends included, and the rows seen from its start on.
  struct Stretch {
    let start: Int64
    private(set) var end: Int64
    private(set) var sampledRows = 0
    private(set) var sampledBytes = 0
    /// Before the first key there is nothing.
    private var firstKey: Int64
    private var lastKey: Int64
    /// There were more rows than were looked at.
    var isCutShort = false
    var texts: [String] = []

    init(start: Int64, end: Int64) {
      self.start = start
      self.end = end
      firstKey = start
      lastKey = start
    }

    mutating func add(key: Int64, bytes: Int) {
      if sampledRows == 0 { firstKey = key }
      sampledRows += 1
      sampledBytes += bytes
      lastKey = key
    }

    /// As many rows as there are if those behind the last one seen are as far apart as those seen.
    var rows: Double {
      guard isCutShort else { return Double(sampledRows) }
      let distance = Stretch.distance(firstKey, lastKey) / Double(max(1, sampledRows - 1))
      return Double(sampledRows) + Stretch.distance(lastKey, end) / max(1, distance)
    }

    var bytes: Double { sampledRows == 0 ? 0 : rows * Double(sampledBytes) / Double(sampledRows) }

    private static func distance(_ from: Int64, _ to: Int64) -> Double {
      Double(UInt64(bitPattern: to &- from))
    }

    var canHalve: Bool { isCutShort && lastKey < end }

    /// Cuts off what lies behind the rows that were seen, about in the middle; nil if nothing does.
    mutating func halve() -> (start: Int64, end: Int64)? {
      guard canHalve else { return nil }
      let middle = firstKey &+ Int64(bitPattern: UInt64(bitPattern: end &- firstKey) / 2 + 1)
      let half = (start: max(middle, lastKey + 1), end: end)
      end = half.start - 1
      return half
    }

    /// The key below which this share of the stretch lies.
    func key(at share: Double) -> Int64 {
      let offset = share * Stretch.distance(firstKey, end)
      let limit = UInt64(bitPattern: end &- firstKey)
      return firstKey &+ Int64(bitPattern: offset >= Double(limit) ? limit : UInt64(max(0, offset)))
    }
  }

  private var stretches: [Stretch] = []

  /// In ascending order.
  mutating func add(_ stretch: Stretch) { stretches.append(stretch) }

  /// Halves the stretch with the most bytes that were not looked at; the caller looks at the other half and
  /// inserts it. Nil if all rows have been seen.
  ///
  /// Halving finds the end of a dense run within a few looks, however wide the gap behind it.
  mutating func halveLargest() -> (position: Int, start: Int64, end: Int64)? {
    var largest: (position: Int, bytes: Double)?
    for position in stretches.indices where stretches[position].isCutShort {
      let bytes = stretches[position].bytes
      if bytes > largest?.bytes ?? 0, stretches[position].canHalve { largest = (position, bytes) }
    }
    guard let position = largest?.position, let half = stretches[position].halve() else { return nil }
    return (position + 1, half.start, half.end)
  }

  mutating func insert(_ stretch: Stretch, at position: Int) { stretches.insert(stretch, at: position) }

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
