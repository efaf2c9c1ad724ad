import Databases
import Rows

/// A column on both sides, and the type in which its values travel and are compared.
package struct ColumnPair: Hashable, Sendable, Codable {
  package var source: ColumnSchema
  package var target: ColumnSchema
  package var type: ColumnType

  package init(source: ColumnSchema, target: ColumnSchema, type: ColumnType) {
    self.source = source
    self.target = target
    self.type = type
  }
}

/// A table on both sides, with its columns paired.
package struct TablePair: Hashable, Sendable, Codable {
  package var source: TableSchema
  package var target: TableSchema
  package var columns: [ColumnPair]
  /// Source columns that the target lacks, and the other way round.
  package var missing: [ColumnSchema] = []
  package var extra: [ColumnSchema] = []
  /// Columns that exist on both sides and cannot be compared, with the reason.
  package var unpairable: [UnpairedColumn] = []

  package struct UnpairedColumn: Hashable, Sendable, Codable {
    package var source: ColumnSchema
    package var target: ColumnSchema
    package var reason: String
  }

  /// Pairs columns by name; throws only when names are ambiguous.
  package init(source: TableSchema, target: TableSchema) throws(JobError) {
    self.source = source
    self.target = target
    columns = []
    let names = try NameMatching(
      source: source.columns.map(\.name), target: target.columns.map(\.name),
      what: "column (table \(source.name))")
    for (sourceName, targetName) in names.pairs {
      guard let left = source.column(sourceName), let right = target.column(targetName) else { continue }
      switch TablePair.common(left, right) {
      case .success(let type): columns.append(ColumnPair(source: left, target: right, type: type))
      case .failure(let reason):
        unpairable.append(UnpairedColumn(source: left, target: right, reason: reason.reason))
      }
    }
    missing = names.missing.compactMap(source.column)
    extra = names.extra.compactMap(target.column)
  }

  private static func common(_ left: ColumnSchema, _ right: ColumnSchema) -> Result<ColumnType, Unpairable> {
    guard let leftType = left.type else {
      return .failure(Unpairable("the source's type \(left.declared) is unknown"))
    }
    guard let rightType = right.type else {
      return .failure(Unpairable("the target's type \(right.declared) is unknown"))
    }
    return TypePairing.common(leftType, rightType)
  }

  /// What a copy reads, writes and records: without the columns that the target computes itself.
  package var writable: TablePair {
    var pair = self
    pair.columns.removeAll(where: \.target.isGenerated)
    return pair
  }

  /// Positions in `columns` of the columns that tell rows apart: the source's primary key, or the target's;
  /// empty when neither has one whose columns are all paired.
  package var key: [Int] {
    let candidates = [
      source.primaryKey?.columns.map { name in columns.firstIndex { $0.source.name == name } },
      target.primaryKey?.columns.map { name in columns.firstIndex { $0.target.name == name } },
    ]
    for candidate in candidates {
      if let positions = candidate?.compactMap({ $0 }), positions.count == candidate?.count,
        !positions.isEmpty
      {
        return positions
      }
    }
    return []
  }

  /// Names what a fingerprint of this pair's rows is of: columns, their order and their types, and the column
  /// whose ranges cut the table.
  package var signature: String {
    let text = columns.map { "\($0.source.name)\u{1F}\($0.target.name)\u{1F}\($0.type)" }.joined(
      separator: "\u{1E}")
    let range = Partition.column(of: self).map { columns[$0].source.name } ?? ""
    let hash = Array("\(target.name)\u{1D}\(range)\u{1D}\(text)".utf8).withUnsafeBytes(Fingerprint.hash)
    return String(Fingerprint.hexadecimal(hash).drop { $0 == "0" })
  }

  package var sourceColumns: [TransferColumn] {
    columns.map { TransferColumn(schema: $0.source, type: $0.type) }
  }
  package var targetColumns: [TransferColumn] {
    columns.map { TransferColumn(schema: $0.target, type: $0.type) }
  }
}

/// A range of a pair of tables, as each side names it.
package struct PairRange: Hashable, Sendable {
  package var pair: TablePair
  /// Position in `pair.columns`; nil when the table is not split.
  package var column: Int?
  package var range: KeyRange

  package init(pair: TablePair, column: Int?, range: KeyRange) {
    self.pair = pair
    self.column = column
    self.range = range
  }

  package var sourceRows: TableRange {
    TableRange(table: pair.source.name, column: column.map { pair.columns[$0].source }, range: range)
  }
  package var targetRows: TableRange {
    TableRange(table: pair.target.name, column: column.map { pair.columns[$0].target }, range: range)
  }
  package var sourceRead: RangeRead {
    RangeRead(rows: sourceRows, columns: pair.sourceColumns, key: pair.key)
  }
  package var targetRead: RangeRead {
    RangeRead(rows: targetRows, columns: pair.targetColumns, key: pair.key)
  }
}
