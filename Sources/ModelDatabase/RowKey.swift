import Databases
import Rows

/// A key's values as bytes that compare as the values do: integers by size, text and everything else by
/// their bytes.
///
/// The first eight bytes are a number, so that the key of one integer needs no memory of its own. No
/// key of a table is the beginning of another, which makes padding harmless.
package struct RowKey: Hashable, Sendable {
  package var prefix: UInt64
  package var rest: [UInt8]

  package init(prefix: UInt64, rest: [UInt8] = []) {
    self.prefix = prefix
    self.rest = rest
  }

  package init(_ integer: Int64) { self.init(prefix: RowKey.ordered(integer)) }

  package init(bytes: [UInt8]) {
    var prefix: UInt64 = 0
    for index in 0..<8 { prefix = prefix << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0) }
    self.init(prefix: prefix, rest: bytes.count > 8 ? Array(bytes[8...]) : [])
  }

  /// Where the rows begin whose first key value is this one or a larger one.
  package init(_ bound: KeyValue) {
    switch bound {
    case .integer(let value): self.init(value)
    case .text(let text):
      var bytes: [UInt8] = []
      var text = text
      text.withUTF8 { RowKey.append(UnsafeRawBufferPointer($0), to: &bytes) }
      self.init(bytes: bytes)
    }
  }

  static func ordered(_ integer: Int64) -> UInt64 { UInt64(bitPattern: integer) ^ 1 << 63 }

  /// Zero bytes are escaped, and two of them end the value: a text that another begins with comes first.
  static func append(_ value: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    for byte in value {
      bytes.append(byte)
      if byte == 0 { bytes.append(0xFF) }
    }
    bytes.append(0)
    bytes.append(0)
  }
}

extension RowKey: Comparable {
  package static func < (left: RowKey, right: RowKey) -> Bool {
    if left.prefix != right.prefix { return left.prefix < right.prefix }
    if left.rest.isEmpty || right.rest.isEmpty { return left.rest.count < right.rest.count }
    return left.rest.lexicographicallyPrecedes(right.rest)
  }
}

/// A place between keys: just before or just after one.
package struct KeyCut: Hashable, Comparable, Sendable {
  package var key: RowKey
  package var isAfter: Bool

  package static func before(_ key: RowKey) -> KeyCut { KeyCut(key: key, isAfter: false) }
  package static func after(_ key: RowKey) -> KeyCut { KeyCut(key: key, isAfter: true) }

  package static func < (left: KeyCut, right: KeyCut) -> Bool {
    left.key == right.key ? !left.isAfter && right.isAfter : left.key < right.key
  }
}

/// All keys between two cuts; nil is open.
package struct KeyInterval: Hashable, Sendable {
  package var from: KeyCut?
  package var to: KeyCut?

  package static let all = KeyInterval(from: nil, to: nil)

  package init(from: KeyCut?, to: KeyCut?) {
    self.from = from
    self.to = to
  }

  package init(_ key: RowKey) { self.init(from: .before(key), to: .after(key)) }

  package func contains(_ key: RowKey) -> Bool {
    if let from, KeyCut.before(key) < from { return false }
    if let to, to <= .before(key) { return false }
    return true
  }

  /// Whether a key could be in both.
  package func overlaps(_ other: KeyInterval) -> Bool {
    func ends(_ upper: KeyCut?, before lower: KeyCut?) -> Bool {
      guard let upper, let lower else { return false }
      return upper <= lower
    }
    return !ends(to, before: other.from) && !ends(other.to, before: from)
  }
}
