/// INFORMATION_SCHEMA: tables, columns, views, schemas and routines.
enum InformationSchema {
  static let all: [CatalogView] = [tables, columns, views, schemata, routines]

  private static let tables = CatalogView(
    "INFORMATION_SCHEMA.TABLES",
    "TABLE_CATALOG nvarchar(128)?, TABLE_SCHEMA sysname?, TABLE_NAME sysname, TABLE_TYPE varchar(10)?"
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      rows.begin()
      rows.set("TABLE_CATALOG", contents.database.name)
      rows.set("TABLE_SCHEMA", table.name.schema)
      rows.set("TABLE_NAME", table.catalogName)
      rows.set("TABLE_TYPE", "BASE TABLE")
    }
    for view in contents.views {
      rows.begin()
      rows.set("TABLE_CATALOG", contents.database.name)
      rows.set("TABLE_SCHEMA", view.name.schema)
      rows.set("TABLE_NAME", view.name.name)
      rows.set("TABLE_TYPE", "VIEW")
    }
  }

  private static let columns = CatalogView(
    "INFORMATION_SCHEMA.COLUMNS",
    """
    TABLE_CATALOG nvarchar(128)?, TABLE_SCHEMA nvarchar(128)?, TABLE_NAME sysname, COLUMN_NAME sysname?,
    ORDINAL_POSITION int?, COLUMN_DEFAULT nvarchar(4000)?, IS_NULLABLE varchar(3)?, DATA_TYPE nvarchar(128)?,
    CHARACTER_MAXIMUM_LENGTH int?, CHARACTER_OCTET_LENGTH int?, NUMERIC_PRECISION tinyint?,
    NUMERIC_PRECISION_RADIX smallint?, NUMERIC_SCALE int?, DATETIME_PRECISION smallint?,
    CHARACTER_SET_CATALOG sysname?, CHARACTER_SET_SCHEMA sysname?, CHARACTER_SET_NAME sysname?,
    COLLATION_CATALOG sysname?, COLLATION_SCHEMA sysname?, COLLATION_NAME sysname?, DOMAIN_CATALOG sysname?,
    DOMAIN_SCHEMA sysname?, DOMAIN_NAME sysname?
    """
  ) { contents, context, rows throws(SQLError) in
    for table in contents.tables {
      let name = QualifiedName(table.name.schema, table.catalogName)
      set(table.about.columns, of: name, contents, &rows)
    }
    for view in contents.views {
      set(try view.viewColumns(&context), of: view.name, contents, &rows)
    }
  }

  private static func set(
    _ columns: [ColumnDescription], of name: QualifiedName, _ contents: CatalogContents,
    _ rows: inout CatalogRows
  ) {
    for (position, column) in columns.enumerated() {
      let type = column.type
      rows.begin()
      rows.set("TABLE_CATALOG", contents.database.name)
      rows.set("TABLE_SCHEMA", name.schema)
      rows.set("TABLE_NAME", name.name)
      rows.set("COLUMN_NAME", column.name)
      rows.set("ORDINAL_POSITION", position + 1)
      rows.set("COLUMN_DEFAULT", column.defaultValue?.text)
      rows.set("IS_NULLABLE", column.isNullable ? "YES" : "NO")
      rows.set("DATA_TYPE", type.name)
      rows.set("CHARACTER_MAXIMUM_LENGTH", type.characterMaximumLength)
      rows.set("CHARACTER_OCTET_LENGTH", type.characterOctetLength)
      if let (precision, radix, scale) = type.numericPrecision {
        rows.set("NUMERIC_PRECISION", precision)
        rows.set("NUMERIC_PRECISION_RADIX", radix)
        rows.set("NUMERIC_SCALE", scale)
      }
      rows.set("DATETIME_PRECISION", type.datetimePrecision)
      guard type.isText else { continue }
      let collation = type.collation ?? .standard
      rows.set("CHARACTER_SET_NAME", type.isNational ? "UNICODE" : collation.isUTF8 ? "UTF8" : "iso_1")
      rows.set("COLLATION_NAME", collation.name)
    }
  }

  private static let views = CatalogView(
    "INFORMATION_SCHEMA.VIEWS",
    """
    TABLE_CATALOG nvarchar(128)?, TABLE_SCHEMA nvarchar(128)?, TABLE_NAME sysname,
    VIEW_DEFINITION nvarchar(4000)?, CHECK_OPTION varchar(7)?, IS_UPDATABLE varchar(2)
    """
  ) { contents, _, rows throws(SQLError) in
    for view in contents.views {
      rows.begin()
      rows.set("TABLE_CATALOG", contents.database.name)
      rows.set("TABLE_SCHEMA", view.name.schema)
      rows.set("TABLE_NAME", view.name.name)
      rows.set("VIEW_DEFINITION", view.text.utf16.count > 4000 ? nil : view.text)
      rows.set("CHECK_OPTION", view.hasCheckOption ? "CASCADE" : "NONE")
      rows.set("IS_UPDATABLE", "NO")
    }
  }

  private static let schemata = CatalogView(
    "INFORMATION_SCHEMA.SCHEMATA", readsObjects: false,
    """
    CATALOG_NAME nvarchar(128)?, SCHEMA_NAME nvarchar(128), SCHEMA_OWNER nvarchar(128)?,
    DEFAULT_CHARACTER_SET_CATALOG varchar(6)?, DEFAULT_CHARACTER_SET_SCHEMA varchar(3)?,
    DEFAULT_CHARACTER_SET_NAME sysname?
    """
  ) { contents, _, rows throws(SQLError) in
    for (name, id) in contents.database.allSchemas {
      rows.begin()
      rows.set("CATALOG_NAME", contents.database.name)
      rows.set("SCHEMA_NAME", name)
      rows.set("SCHEMA_OWNER", id > 4 && id < 16384 ? "dbo" : name)
      rows.set("DEFAULT_CHARACTER_SET_NAME", "iso_1")
    }
  }

  private static let routines = CatalogView(
    "INFORMATION_SCHEMA.ROUTINES",
    """
    SPECIFIC_CATALOG nvarchar(128)?, SPECIFIC_SCHEMA nvarchar(128)?, SPECIFIC_NAME sysname,
    ROUTINE_CATALOG nvarchar(128)?, ROUTINE_SCHEMA nvarchar(128)?, ROUTINE_NAME sysname,
    ROUTINE_TYPE nvarchar(20)?, MODULE_CATALOG nvarchar(128)?, MODULE_SCHEMA nvarchar(128)?,
    MODULE_NAME nvarchar(128)?, UDT_CATALOG nvarchar(128)?, UDT_SCHEMA nvarchar(128)?, UDT_NAME
    nvarchar(128)?,
    DATA_TYPE nvarchar(128)?, CHARACTER_MAXIMUM_LENGTH int?, CHARACTER_OCTET_LENGTH int?,
    COLLATION_CATALOG nvarchar(128)?, COLLATION_SCHEMA nvarchar(128)?, COLLATION_NAME sysname?,
    CHARACTER_SET_CATALOG nvarchar(128)?, CHARACTER_SET_SCHEMA nvarchar(128)?, CHARACTER_SET_NAME sysname?,
    NUMERIC_PRECISION smallint?, NUMERIC_PRECISION_RADIX smallint?, NUMERIC_SCALE smallint?,
    DATETIME_PRECISION smallint?, INTERVAL_TYPE nvarchar(30)?, INTERVAL_PRECISION smallint?,
    TYPE_UDT_CATALOG nvarchar(128)?, TYPE_UDT_SCHEMA nvarchar(128)?, TYPE_UDT_NAME nvarchar(128)?,
    SCOPE_CATALOG nvarchar(128)?, SCOPE_SCHEMA nvarchar(128)?, SCOPE_NAME nvarchar(128)?,
    MAXIMUM_CARDINALITY bigint?, DTD_IDENTIFIER nvarchar(128)?, ROUTINE_BODY nvarchar(30),
    ROUTINE_DEFINITION nvarchar(4000)?, EXTERNAL_NAME nvarchar(128)?, EXTERNAL_LANGUAGE nvarchar(30)?,
    PARAMETER_STYLE nvarchar(30)?, IS_DETERMINISTIC nvarchar(10)?, SQL_DATA_ACCESS nvarchar(30)?,
    IS_NULL_CALL nvarchar(10)?, SQL_PATH nvarchar(128)?, SCHEMA_LEVEL_ROUTINE nvarchar(10)?,
    MAX_DYNAMIC_RESULT_SETS smallint?, IS_USER_DEFINED_CAST nvarchar(10)?,
    IS_IMPLICITLY_INVOCABLE nvarchar(10)?, CREATED datetime, LAST_ALTERED datetime
    """
  ) { contents, _, rows throws(SQLError) in
    for module in contents.modules where module.kind == .procedure || module.kind == .function {
      let isFunction = module.kind == .function
      rows.begin()
      for word in ["SPECIFIC", "ROUTINE"] {
        rows.set("\(word)_CATALOG", contents.database.name)
        rows.set("\(word)_SCHEMA", module.name.schema)
        rows.set("\(word)_NAME", module.name.name)
      }
      rows.set("ROUTINE_TYPE", isFunction ? "FUNCTION" : "PROCEDURE")
      rows.set("ROUTINE_BODY", "SQL")
      rows.set("ROUTINE_DEFINITION", String(decoding: module.text.utf16.prefix(4000), as: UTF16.self))
      rows.set("IS_DETERMINISTIC", "NO")
      rows.set("SQL_DATA_ACCESS", isFunction ? "READS" : "MODIFIES")
      rows.set("IS_NULL_CALL", isFunction ? "NO" : nil)
      rows.set("SCHEMA_LEVEL_ROUTINE", "YES")
      rows.set("MAX_DYNAMIC_RESULT_SETS", isFunction ? 0 : -1)
      rows.set("IS_USER_DEFINED_CAST", "NO")
      rows.set("IS_IMPLICITLY_INVOCABLE", "NO")
    }
  }
}
