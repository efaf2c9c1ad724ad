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
      ForeignKeySchema(
        name: style.apply(key.name), columns: key.columns.map(style.apply),
        referencedTable: TableName(schema: schema, name: style.apply(key.referencedTable.name)),
        referencedColumns: key.referencedColumns.map(style.apply))
    }
    return table
  }
}
