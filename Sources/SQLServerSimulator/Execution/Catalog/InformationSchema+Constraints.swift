/// INFORMATION_SCHEMA: constraints and their columns. Defaults are none there.
extension InformationSchema {
  static let ofConstraints: [CatalogView] = [
    constraints, keyColumns, usedColumns, references, checks, usedTables,
  ]

  private static let constraintName = """
    CONSTRAINT_CATALOG nvarchar(128)?, CONSTRAINT_SCHEMA nvarchar(128)?, CONSTRAINT_NAME sysname,
    """
  private static let tableName =
    "TABLE_CATALOG nvarchar(128)?, TABLE_SCHEMA nvarchar(128)?, TABLE_NAME sysname?, "

  private static func set(
    _ constraint: String, of table: ServerTable, _ contents: CatalogContents, _ rows: inout CatalogRows
  ) {
    rows.set("CONSTRAINT_CATALOG", contents.database.name)
    rows.set("CONSTRAINT_SCHEMA", table.name.schema)
    rows.set("CONSTRAINT_NAME", constraint)
  }

  private static func set(_ table: ServerTable, _ contents: CatalogContents, _ rows: inout CatalogRows) {
    rows.set("TABLE_CATALOG", contents.database.name)
    rows.set("TABLE_SCHEMA", table.name.schema)
    rows.set("TABLE_NAME", table.catalogName)
  }

  private static let constraints = CatalogView(
    "INFORMATION_SCHEMA.TABLE_CONSTRAINTS",
    constraintName + "\n" + tableName
      + "CONSTRAINT_TYPE varchar(11)?, IS_DEFERRABLE varchar(2), INITIALLY_DEFERRED varchar(2)"
  ) { contents, _, rows throws(SQLError) in
    ConstraintViews.forEach(contents) { table, constraint in
      rows.begin()
      set(constraint.name, of: table, contents, &rows)
      set(table, contents, &rows)
      rows.set("CONSTRAINT_TYPE", constraint.typeName)
      rows.set("IS_DEFERRABLE", "NO")
      rows.set("INITIALLY_DEFERRED", "NO")
    }
  }

  private static let keyColumns = CatalogView(
    "INFORMATION_SCHEMA.KEY_COLUMN_USAGE",
    constraintName + "\n" + tableName + "COLUMN_NAME sysname?, ORDINAL_POSITION int"
  ) { contents, _, rows throws(SQLError) in
    ConstraintViews.forEach(contents) { table, constraint in
      for (place, column) in constraint.keyColumns(in: table).enumerated() {
        rows.begin()
        set(constraint.name, of: table, contents, &rows)
        set(table, contents, &rows)
        rows.set("COLUMN_NAME", table.about.columns[column].name)
        rows.set("ORDINAL_POSITION", place + 1)
      }
    }
  }

  private static let usedColumns = CatalogView(
    "INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE",
    tableName + "COLUMN_NAME sysname?,\n" + constraintName
  ) { contents, _, rows throws(SQLError) in
    ConstraintViews.forEach(contents) { table, constraint in
      let columns = constraint.check.map(table.columns(ofCheck:)) ?? constraint.keyColumns(in: table)
      for column in columns {
        rows.begin()
        set(table, contents, &rows)
        rows.set("COLUMN_NAME", table.about.columns[column].name)
        set(constraint.name, of: table, contents, &rows)
      }
    }
  }

  private static let usedTables = CatalogView(
    "INFORMATION_SCHEMA.CONSTRAINT_TABLE_USAGE", tableName + "\n" + constraintName
  ) { contents, _, rows throws(SQLError) in
    ConstraintViews.forEach(contents) { table, constraint in
      rows.begin()
      set(table, contents, &rows)
      set(constraint.name, of: table, contents, &rows)
    }
  }

  private static let references = CatalogView(
    "INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS",
    constraintName + """

      UNIQUE_CONSTRAINT_CATALOG nvarchar(128)?, UNIQUE_CONSTRAINT_SCHEMA nvarchar(128)?,
      UNIQUE_CONSTRAINT_NAME sysname?, MATCH_OPTION varchar(7)?, UPDATE_RULE varchar(11)?,
      DELETE_RULE varchar(11)?
      """
  ) { contents, _, rows throws(SQLError) in
    ConstraintViews.forEach(contents) { table, constraint in
      guard let reference = constraint.foreignKey else { return }
      let parent = contents.tables.first { $0.number == reference.table }
      rows.begin()
      set(constraint.name, of: table, contents, &rows)
      rows.set("UNIQUE_CONSTRAINT_CATALOG", contents.database.name)
      rows.set("UNIQUE_CONSTRAINT_SCHEMA", parent?.name.schema)
      let key = parent?.catalogIndexes.first { $0.id == reference.index }
      rows.set("UNIQUE_CONSTRAINT_NAME", key?.about?.name)
      rows.set("MATCH_OPTION", "SIMPLE")
      rows.set("UPDATE_RULE", reference.onUpdate.rule)
      rows.set("DELETE_RULE", reference.onDelete.rule)
    }
  }

  private static let checks = CatalogView(
    "INFORMATION_SCHEMA.CHECK_CONSTRAINTS", constraintName + "\nCHECK_CLAUSE nvarchar(4000)?"
  ) { contents, _, rows throws(SQLError) in
    ConstraintViews.forEach(contents) { table, constraint in
      guard let text = constraint.check else { return }
      rows.begin()
      set(constraint.name, of: table, contents, &rows)
      rows.set("CHECK_CLAUSE", String(decoding: text.utf16.prefix(4000), as: UTF16.self))
    }
  }
}

extension ConstraintDescription {
  fileprivate var typeName: String {
    switch kind {
    case .primaryKey: "PRIMARY KEY"
    case .unique: "UNIQUE"
    case .foreignKey: "FOREIGN KEY"
    case .check: "CHECK"
    }
  }

  /// The columns of a key or foreign key, by position, in their order.
  func keyColumns(in table: ServerTable) -> [Int] {
    if let reference = foreignKey { return reference.columns }
    guard let key = keyIndex else { return [] }
    return table.catalogIndexes.first { $0.id == key }?.about?.keys.columns.map(\.column) ?? []
  }
}
