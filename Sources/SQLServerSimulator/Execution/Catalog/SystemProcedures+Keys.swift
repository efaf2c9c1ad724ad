/// sp_pkeys, sp_fkeys and sp_statistics.
extension ProcedureCall {
  private static let primaryKeyLayout = CatalogLayout(
    """
    TABLE_QUALIFIER sysname?, TABLE_OWNER sysname?, TABLE_NAME sysname, COLUMN_NAME sysname,
    KEY_SEQ smallint, PK_NAME sysname?
    """)

  func primaryKeys(_ contents: CatalogContents) throws(SQLError) -> ResultSet {
    let layout = ProcedureCall.primaryKeyLayout
    var rows = CatalogRows(layout)
    _ = try required("@table_name")
    for table in contents.tables
    where equals("@table_name", table.catalogName) && equals("@table_owner", table.name.schema) {
      guard let key = table.about.constraints.first(where: { $0.objectKind == .primaryKey }) else { continue }
      for (place, column) in key.keyColumns(in: table).enumerated() {
        rows.begin()
        rows.set("TABLE_QUALIFIER", contents.database.name)
        rows.set("TABLE_OWNER", table.name.schema)
        rows.set("TABLE_NAME", table.catalogName)
        rows.set("COLUMN_NAME", table.about.columns[column].name)
        rows.set("KEY_SEQ", place + 1)
        rows.set("PK_NAME", key.name)
      }
    }
    return result(layout, rows.values)
  }

  private static let foreignKeyLayout = CatalogLayout(
    """
    PKTABLE_QUALIFIER sysname?, PKTABLE_OWNER sysname?, PKTABLE_NAME sysname, PKCOLUMN_NAME sysname,
    FKTABLE_QUALIFIER sysname?, FKTABLE_OWNER sysname?, FKTABLE_NAME sysname, FKCOLUMN_NAME sysname,
    KEY_SEQ smallint, UPDATE_RULE smallint, DELETE_RULE smallint, FK_NAME sysname?, PK_NAME sysname?,
    DEFERRABILITY smallint
    """)

  func foreignKeys(_ contents: CatalogContents) throws(SQLError) -> ResultSet {
    let layout = ProcedureCall.foreignKeyLayout
    var rows = CatalogRows(layout)
    if text("@pktable_name") == nil { _ = try required("@fktable_name") }
    ConstraintViews.forEach(contents) { table, constraint in
      guard let reference = constraint.foreignKey, equals("@fktable_name", table.catalogName),
        equals("@fktable_owner", table.name.schema),
        let parent = contents.tables.first(where: { $0.number == reference.table }),
        equals("@pktable_name", parent.catalogName), equals("@pktable_owner", parent.name.schema)
      else { return }
      for (place, pair) in zip(reference.columns, reference.referencedColumns).enumerated() {
        rows.begin()
        rows.set("PKTABLE_QUALIFIER", contents.database.name)
        rows.set("PKTABLE_OWNER", parent.name.schema)
        rows.set("PKTABLE_NAME", parent.catalogName)
        rows.set("PKCOLUMN_NAME", parent.about.columns[pair.1].name)
        rows.set("FKTABLE_QUALIFIER", contents.database.name)
        rows.set("FKTABLE_OWNER", table.name.schema)
        rows.set("FKTABLE_NAME", table.catalogName)
        rows.set("FKCOLUMN_NAME", table.about.columns[pair.0].name)
        rows.set("KEY_SEQ", place + 1)
        rows.set("UPDATE_RULE", reference.onUpdate.odbcRule)
        rows.set("DELETE_RULE", reference.onDelete.odbcRule)
        rows.set("FK_NAME", constraint.name)
        rows.set("PK_NAME", parent.catalogIndexes.first { $0.id == reference.index }?.about?.name)
        rows.set("DEFERRABILITY", 7)
      }
    }
    // What references a table is sorted by who references it.
    let side = text("@fktable_name") == nil ? "FK" : "PK"
    return result(
      layout, layout.sorted(rows.values, by: "\(side)TABLE_OWNER", "\(side)TABLE_NAME", "FK_NAME", "KEY_SEQ"))
  }

  private static let statisticsLayout = CatalogLayout(
    """
    TABLE_QUALIFIER sysname?, TABLE_OWNER sysname?, TABLE_NAME sysname, NON_UNIQUE smallint?,
    INDEX_QUALIFIER sysname?, INDEX_NAME sysname?, TYPE smallint, SEQ_IN_INDEX smallint?,
    COLUMN_NAME sysname?, COLLATION char(1)?, CARDINALITY int?, PAGES int?, FILTER_CONDITION varchar(128)?
    """)

  func statistics(_ contents: CatalogContents) throws(SQLError) -> ResultSet {
    let layout = ProcedureCall.statisticsLayout
    var rows = CatalogRows(layout)
    _ = try required("@table_name")
    func begin(_ table: ServerTable) {
      rows.begin()
      rows.set("TABLE_QUALIFIER", contents.database.name)
      rows.set("TABLE_OWNER", table.name.schema)
      rows.set("TABLE_NAME", table.catalogName)
    }
    for table in contents.tables
    where equals("@table_name", table.catalogName) && equals("@table_owner", table.name.schema) {
      begin(table)
      rows.set("TYPE", 0)
      rows.set("CARDINALITY", table.rows.count)
      rows.set("PAGES", table.pages(table.catalogIndexes[0]).data)
      for index in table.catalogIndexes {
        guard let about = index.about, try matches("@index_name", about.name),
          text("@is_unique")?.uppercased() != "Y" || about.isUnique
        else { continue }
        for (place, part) in about.keys.columns.enumerated() {
          begin(table)
          rows.set("NON_UNIQUE", about.isUnique ? 0 : 1)
          rows.set("INDEX_QUALIFIER", table.catalogName)
          rows.set("INDEX_NAME", about.name)
          rows.set("TYPE", index.id == 1 ? 1 : 3)
          rows.set("SEQ_IN_INDEX", place + 1)
          rows.set("COLUMN_NAME", table.about.columns[part.column].name)
          rows.set("COLLATION", part.isDescending ? "D" : "A")
          rows.set("CARDINALITY", index.count)
          rows.set("PAGES", table.pages(index).data)
        }
      }
    }
    return result(
      layout,
      layout.sorted(rows.values, by: "NON_UNIQUE", "TYPE", "INDEX_QUALIFIER", "INDEX_NAME", "SEQ_IN_INDEX"))
  }
}

extension ConstraintDescription.Action {
  /// As ODBC counts them.
  fileprivate var odbcRule: Int {
    switch self {
    case .cascade: 0
    case .noAction: 1
    case .setNull: 2
    case .setDefault: 3
    }
  }
}
