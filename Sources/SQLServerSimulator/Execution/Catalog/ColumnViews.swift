/// Views of columns and types.
enum ColumnViews {
  private static let columnColumns = """
    object_id int, name sysname?, column_id int, system_type_id tinyint, user_type_id int, max_length
    smallint,
    precision tinyint, scale tinyint, collation_name sysname?, is_nullable bit?, is_ansi_padded bit,
    is_rowguidcol bit, is_identity bit, is_computed bit, is_filestream bit, is_replicated bit?,
    is_non_sql_subscribed bit?, is_merge_published bit?, is_dts_replicated bit?, is_xml_document bit,
    xml_collection_id int, default_object_id int, rule_object_id int,
    """

  private static let laterColumns = """

    is_sparse bit?, is_column_set bit?, generated_always_type tinyint?,
    generated_always_type_desc nvarchar(60)?, encryption_type int?, encryption_type_desc nvarchar(64)?,
    encryption_algorithm_name sysname?, column_encryption_key_id int?,
    column_encryption_key_database_name sysname?, is_hidden bit?, is_masked bit, graph_type int?,
    graph_type_desc nvarchar(60)?
    """

  static let all: [CatalogView] = [columns, allColumns, identities, computed, defaults, types]

  private static func set(_ column: ColumnDescription, of object: Int32, _ rows: inout CatalogRows) {
    let type = column.type
    rows.set("object_id", object)
    rows.set("name", column.name)
    rows.set("column_id", column.id)
    rows.set("system_type_id", type.kind.systemTypeID)
    rows.set("user_type_id", type.kind.userTypeID)
    rows.set("max_length", type.maxLength)
    rows.set("precision", type.catalogPrecision)
    rows.set("scale", type.catalogScale)
    rows.set("collation_name", type.isText ? (type.collation ?? .standard).name : nil)
    rows.set("is_nullable", column.isNullable)
    rows.set("is_ansi_padded", type.hasPadding)
    rows.set("is_rowguidcol", column.isRowGUID)
    rows.set("is_identity", column.isIdentity)
    rows.set("is_computed", column.computed != nil)
    for flag in ["is_replicated", "is_non_sql_subscribed", "is_merge_published", "is_dts_replicated"] {
      rows.set(flag, false)
    }
    rows.set("default_object_id", column.defaultValue?.objectID ?? 0)
  }

  /// What identity_columns and computed_columns have at another place, or not at all.
  private static func setLater(_ rows: inout CatalogRows) {
    rows.set("is_sparse", false)
    rows.set("is_column_set", false)
    rows.set("generated_always_type", 0)
    rows.set("generated_always_type_desc", "NOT_APPLICABLE")
    rows.set("is_hidden", false)
  }

  private static func setColumns(
    _ contents: CatalogContents, _ context: inout StatementContext, _ rows: inout CatalogRows
  ) throws(SQLError) {
    for table in contents.tables {
      for column in table.about.columns {
        rows.begin()
        set(column, of: table.objectID, &rows)
        setLater(&rows)
      }
    }
    for module in contents.views {
      for column in try module.viewColumns(&context) {
        rows.begin()
        set(column, of: module.objectID, &rows)
        setLater(&rows)
      }
    }
  }

  private static let columns = CatalogView("sys.columns", columnColumns + laterColumns) {
    contents, context, rows throws(SQLError) in
    try setColumns(contents, &context, &rows)
  }

  private static let allColumns = CatalogView("sys.all_columns", columnColumns + laterColumns) {
    contents, context, rows throws(SQLError) in
    for view in SystemCatalog.sorted {
      let id = view.objectID
      for (index, column) in view.layout.columns.enumerated() {
        rows.begin()
        let description = ColumnDescription(
          name: column.name, id: Int32(index + 1), type: column.type, isNullable: column.isNullable)
        set(description, of: id, &rows)
        setLater(&rows)
      }
    }
    try setColumns(contents, &context, &rows)
  }

