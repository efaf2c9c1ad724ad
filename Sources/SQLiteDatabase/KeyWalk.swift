import Databases

/// Keys at even distances, from a walk through all rows whose number is known at the end only.
struct KeyWalk {
  private static let maximumKeys = 2048

  private(set) var rows = 0
  private(set) var bytes = 0
  /// Keys in ascending order, each with the bytes before it.
  private var keys: [(key: String, bytes: Int)] = []
  private var stride = 1

  /// True if the key of the next row is to be added first.
  var wantsKey: Bool { rows % stride == 0 }

  mutating func add(key: String) {
    if keys.count == KeyWalk.maximumKeys {
      keys = keys.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      stride *= 2
    }
    keys.append((key, bytes))
  }

  mutating func add(bytes: Int) {
    rows += 1
    self.bytes += bytes
  }

  /// At most `parts - 1` keys that divide the bytes about equally.
  func cuts(_ parts: Int) -> [KeyValue] {
    guard parts > 1, let first = keys.first?.key else { return [] }
    var cuts: [String] = []
    for (key, bytes) in keys where key != first && key != cuts.last {
      if cuts.count < parts - 1, bytes >= self.bytes / parts * (cuts.count + 1) { cuts.append(key) }
    }
    return cuts.map(KeyValue.text)
  }
}
