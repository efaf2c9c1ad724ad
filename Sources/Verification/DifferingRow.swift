import Databases
import Replication
import Rows

/// The fields of a row by column; nil for NULL.
typealias Fields = [[UInt8]?]

/// A differing row with its values.
struct DifferingRow: Sendable {
  var difference: HashedDifference
  var source: Fields?
  var target: Fields?

  /// Nil where memory did not allow to keep the values.
  init?(_ difference: HashedDifference, rows: [UInt128: [UInt8]]) {
    func fields(_ hash: UInt128?) -> Fields?? {
      guard let hash else { return .some(nil) }
      guard let row = rows[hash] else { return nil }
      return DifferingRow.fields(of: row)
    }
    guard let source = fields(difference.sourceRow), let target = fields(difference.targetRow) else {
      return nil
    }
    self.difference = difference
    self.source = source
    self.target = target
  }

  init(difference: HashedDifference, source: Fields?, target: Fields?) {
    self.difference = difference
    self.source = source
    self.target = target
  }

  static func fields(of row: [UInt8]) -> Fields {
    row.withUnsafeBytes { bytes in
      var cursor = FieldCursor(bytes)
      return (0..<cursor.fieldCount).map { _ in cursor.nextField().map { Array($0) } }
    }
  }

  /// The side that has the row; the source's where both do.
  var fields: Fields { source ?? target ?? [] }

  /// The columns in which a changed row differs; none for a row that only one side has.
  var differingColumns: [Int] {
    guard let source, let target else { return [] }
    return source.indices.filter { source[$0] != target[$0] }
  }
}

/// Makes rows as people read them of rows as bytes.
struct RowRendering: Sendable {
  let pair: TablePair

  /// The rows by key, each differing cell with its likely cause.
  func render(_ rows: [DifferingRow]) -> [RowDifference] {
    let key = pair.key.isEmpty ? Array(pair.columns.indices) : pair.key
    let types = pair.columns.map(\.type)
    let ordered = rows.sorted { KeyOrder.precedes($0.fields, $1.fields, columns: key, types: types) }
    let causes = RowCause.causes(of: ordered, columns: pair.columns) { row in
      zip(pair.key, keyTexts(row, pair.key)).map { "\(pair.columns[$0].source.name) = \($1.value ?? "NULL")" }
        .joined(separator: ", ")
    }
    return zip(ordered, causes).map { row, causes in
      RowDifference(
        kind: row.difference.kind, key: keyTexts(row, key), sourceCopies: row.difference.sourceCopies,
        targetCopies: row.difference.targetCopies,
        cells: row.differingColumns.map { cell(row, $0, cause: causes[$0]) })
    }
  }

  private func keyTexts(_ row: DifferingRow, _ key: [Int]) -> [NamedValue] {
    key.map { column in
      NamedValue(
        column: pair.columns[column].source.name,
        value: row.fields[column].map { Excerpt.one($0, type: pair.columns[column].type) })
    }
  }

  private func cell(_ row: DifferingRow, _ column: Int, cause: String?) -> CellDifference {
    let names = pair.columns[column]
    let (source, target) = (row.source?[column], row.target?[column])
    let texts = Excerpt.pair(source ?? nil, target ?? nil, type: names.type)
    return CellDifference(
      column: names.source.name, targetColumn: names.target.name, type: names.type.description,
      source: texts.source, target: texts.target,
      cause: cause ?? Cause.likely(type: names.type, source: source ?? nil, target: target ?? nil))
  }
}

/// The order in which a report shows rows: of numbers by value, of everything else by bytes, NULL first.
enum KeyOrder {
  static func precedes(_ left: Fields, _ right: Fields, columns: [Int], types: [ColumnType]) -> Bool {
    for column in columns {
      let (first, second) = (left[column], right[column])
      guard first != second else { continue }
      guard let first, let second else { return first == nil }
      return sortable(first, types[column]).lexicographicallyPrecedes(sortable(second, types[column]))
    }
    return false
  }

  /// Two's complement sorts by its bytes once the sign bit is turned round.
  private static func sortable(_ field: [UInt8], _ type: ColumnType) -> [UInt8] {
    switch type {
    case .int16, .int32, .int64, .date, .time, .timestamp, .timestampTZ:
      var field = field
      if !field.isEmpty { field[0] ^= 0x80 }
      return field
    default: return field
    }
  }
}
