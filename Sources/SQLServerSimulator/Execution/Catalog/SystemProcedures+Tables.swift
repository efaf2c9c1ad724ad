/// sp_tables, sp_columns, sp_databases and sp_who.
extension ProcedureCall {
  private static let tableLayout = CatalogLayout(
    """
    TABLE_QUALIFIER sysname?, TABLE_OWNER sysname?, TABLE_NAME sysname?, TABLE_TYPE varchar(32)?,
    REMARKS varchar(254)?
    """)

  func tables(_ contents: CatalogContents, _ context: StatementContext) throws(SQLError) -> ResultSet {
    let layout = ProcedureCall.tableLayout
    var rows = CatalogRows(layout)
    if enumerate(contents, context, &rows) { return result(layout, rows.values) }
    let isPattern = text("@fusepattern") != "0"
    let types = text("@table_type").map { text in
      text.uppercased().split(separator: ",").map { String($0).trimmed.replacing("'", with: "") }
    }
    func add(_ schema: String, _ name: String, _ type: String) throws(SQLError) {
      if let types, !types.contains(type) { return }
      if isPattern {
        guard try matches("@table_name", name), try matches("@table_owner", schema) else { return }
      } else {
        guard equals("@table_name", name), equals("@table_owner", schema) else { return }
      }
      rows.begin()
      rows.set("TABLE_QUALIFIER", contents.database.name)
      rows.set("TABLE_OWNER", schema)
      rows.set("TABLE_NAME", name)
      rows.set("TABLE_TYPE", type)
    }
    for table in contents.tables { try add(table.name.schema, table.catalogName, "TABLE") }
    for view in contents.views { try add(view.name.schema, view.name.name, "VIEW") }
    for view in SystemCatalog.sorted { try add(view.schema, view.name, "VIEW") }
    return result(
      layout, layout.sorted(rows.values, by: "TABLE_TYPE", "TABLE_QUALIFIER", "TABLE_OWNER", "TABLE_NAME"))
  }

  /// The databases, schemas or types: a `%` for one of them, and nothing for the others.
  private func enumerate(
    _ contents: CatalogContents, _ context: StatementContext, _ rows: inout CatalogRows
  ) -> Bool {
    let (name, owner, qualifier) = (text("@table_name"), text("@table_owner"), text("@table_qualifier"))
    let type = text("@table_type") ?? ""
    switch (name, owner, qualifier, type) {
    case ("", "", "%", ""):
      for database in context.storage.databases.compactMap({ $0 }) {
        rows.begin()
        rows.set("TABLE_QUALIFIER", database.name)
      }
    case ("", "%", "", ""):
      for (schema, _) in contents.database.allSchemas {
        rows.begin()
        rows.set("TABLE_OWNER", schema)
      }
    case ("", "", "", "%"):
      for type in ["SYSTEM TABLE", "TABLE", "VIEW"] {
        rows.begin()
        rows.set("TABLE_TYPE", type)
      }
    default: return false
    }
    return true
  }

  // MARK: Columns

  private static let columnLayout = CatalogLayout(
    """
    TABLE_QUALIFIER sysname?, TABLE_OWNER sysname?, TABLE_NAME sysname, COLUMN_NAME sysname,
    DATA_TYPE smallint, TYPE_NAME sysname, PRECISION int?, LENGTH int?, SCALE smallint?, RADIX smallint?,
    NULLABLE smallint, REMARKS varchar(254)?, COLUMN_DEF nvarchar(4000)?, SQL_DATA_TYPE smallint,
    SQL_DATETIME_SUB smallint?, CHAR_OCTET_LENGTH int?, ORDINAL_POSITION int, IS_NULLABLE varchar(254),
    SS_DATA_TYPE tinyint
    """)

