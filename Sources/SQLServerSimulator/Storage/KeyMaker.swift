import ModelDatabase

/// A column of a key.
package struct KeyColumn: Sendable, Hashable {
  /// Its position in the rows, from 0.
  package var column: Int
  package var type: SQLType
  /// Keys that are compared with each other, as a foreign key's with its parent's, must be made with the
  /// same answer here.
  package var isNullable: Bool
  package var isDescending: Bool

  package init(_ column: Int, _ type: SQLType, isNullable: Bool = true, isDescending: Bool = false) {
    self.column = column
    self.type = type
    self.isNullable = isNullable
    self.isDescending = isDescending
  }
}

/// Makes keys of rows: bytes that compare as ORDER BY does.
package struct KeyMaker: Sendable, Hashable {
  package let columns: [KeyColumn]
  /// The columns are in the order of the row: one walk finds them all.
  private let isAscending: Bool

  package init(_ columns: [KeyColumn]) {
    self.columns = columns
    isAscending = zip(columns, columns.dropFirst()).allSatisfy { $0.column < $1.column }
  }

  package func append(_ row: UnsafeRawBufferPointer, to key: inout [UInt8]) {
    var fields = StoredFields(row)
    var position = 0
    for part in columns {
      if !isAscending {
        fields = StoredFields(row)
        position = 0
      }
      while position < part.column {
        _ = fields.nextField()
        position += 1
      }
      KeyMaker.append(fields.nextField(), part, to: &key)
      position += 1
    }
  }

  /// The key's first columns, of values that are not in a row: for ranges and look-ups.
  package func prefix(_ values: [[UInt8]?]) -> [UInt8] {
    var key: [UInt8] = []
    for (value, part) in zip(values, columns) {
      if let value {
        value.withUnsafeBytes { KeyMaker.append($0, part, to: &key) }
      } else {
        KeyMaker.append(nil, part, to: &key)
      }
    }
    return key
  }

  private static func append(_ field: UnsafeRawBufferPointer?, _ part: KeyColumn, to key: inout [UInt8]) {
    part.type.appendSortKey(
      of: field, isNullable: part.isNullable, isDescending: part.isDescending, to: &key)
  }

  /// The row's values as error messages have them: `(1, abc)`.
  func text(of row: UnsafeRawBufferPointer) -> String {
    SQLError.keyText(
      columns.map { (value: $0.type.decoded(StoredFields.field($0.column, of: row)), type: $0.type) })
  }
}

extension [UInt8] {
  /// A number that ends a key, so that keys differ that are otherwise alike.
  mutating func append(number: UInt64) {
    Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
  }
}
