import Databases
import Rows

/// The table that a missing target gets.
package enum TargetTable {
  /// Names in the user's style; foreign keys only to tables of the job, under their new names.
  package static func from(
    _ source: TableSchema, schema: String?, style: NameStyle, tables: [TableName]
  ) -> TableSchema {
    func renamed(_ key: KeySchema) -> KeySchema {
      KeySchema(name: style.apply(key.name), columns: key.columns.map(style.apply), isUnique: key.isUnique)
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