  func columns(
    _ contents: CatalogContents, _ context: inout StatementContext
  ) throws(SQLError) -> ResultSet {
    let layout = ProcedureCall.columnLayout
    var rows = CatalogRows(layout)
    _ = try required("@table_name")
    let isLater = text("@odbcver") == "3"
    func add(_ name: QualifiedName, _ columns: [ColumnDescription]) throws(SQLError) {
      guard try matches("@table_name", name.name), try matches("@table_owner", name.schema) else { return }
      for (position, column) in columns.enumerated() where try matches("@column_name", column.name) {
        rows.begin()
        rows.set("TABLE_QUALIFIER", contents.database.name)
        rows.set("TABLE_OWNER", name.schema)
        rows.set("TABLE_NAME", name.name)
        rows.set("COLUMN_NAME", column.name)
        rows.set("ORDINAL_POSITION", position + 1)
        rows.set("COLUMN_DEF", column.defaultValue?.text)
        try set(column, isLater: isLater, &rows)
      }
    }
    for table in contents.tables {
      try add(QualifiedName(table.name.schema, table.catalogName), table.about.columns)
    }
    for view in contents.views { try add(view.name, try view.viewColumns(&context)) }
    return result(
      layout, layout.sorted(rows.values, by: "TABLE_OWNER", "TABLE_NAME", "ORDINAL_POSITION"))
  }

  private func set(
    _ column: ColumnDescription, isLater: Bool, _ rows: inout CatalogRows
  ) throws(SQLError) {
    guard let type = ODBCType(column.type, isLater: isLater) else {
      throw .unsupported("\(name) of \(column.type.name)")
    }
    rows.set("DATA_TYPE", type.code)
    rows.set("TYPE_NAME", column.type.name + (column.isIdentity ? " identity" : ""))
    rows.set("PRECISION", type.precision)
    rows.set("LENGTH", type.length)
    rows.set("SCALE", type.scale)
    rows.set("RADIX", type.radix)
    rows.set("NULLABLE", column.isNullable ? 1 : 0)
    rows.set("SQL_DATA_TYPE", type.isTimestamp ? 9 : type.code)
    rows.set("SQL_DATETIME_SUB", type.isTimestamp ? 3 : nil)
    rows.set("CHAR_OCTET_LENGTH", type.octets)
    rows.set("IS_NULLABLE", column.isNullable ? "YES" : "NO")
    rows.set("SS_DATA_TYPE", type.tabular(isNullable: column.isNullable))
  }

  // MARK: The server

  func databases(_ context: StatementContext) -> ResultSet {
    let layout = CatalogLayout("DATABASE_NAME sysname?, DATABASE_SIZE int?, REMARKS varchar(254)?")
    var rows = CatalogRows(layout)
    for database in context.storage.databases.compactMap({ $0 }) {
      rows.begin()
      rows.set("DATABASE_NAME", database.name)
      rows.set("DATABASE_SIZE", 16384)
    }
    return result(layout, layout.sorted(rows.values, by: "DATABASE_NAME"))
  }

  func sessions(_ context: StatementContext) -> ResultSet {
    let layout = CatalogLayout(
      """
      spid smallint, ecid smallint, status nchar(30), loginame nchar(128)?, hostname nchar(128), blk char(5)?,
      dbname nchar(128)?, cmd nchar(26), request_id int
      """)
    var rows = CatalogRows(layout)
    for session in context.storage.sessions.compactMap({ $0 }) {
      let isOwn = session.number == context.session.number
      if let wanted = text("@loginame"), let number = Int(wanted), number != session.number { continue }
      rows.begin()
      rows.set("spid", session.number)
      rows.set(
        "status", isOwn ? "runnable" : context.storage.isWaiting(session.number) ? "suspended" : "sleeping")
      rows.set("loginame", context.session.userName)
      rows.set("hostname", isOwn ? context.session.hostName : "")
      rows.set("blk", String(context.storage.blockers(of: session.number).first ?? 0))
      rows.set("dbname", isOwn ? context.storage.databases[context.session.database]?.name : nil)
      rows.set("cmd", isOwn ? "SELECT" : "AWAITING COMMAND")
    }
    return result(layout, rows.values)
  }
}

