/// The catalog in the form of SQL Server 2000: sysobjects and its like.
enum OldViews {
  static let all: [CatalogView] = [objects, columns, indexes, types, users, comments, databases]

  /// Those that are found without a schema.
  static let names: Set<String> = [
    "sysobjects", "syscolumns", "sysindexes", "systypes", "sysusers", "syscomments", "sysdatabases",
    "sysprocesses",
  ]

  private static let objects = CatalogView(
    "sys.sysobjects",
    """
    name sysname, id int, xtype char(2), uid smallint?, info smallint?, status int?, base_schema_ver int?,
    replinfo int?, parent_obj int, crdate datetime, ftcatid smallint?, schema_ver int?,
    stats_schema_ver int?, type char(2)?, userstat smallint?, sysstat smallint?, indexdel smallint?,
    refdate datetime, version int?, deltrig int?, instrig int?, updtrig int?, seltrig int?, category int?,
    cache smallint?
    """
  ) { contents, _, rows throws(SQLError) in
    for object in contents.objects {
      rows.begin()
      rows.set("name", object.name)
      rows.set("id", object.id)
      rows.set("xtype", object.kind.rawValue)
      rows.set("uid", object.schemaID)
      for column in ["info", "status", "base_schema_ver", "replinfo"] { rows.set(column, 0) }
      rows.set("parent_obj", object.parent)
      for column in ["ftcatid", "schema_ver", "stats_schema_ver"] { rows.set(column, 0) }
      // PRIMARY KEY and UNIQUE are one type there.
      let isKey = object.kind == .primaryKey || object.kind == .unique
      rows.set("type", isKey ? "K" : object.kind.rawValue)
      for column in ["userstat", "sysstat", "indexdel", "version", "category", "cache"] {
        rows.set(column, 0)
      }
    }
  }

  private static let columns = CatalogView(
    "sys.syscolumns",
    """
    name sysname?, id int, xtype tinyint, typestat tinyint?, xusertype smallint?, length smallint,
    xprec tinyint, xscale tinyint, colid smallint?, xoffset smallint?, bitpos tinyint?, reserved tinyint?,
    colstat smallint?, cdefault int, domain int, number smallint?, colorder smallint?, autoval
    varbinary(8000)?,
    offset smallint?, collationid int?, status tinyint?, type tinyint, usertype smallint?,
    printfmt varchar(255)?, prec smallint?, scale int?, iscomputed int?, isoutparam int?, isnullable int?,
    collation sysname?, tdscollation binary(5)?
    """
  ) { contents, context, rows throws(SQLError) in
    for table in contents.tables {
      for column in table.about.columns { set(column, of: table.objectID, &rows) }
    }
    for view in contents.views {
      for column in try view.viewColumns(&context) { set(column, of: view.objectID, &rows) }
    }
  }

  private static func set(_ column: ColumnDescription, of object: Int32, _ rows: inout CatalogRows) {
    let type = column.type
    rows.begin()
    rows.set("name", column.name)
    rows.set("id", object)
    rows.set("xtype", type.kind.systemTypeID)
    rows.set("xusertype", type.kind.userTypeID)
    rows.set("length", type.maxLength)
    rows.set("xprec", type.catalogPrecision)
    rows.set("xscale", type.catalogScale)
    rows.set("colid", column.id)
    rows.set("colstat", column.isIdentity ? 1 : column.computed != nil ? 4 : 0)
    rows.set("cdefault", column.defaultValue?.objectID ?? 0)
    rows.set("number", 0)
    rows.set("colorder", column.id)
    rows.set("status", (column.isNullable ? 8 : 0) | (column.isIdentity ? 0x80 : 0))
    rows.set("type", type.kind.systemTypeID)
    rows.set("usertype", type.kind.userTypeID)
    rows.set("prec", type.isText ? type.length : type.catalogPrecision)
    rows.set("scale", type.isNumber ? type.catalogScale : nil)
    rows.set("iscomputed", column.computed == nil ? 0 : 1)
    rows.set("isoutparam", 0)
    rows.set("isnullable", column.isNullable ? 1 : 0)
    guard type.isText else { return }
    let collation = type.collation ?? .standard
    rows.set("collation", collation.name)
    rows.set("tdscollation", SQLValue.binary(collation.bytes))
  }

