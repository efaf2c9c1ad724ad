import Databases
import Rows

/// Finds what would lose data, before the first row moves.
package enum TargetCheck {
  /// Throws the first difference between the two tables that a copy could not survive.
  package static func check(_ pair: TablePair, allowNarrower: Bool) throws(JobError) {
    let table = pair.target.name
    if let column = pair.missing.first {
      throw JobError(
        .configuration,
        "table \(table): the target has no column for the source's \(column.name) (\(column.declared))",
        remedy: "Add the column to the target, or drop the target table and let Proofload create it.")
    }
    try checkColumns(of: table, isEmpty: pair.writable.columns.isEmpty && pair.unpairable.isEmpty)
    try checkTexts(pair)
    // What the target computes is not written.
    if let column = pair.unpairable.first(where: { !$0.target.isGenerated }) {
      throw JobError(
        .configuration,
        "table \(table), column \(column.target.name): \(column.source.declared) cannot be copied into \(column.target.declared) without loss: \(column.reason)",
        remedy: "Change the target column's type to one that docs/encoding.md pairs with the source's.")
    }
    for column in pair.extra
    where !column.isGenerated && column.identity == nil && column.defaultExpression == nil {
      throw JobError(
        .configuration,
        "table \(table): the target's column \(column.name) has no source and no default; replacing rows would empty it",
        remedy: "Give the column a default, or drop it from the target.")
    }
    if !allowNarrower { try checkWidth(pair) }
  }

  /// No engine can be told to write rows that have no columns.
  package static func checkColumns(of table: TableName, isEmpty: Bool) throws(JobError) {
    guard isEmpty else { return }
    throw JobError(
      .configuration,
      "table \(table): it has no column that could be written, and rows without one cannot be copied",
      remedy: "Name the other tables with --tables, or give this one a column.")
  }

  /// A text that comes back with other characters is another text, for whoever compares.
  private static func checkTexts(_ pair: TablePair) throws(JobError) {
    for column in pair.columns
    where column.target.rewritesText && !column.source.rewritesText && !column.target.isGenerated {
      let (source, target) = (column.source.declared, column.target.declared)
      throw JobError(
        .configuration,
        "table \(pair.target.name), column \(column.target.name): \(target) keeps what a text means, but not its characters: white space, the order of keys and keys that are there twice would be lost from the source's \(source)",
        remedy:
          "Declare the column as json or text for the copy, verify, and change its type to \(target) then.")
    }
  }

  private static func checkWidth(_ pair: TablePair) throws(JobError) {
    // Where a key cannot be wider, each value is checked as it is written.
    for column in pair.columns where !column.target.isGenerated && !column.target.isWidestInKey {
      guard let source = column.source.type, let target = column.target.type,
        case .success(let common) = TypePairing.common(source, target), !holds(target, common, source: source)
      else { continue }
      throw JobError(
        .configuration,
        "table \(pair.target.name), column \(column.target.name): \(column.target.declared) is narrower than the source's \(column.source.declared)",
        remedy:
          "Widen the target column, or pass --allow-narrower: every value is then checked, and one that does not fit stops the run."
      )
    }
  }

  /// Whether every value of the common type fits into the target's. Padding is not a loss.
  private static func holds(_ target: ColumnType, _ common: ColumnType, source: ColumnType) -> Bool {
    if target == common { return true }
    switch (target, common) {
    case (.text(nil), .fixedText), (.numeric(trailingZeros: true), .numeric): return true
    case (.text(let limit?), .fixedText(let length)): return length <= limit
    case (.json, .text), (.text(nil), .json), (.numeric, .decimal): return true
    // The source's values, taken as UTC or at midnight, are what the common type holds.
    case (.timestamp(let precision), .timestampTZ(let wanted)): return precision >= wanted
    default: return false
    }
  }
}
