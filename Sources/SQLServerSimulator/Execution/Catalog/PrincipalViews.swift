/// Views of users and logins: sa, who is dbo everywhere, and those that every server has.
enum PrincipalViews {
  static let all: [CatalogView] = [databasePrincipals, serverPrincipals, sqlLogins]

  private static let databasePrincipals = CatalogView(
    "sys.database_principals", readsObjects: false,
    """
    name sysname, principal_id int, type char(1), type_desc nvarchar(60)?, default_schema_name sysname?,
    create_date datetime, modify_date datetime, owning_principal_id int?, sid varbinary(85)?,
    is_fixed_role bit, authentication_type int, authentication_type_desc nvarchar(60)?,
    default_language_name sysname?, default_language_lcid int?, allow_encrypted_value_modifications bit
    """
  ) { contents, _, rows throws(SQLError) in
    let users: [(String, Int, String?, SQLValue)] = [
      ("dbo", 1, "dbo", .binary([1])), ("guest", 2, "guest", .binary([0])),
      ("INFORMATION_SCHEMA", 3, nil, .null), ("sys", 4, nil, .null),
    ]
    for (name, id, schema, sid) in users {
      rows.begin()
      rows.set("name", name)
      rows.set("principal_id", id)
      rows.set("type", "S")
      rows.set("type_desc", "SQL_USER")
      rows.set("default_schema_name", schema)
      rows.set("sid", sid)
      rows.set("authentication_type", id == 1 ? 1 : 0)
      rows.set("authentication_type_desc", id == 1 ? "INSTANCE" : "NONE")
    }
    for (name, id) in [("public", 0)] + contents.database.allSchemas.filter({ $0.id >= 16384 }) {
      rows.begin()
      rows.set("name", name)
      rows.set("principal_id", id)
      rows.set("type", "R")
      rows.set("type_desc", "DATABASE_ROLE")
      rows.set("owning_principal_id", 1)
      rows.set("is_fixed_role", id >= 16384)
      rows.set("authentication_type_desc", "NONE")
    }
  }

  private static let serverColumns = """
    name sysname, principal_id int, sid varbinary(85)?, type char(1), type_desc nvarchar(60)?,
    is_disabled bit?, create_date datetime, modify_date datetime, default_database_name sysname?,
    default_language_name sysname?, credential_id int?,
    """

  private static func setSA(_ rows: inout CatalogRows) {
    rows.begin()
    rows.set("name", "sa")
    rows.set("principal_id", 1)
    rows.set("sid", SQLValue.binary([1]))
    rows.set("type", "S")
    rows.set("type_desc", "SQL_LOGIN")
    rows.set("is_disabled", false)
    rows.set("default_database_name", "master")
    rows.set("default_language_name", "us_english")
  }

  private static let serverPrincipals = CatalogView(
    "sys.server_principals", readsObjects: false,
    serverColumns + "\nowning_principal_id int?, is_fixed_role bit"
  ) { _, _, rows throws(SQLError) in
    setSA(&rows)
    let roles = [
      "public", "sysadmin", "securityadmin", "serveradmin", "setupadmin", "processadmin", "diskadmin",
      "dbcreator", "bulkadmin",
    ]
    for (place, name) in roles.enumerated() {
      rows.begin()
      rows.set("name", name)
      rows.set("principal_id", place + 2)
      rows.set("sid", SQLValue.binary([UInt8(place + 2)]))
      rows.set("type", "R")
      rows.set("type_desc", "SERVER_ROLE")
      rows.set("is_disabled", false)
      rows.set("owning_principal_id", 1)
      rows.set("is_fixed_role", name != "public")
    }
  }

  private static let sqlLogins = CatalogView(
    "sys.sql_logins", readsObjects: false,
    serverColumns + "\nis_policy_checked bit?, is_expiration_checked bit?, password_hash varbinary(256)?"
  ) { _, _, rows throws(SQLError) in
    setSA(&rows)
    rows.set("is_policy_checked", true)
    rows.set("is_expiration_checked", false)
  }
}
