import Databases
import Replication
import Rows

/// Compares what two tables say they hold.
enum SchemaComparison {
  /// Differences first, then what cannot be compared, then notes.
  static func findings(_ pair: TablePair) -> [SchemaFinding] {
    var findings = pair.missing.map {
      SchemaFinding(
        severity: .difference, column: $0.name,
        message: "the target has no column \($0.name) (\($0.declared))")
    }
    findings += pair.extra.map {
      SchemaFinding(
        severity: .difference, column: $0.name,
        message: "the target's column \($0.name) (\($0.declared)) is not in the source")
    }
    findings += pair.unpairable.map {
      SchemaFinding(
        severity: .unverified, column: $0.source.name,
        message: "column \($0.source.name) could not be compared: \($0.reason)")
    }
    findings += pair.columns.flatMap(notes)
    return findings + keyNotes(pair)
  }

  private static func notes(_ column: ColumnPair) -> [SchemaFinding] {
    var messages: [String] = []
    let name = column.source.name
    if let source = column.source.type, let target = column.target.type, source != target {
      messages.append("column \(name) is \(source) in the source and \(target) in the target")
    }
    switch (column.source.isNullable, column.target.isNullable) {
    case (true, false): messages.append("column \(name) is nullable in the source and not in the target")
    case (false, true): messages.append("column \(name) is nullable in the target and not in the source")
    default: break
    }
    return messages.map { SchemaFinding(severity: .note, column: name, message: $0) }
  }

  private static func keyNotes(_ pair: TablePair) -> [SchemaFinding] {
    func note(_ message: String) -> [SchemaFinding] { [SchemaFinding(severity: .note, message: message)] }
    let source = pair.source.primaryKey?.columns
    let target = pair.target.primaryKey?.columns
    switch (source, target) {
    case (nil, nil):
      return note("neither side has a primary key: rows are compared as a bag")
    case (let key?, nil):
      return note("the target has no primary key; the source's is (\(key.joined(separator: ", ")))")
    case (nil, let key?):
      return note("the source has no primary key; the target's is (\(key.joined(separator: ", ")))")
    case (let source?, let target?):
      let partners = source.map { name in pair.columns.first { $0.source.name == name }?.target.name }
      guard partners.map({ $0 ?? "" }) != target else { return [] }
      return note(
        "the primary key is (\(source.joined(separator: ", "))) in the source and "
          + "(\(target.joined(separator: ", "))) in the target")
    }
  }
}
