import Rows

/// Hashes what tells a row from the others: its key, or the whole row where there is no key.
struct KeyHasher: Sendable {
  /// Ascending.
  private let positions: [Int]
  private var bytes: [UInt8] = []

  /// The key's columns by position in the row; none for a table without a key.
  init(key: [Int]) { positions = key.sorted() }

  mutating func hash(_ row: UnsafeRawBufferPointer, rowHash: UInt128) -> UInt128 {
    guard !positions.isEmpty else { return rowHash }
    bytes.removeAll(keepingCapacity: true)
    var fields = FieldCursor(row)
    var column = 0
    for position in positions {
      while column < position {
        _ = fields.nextField()
        column += 1
      }
      let field = fields.nextField()
      column += 1
      // The length keeps apart what concatenation would not, and NULL from empty.
      withUnsafeBytes(of: Int32(field?.count ?? -1).bigEndian) { bytes.append(contentsOf: $0) }
      if let field { bytes.append(contentsOf: field) }
    }
    return bytes.withUnsafeBytes(Fingerprint.hash)
  }
}
