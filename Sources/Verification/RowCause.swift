import Databases
import Replication
import Rows

/// Causes that show only when several cells are seen together: contents that went to another column or row.
enum RowCause {
  /// For each row, the causes by column. `name` names a row for people.
  static func causes(
    of rows: [DifferingRow], columns: [ColumnPair], name: (DifferingRow) -> String
  ) -> [[Int: String]] {
    rows.map { row in
      var causes = withinRow(row, columns)
      let open = row.differingColumns
      if causes.isEmpty, !open.isEmpty,
        let other = rows.first(where: { isExchanged(row, $0, columns: open) })
      {
        for column in open { causes[column] = "exchanged with the row whose \(name(other))" }
      }
      return causes
    }
  }

  /// Whether each row's target holds what the other's source does.
  private static func isExchanged(_ row: DifferingRow, _ other: DifferingRow, columns: [Int]) -> Bool {
    guard row.difference != other.difference, other.differingColumns == columns,
      let source = row.source, let target = row.target, let otherSource = other.source,
      let otherTarget = other.target
    else { return false }
    return columns.allSatisfy { source[$0] == otherTarget[$0] && target[$0] == otherSource[$0] }
  }

  private static func withinRow(_ row: DifferingRow, _ columns: [ColumnPair]) -> [Int: String] {
    guard let source = row.source, let target = row.target else { return [:] }
    var causes: [Int: String] = [:]
    var open = row.differingColumns
    while let first = open.first {
      open.removeFirst()
      for (position, second) in open.enumerated() {
        let names = (columns[first].source.name, columns[second].source.name)
        let cause: String
        if isSameKind(columns[first].type, columns[second].type), source[first] == target[second],
          source[second] == target[first]
        {
          cause = "the contents of \(names.0) and \(names.1) are exchanged"
        } else if isText(columns[first].type), isText(columns[second].type),
          isMoved(from: (source[first], source[second]), to: (target[first], target[second]))
        {
          cause = "contents moved across the border between \(names.0) and \(names.1)"
        } else {
          continue
        }
        causes[first] = cause
        causes[second] = cause
        open.remove(at: position)
        break
      }
    }
    return causes
  }

  /// What a delimiter in a value, taken for a border, makes of two columns: joined, they are what they were.
  private static func isMoved(from source: ([UInt8]?, [UInt8]?), to target: ([UInt8]?, [UInt8]?)) -> Bool {
    guard let left = source.0, let right = source.1, let newLeft = target.0, let newRight = target.1 else {
      return false
    }
    return ["", "|", ",", ";", "\t", " ", ":"].contains { delimiter in
      left + Array(delimiter.utf8) + right == newLeft + Array(delimiter.utf8) + newRight
    }
  }

  private static func isText(_ type: ColumnType) -> Bool {
    switch type {
    case .text, .fixedText, .json: true
    default: false
    }
  }

  private static func isSameKind(_ left: ColumnType, _ right: ColumnType) -> Bool {
    left == right || isText(left) && isText(right)
  }
}