  private static let indexes = CatalogView(
    "sys.sysindexes",
    """
    id int, status int?, first binary(6)?, indid smallint?, root binary(6)?, minlen smallint?,
    keycnt smallint?, groupid smallint?, dpages int?, reserved int?, used int?, rowcnt bigint?,
    rowmodctr int?, reserved3 tinyint?, reserved4 tinyint?, xmaxlen smallint?, maxirow smallint?,
    OrigFillFactor tinyint?, StatVersion tinyint?, reserved2 int?, FirstIAM binary(6)?, impid smallint?,
    lockflags smallint?, pgmodctr int?, keys varbinary(1088)?, name sysname?, statblob image?, maxlen int?,
    rows int?
    """
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      for index in table.catalogIndexes {
        let pages = table.pages(index)
        let constraint = index.about?.constraint
        var status = index.about?.isUnique == true ? 2 : 0
        if index.id == 1 { status |= 16 }
        if constraint == .primaryKey { status |= 2048 }
        if constraint == .unique { status |= 4096 }
        rows.begin()
        rows.set("id", table.objectID)
        rows.set("status", status)
        rows.set("indid", index.id)
        rows.set("keycnt", index.about?.keys.columns.count ?? 0)
        rows.set("groupid", 1)
        rows.set("dpages", pages.data)
        rows.set("reserved", pages.reserved)
        rows.set("used", pages.used)
        rows.set("rowcnt", index.count)
        rows.set("rowmodctr", 0)
        rows.set("OrigFillFactor", 0)
        rows.set("name", index.about?.name)
        rows.set("maxlen", 8000)
        rows.set("rows", Int(Int32(clamping: index.count)))
      }
    }
  }

  private static let types = CatalogView(
    "sys.systypes", readsObjects: false,
    """
    name sysname, xtype tinyint, status tinyint?, xusertype smallint?, length smallint, xprec tinyint,
    xscale tinyint, tdefault int, domain int, uid smallint?, reserved smallint?, collationid int?,
    usertype smallint?, variable bit?, allownulls bit?, type tinyint, printfmt varchar(255)?, prec smallint?,
    scale tinyint?, collation sysname?
    """
  ) { contents, _, rows throws(SQLError) in
    for named in NamedType.all {
      let type = named.type
      rows.begin()
      rows.set("name", named.name)
      rows.set("xtype", type.kind.systemTypeID)
      rows.set("status", 0)
      rows.set("xusertype", named.id)
      rows.set("length", type.maxLength)
      rows.set("xprec", type.catalogPrecision)
      rows.set("xscale", type.catalogScale)
      rows.set("uid", 4)
      rows.set("usertype", named.id)
      rows.set("variable", type.isText && !type.isPadded || type.kind == .varbinary)
      rows.set("allownulls", named.name != "sysname" && type.kind != .rowversion)
      rows.set("type", type.kind.systemTypeID)
      rows.set("prec", type.isText ? type.length : type.catalogPrecision)
      rows.set("scale", type.isNumber ? type.catalogScale : nil)
      rows.set("collation", type.isText ? contents.database.collation.name : nil)
    }
  }

  /// Schemas are users there.
  private static let users = CatalogView(
    "sys.sysusers", readsObjects: false,
    """
    uid smallint?, status smallint?, name sysname?, sid varbinary(85)?, roles varbinary(2048)?,
    createdate datetime, updatedate datetime, altuid smallint?, password varbinary(256)?, gid smallint?,
    environ varchar(255)?, hasdbaccess int?, islogin int?, isntname int?, isntgroup int?, isntuser int?,
    issqluser int?, isaliased int?, issqlrole int?, isapprole int?
    """
  ) { contents, _, rows throws(SQLError) in
    for (name, id) in [("public", 0)] + contents.database.allSchemas where id < 5 || id >= 16384 {
      let isRole = id == 0 || id >= 16384
      rows.begin()
      rows.set("uid", id)
      rows.set("status", 0)
      rows.set("name", name)
      rows.set("sid", id == 1 ? SQLValue.binary([1]) : .null)
      rows.set("gid", isRole ? id : 0)
      rows.set("hasdbaccess", id == 1 ? 1 : 0)
      rows.set("islogin", isRole ? 0 : 1)
      for column in ["isntname", "isntgroup", "isntuser"] { rows.set(column, 0) }
      rows.set("issqluser", isRole ? 0 : 1)
      rows.set("isaliased", 0)
      rows.set("issqlrole", isRole ? 1 : 0)
      rows.set("isapprole", 0)
    }
  }

  /// Texts in pieces of 4000 characters.
  private static let comments = CatalogView(
    "sys.syscomments",
    """
    id int, number smallint?, colid smallint, status smallint, ctext varbinary(8000), texttype smallint?,
    language smallint?, encrypted bit, compressed bit, text nvarchar(4000)?
    """
  ) { contents, _, rows throws(SQLError) in
    var texts = contents.modules.map { (id: $0.objectID, text: $0.text) }
    ConstraintViews.forEach(contents) { _, constraint in
      if let text = constraint.check { texts.append((constraint.objectID, text)) }
    }
    for table in contents.tables {
      for column in table.about.columns {
        if let value = column.defaultValue { texts.append((value.objectID, value.text)) }
      }
    }
    for (id, text) in texts {
      let units = Array(text.utf16)
      for (piece, start) in stride(from: 0, to: units.count, by: 4000).enumerated() {
        rows.begin()
        rows.set("id", id)
        rows.set("number", 1)
        rows.set("colid", piece + 1)
        rows.set("texttype", 2)
        rows.set("language", 0)
        rows.set("text", SQLValue.text(Array(units[start..<min(start + 4000, units.count)])))
      }
    }
  }

  private static let databases = CatalogView(
    "sys.sysdatabases", readsObjects: false,
    """
    name sysname?, dbid smallint?, sid varbinary(85)?, mode smallint?, status int?, status2 int?,
    crdate datetime, reserved datetime?, category int?, cmptlevel tinyint, filename nvarchar(260)?,
    version smallint?
    """
  ) { _, context, rows throws(SQLError) in
    for database in context.storage.databases.compactMap({ $0 }) {
      rows.begin()
      rows.set("name", database.name)
      rows.set("dbid", database.id)
      rows.set("sid", SQLValue.binary([1]))
      rows.set("mode", 0)
      rows.set("status", 65536 | (database.isReadOnly ? 1024 : 0) | (database.isSimple ? 8 : 0))
      rows.set("status2", 0)
      rows.set("category", 0)
      rows.set("cmptlevel", 150)
      rows.set("filename", "/var/opt/mssql/data/\(database.name).mdf")
      rows.set("version", 904)
    }
  }
}