  private static let identities = CatalogView(
    "sys.identity_columns",
    columnColumns + """

      seed_value sql_variant?, increment_value sql_variant?, last_value sql_variant?,
      is_not_for_replication bit?,
      """ + laterColumns
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      guard let column = table.about.columns.first(where: \.isIdentity), let identity = table.identity else {
        continue
      }
      rows.begin()
      set(column, of: table.objectID, &rows)
      rows.set("seed_value", column.type.variant(identity.seed))
      rows.set("increment_value", column.type.variant(identity.increment))
      rows.set("last_value", identity.last.map { column.type.variant($0) })
      rows.set("is_not_for_replication", false)
      setLater(&rows)
    }
  }

  private static let computed = CatalogView(
    "sys.computed_columns",
    columnColumns + """

      definition nvarchar(max)?, uses_database_collation bit, is_persisted bit,
      """ + laterColumns
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      for column in table.about.columns where column.computed != nil {
        rows.begin()
        set(column, of: table.objectID, &rows)
        rows.set("definition", column.computed)
        rows.set("uses_database_collation", true)
        rows.set("is_persisted", column.isPersisted)
        setLater(&rows)
      }
    }
  }

  private static let defaults = CatalogView(
    "sys.default_constraints",
    ObjectViews.objectColumns + "\nparent_column_id int, definition nvarchar(max)?, is_system_named bit"
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      for column in table.about.columns {
        guard let value = column.defaultValue else { continue }
        rows.begin()
        let object = CatalogObject(
          name: value.name, id: value.objectID, schema: table.name.schema,
          schemaID: contents.database.schemaID(table.name.schema) ?? 1, parent: table.objectID,
          kind: .defaultValue)
        ObjectViews.set(object, &rows)
        rows.set("parent_column_id", column.id)
        rows.set("definition", value.text)
        rows.set("is_system_named", column.hasSystemNamedDefault)
      }
    }
  }

  private static let types = CatalogView(
    "sys.types", readsObjects: false,
    """
    name sysname, system_type_id tinyint, user_type_id int, schema_id int, principal_id int?,
    max_length smallint, precision tinyint, scale tinyint, collation_name sysname?, is_nullable bit?,
    is_user_defined bit, is_assembly_type bit, default_object_id int, rule_object_id int, is_table_type bit
    """
  ) { contents, _, rows throws(SQLError) in
    for named in NamedType.all {
      let type = named.type
      rows.begin()
      rows.set("name", named.name)
      rows.set("system_type_id", type.kind.systemTypeID)
      rows.set("user_type_id", named.id)
      rows.set("schema_id", 4)
      rows.set("max_length", type.maxLength)
      rows.set("precision", type.catalogPrecision)
      rows.set("scale", type.catalogScale)
      rows.set("collation_name", type.isText ? contents.database.collation.name : nil)
      rows.set("is_nullable", named.name != "sysname" && type.kind != .rowversion)
      rows.set("is_assembly_type", type.isRuntimeType)
    }
  }
}

/// A type as sys.types has it: with the largest length that it can have.
struct NamedType: Sendable {
  let name: String
  /// user_type_id.
  let id: Int
  let type: SQLType

  static let all: [NamedType] = {
    var all = SQLType.Kind.allCases.map { NamedType(name: $0.name, id: $0.userTypeID, type: largest($0)) }
    all.append(NamedType(name: "sysname", id: 256, type: .sysname))
    return all.sorted { $0.id < $1.id }
  }()

  private static func largest(_ kind: SQLType.Kind) -> SQLType {
    switch kind {
    case .decimal, .numeric: SQLType(kind, precision: 38, scale: 38)
    case .time, .datetime2, .datetimeoffset: SQLType(kind, scale: 7)
    case .char, .varchar: SQLType(kind, length: 8000, collation: .standard)
    case .nchar, .nvarchar: SQLType(kind, length: 4000, collation: .standard)
    case .binary, .varbinary: SQLType(kind, length: 8000)
    case .text, .ntext: SQLType(kind, length: SQLType.unlimited, collation: .standard)
    default: SQLType(kind)
    }
  }

  /// By a name in any case, or a synonym.
  static func named(_ name: String) -> NamedType? {
    let key = name.lowercased()
    if key == "sysname" { return all.first { $0.name == key } }
    guard let kind = SQLType.Kind(name: key) else { return nil }
    return all.first { $0.name == kind.name }
  }
}

extension SQLType {
  /// ANSI_PADDING is on for all that have a length.
  var hasPadding: Bool {
    isText && !isLargeObject || kind == .binary || kind == .varbinary || kind == .variant
  }

  /// An identity's number as the column's type has it.
  func variant(_ value: Int64) -> SQLValue {
    guard isDecimal else { return .variant(SQLType(kind), .integer(value)) }
    let whole = SQLType.numeric(precision, 0)
    return .variant(whole, .decimal(SQLDecimal(value)))
  }
}
