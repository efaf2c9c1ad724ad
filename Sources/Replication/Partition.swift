import Databases
import Rows

/// The ranges into which a table is cut. They cover it: whatever a row's key is, exactly one range has it.
package enum Partition {
  /// Open below, open above, and one range for NULL if there can be any.
  package static func ranges(cuts: [KeyValue], nullable: Bool) -> [KeyRange] {
    precondition(zip(cuts, cuts.dropFirst()).allSatisfy(precedes), "cuts ascend")
    guard !cuts.isEmpty else { return [.all] }
    var ranges: [KeyRange] = []
    var from: KeyValue?
    for cut in cuts {
      ranges.append(.span(from: from, to: cut))
      from = cut
    }
    ranges.append(.span(from: from, to: nil))
    if nullable { ranges.append(.null) }
    return ranges
  }

  /// Whether these ranges, in this order, are what `ranges(cuts:nullable:)` makes: a ledger is not believed blindly.
  package static func isComplete(_ candidate: [KeyRange], nullable: Bool) -> Bool {
    var cuts: [KeyValue] = []
    for case .span(_, let to?) in candidate { cuts.append(to) }
    guard zip(cuts, cuts.dropFirst()).allSatisfy(precedes) else { return false }
    return candidate == ranges(cuts: cuts, nullable: nullable)
  }

  private static func precedes(_ left: KeyValue, _ right: KeyValue) -> Bool {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): left < right
    case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    default: false
    }
  }

  /// The column to cut by: the first column of the primary key, else of a unique key, when both sides order
  /// it alike, which they do for integers and for text compared by its bytes.
  ///
  /// The primary key comes first because it stays in the target during the load: a row that changed its unit
  /// would collide with what the other unit still holds of it.
  package static func column(of pair: TablePair) -> Int? {
    func positions(_ names: [String]) -> [Int] {
      names.compactMap { name in pair.columns.firstIndex { $0.source.name == name } }
    }
    let primary = positions(pair.source.primaryKey?.columns.first.map { [$0] } ?? [])
    if let first = primary.first, isInteger(pair.columns[first]) || isText(pair.columns[first]) {
      return first
    }
    let positions = positions(pair.source.indexes.filter(\.isUnique).compactMap(\.columns.first))
    return positions.first { isInteger(pair.columns[$0]) } ?? positions.first { isText(pair.columns[$0]) }
  }

  private static func isInteger(_ column: ColumnPair) -> Bool {
    [column.source.type, column.target.type].allSatisfy { type in
      switch type {
      case .int16, .int32, .int64: true
      default: false
      }
    }
  }

  private static func isText(_ column: ColumnPair) -> Bool {
    [column.source.type, column.target.type].allSatisfy { type in
      if case .text = type { true } else { false }
    }
  }
}
