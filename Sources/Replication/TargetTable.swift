import Databases
import Rows

/// The table that a missing target gets.
package enum TargetTable {
  /// Names in the user's style; foreign keys only to tables of the job, under their new names.
  ///
  /// - Parameters:
  ///   - tables: All that are copied.
  ///   - equalTypes: Foreign keys get the types of the keys that they reference: see `Capabilities`.
  package static func from(
    _ source: TableSchema, schema: String?, style: NameStyle, tables all: [TableSchema], equalTypes: Bool
  ) -> TableSchema {
    let tables = all.map(\.name)
    let source = equalTypes ? source.withTypesOfReferencedKeys(all) : source
    func renamed(_ key: KeySchema) -> KeySchema {
      var key = key
      key.name = style.apply(key.name)
      key.columns = key.columns.map(style.apply)
      return key
    }
    var table = source
    table.name = TableName(schema: schema, name: style.apply(source.name.name))
    table.columns = source.columns.map { column in
      var column = column
      column.name = style.apply(column.name)
      return column
    }
    table.primaryKey = source.primaryKey.map(renamed)
    table.indexes = source.indexes.map(renamed)
    table.foreignKeys = source.foreignKeys.filter { tables.contains($0.referencedTable) }.map { key in
      var key = key
      key.name = style.apply(key.name)
      key.columns = key.columns.map(style.apply)
      key.referencedTable = TableName(schema: schema, name: style.apply(key.referencedTable.name))
      key.referencedColumns = key.referencedColumns.map(style.apply)
      return key
    }
    for key in source.foreignKeys where !tables.contains(key.referencedTable) {
      table.unportable.append("foreign key \(key.name) to \(key.referencedTable), which is not copied,")
    }
    let isRenamed =
      table.name.name != source.name.name || table.columns.map(\.name) != source.columns.map(\.name)
    if isRenamed { dropTextsWithNames(&table) }
    return table
  }

  /// Expressions are the engine's text, with the source's names in it.
  private static func dropTextsWithNames(_ table: inout TableSchema) {
    table.unportable += table.checks.map { "\($0.described), which has the source's names in it," }
    table.checks = []
    for index in table.columns.indices { table.columns[index].generation = nil }
  }
}

extension TableSchema {
  /// The table with integers of its foreign keys as wide as the keys that they reference, and the other way round:
  /// all columns that foreign keys tie together get the widest of their types.
  fileprivate func withTypesOfReferencedKeys(_ tables: [TableSchema]) -> TableSchema {
    let widest = IntegerTies(tables).widest
    var table = self
    for (index, column) in columns.enumerated() {
      guard let own = column.type, let type = widest[.init(table: name, column: column.name)], type != own
      else {
        continue
      }
      table.columns[index].type = type
      table.columns[index].declared = ""
      table.unportable.append(
        "the type \(column.declared) of column \(column.name), which is as wide as what its foreign key ties it to,"
      )
    }
    return table
  }
}

/// Integer columns that foreign keys tie together.
private struct IntegerTies {
  struct Place: Hashable {
    var table: TableName
    var column: String
  }

  private(set) var widest: [Place: ColumnType] = [:]

  init(_ tables: [TableSchema]) {
    for table in tables {
      for column in table.columns where IntegerTies.rank(column.type) != nil {
        widest[Place(table: table.name, column: column.name)] = column.type
      }
    }
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for table in tables {
        for key in table.foreignKeys {
          for (own, other) in zip(key.columns, key.referencedColumns) {
            let places = [
              Place(table: table.name, column: own), Place(table: key.referencedTable, column: other),
            ]
            if widen(places) { hasChanged = true }
          }
        }
      }
    }
  }

  /// True if one of both was narrower.
  private mutating func widen(_ places: [Place]) -> Bool {
    let ranks = places.map { IntegerTies.rank(widest[$0]) }
    guard let first = ranks[0], let second = ranks[1], first != second else { return false }
    let (wide, narrow) = first > second ? (places[0], places[1]) : (places[1], places[0])
    widest[narrow] = widest[wide]
    return true
  }

  private static func rank(_ type: ColumnType?) -> Int? {
    switch type {
    case .int16: 1
    case .int32: 2
    case .int64: 3
    default: nil
    }
  }
}