/// A type as ODBC's catalog functions have it.
private struct ODBCType {
  var code: Int
  var precision: Int?
  var length: Int?
  var scale: Int?
  var radix: Int?
  var octets: Int?
  private let type: SQLType

  /// ODBC 2's codes, or those of 3. Nil for types that ODBC has no agreed form for.
  init?(_ type: SQLType, isLater: Bool) {
    self.type = type
    let large = 2_147_483_647
    code = 0
    switch type.kind {
    case .bit: (code, precision, length) = (-7, 1, 1)
    case .tinyint: self.setNumber(-6, 3, 1)
    case .smallint: self.setNumber(5, 5, 2)
    case .int: self.setNumber(4, 10, 4)
    case .bigint: self.setNumber(-5, 19, 8)
    case .decimal: self.setNumber(3, type.precision, type.precision + 2, type.scale)
    case .numeric: self.setNumber(2, type.precision, type.precision + 2, type.scale)
    case .money: self.setNumber(3, 19, 21, 4)
    case .smallmoney: self.setNumber(3, 10, 12, 4)
    case .real: self.setNumber(7, 7, 4, nil)
    case .float: self.setNumber(6, 15, 8, nil)
    case .datetime: (code, precision, length, scale) = (isLater ? 93 : 11, 23, 16, 3)
    case .smalldatetime: (code, precision, length, scale) = (isLater ? 93 : 11, 16, 16, 0)
    case .char: self.setText(1)
    case .varchar: self.setText(12)
    case .nchar: self.setText(-8)
    case .nvarchar: self.setText(-9)
    case .text: (code, precision, length, octets) = (-1, large, large, large)
    case .ntext: (code, precision, length, octets) = (-10, large / 2, large - 1, large - 1)
    case .binary: self.setText(-2)
    case .varbinary: self.setText(-3)
    case .image: (code, precision, length, octets) = (-4, large, large, large)
    case .rowversion: (code, precision, length, octets) = (-2, 8, 8, 8)
    case .uniqueidentifier: (code, precision, length) = (-11, 36, 16)
    case .variant: (code, precision, length, octets) = (-150, 8000, 8000, nil)
    case .date, .time, .datetime2, .datetimeoffset, .xml, .hierarchyid, .geography, .geometry: return nil
    }
  }

  var isTimestamp: Bool { type.kind == .datetime || type.kind == .smalldatetime }

  private mutating func setNumber(_ code: Int, _ precision: Int, _ length: Int, _ scale: Int? = 0) {
    (self.code, self.precision, self.length, self.scale, radix) = (code, precision, length, scale, 10)
  }

  private mutating func setText(_ code: Int) {
    self.code = code
    let isUnlimited = type.isUnlimited
    precision = isUnlimited ? 0 : type.length
    length = isUnlimited ? 0 : type.maxLength
    octets = isUnlimited ? 0 : type.maxLength
  }

  /// The type of Tabular Data Stream: nullable types have another.
  func tabular(isNullable: Bool) -> Int {
    switch type.kind {
    case .bit: 50
    case .tinyint: isNullable ? 38 : 48
    case .smallint: isNullable ? 38 : 52
    case .int: isNullable ? 38 : 56
    case .bigint: isNullable ? 108 : 63
    case .decimal: isNullable ? 106 : 55
    case .numeric: isNullable ? 108 : 63
    case .money: isNullable ? 110 : 60
    case .smallmoney: isNullable ? 110 : 122
    case .real: isNullable ? 109 : 59
    case .float: isNullable ? 109 : 62
    case .datetime: isNullable ? 111 : 61
    case .smalldatetime: isNullable ? 111 : 58
    case .char, .varchar, .nchar, .nvarchar: 39
    case .text, .ntext: 35
    case .binary: isNullable ? 37 : 45
    case .varbinary: 37
    case .rowversion: 45
    case .image: 34
    case .uniqueidentifier: 37
    default: 39
    }
  }
}
