import Databases
import Foundation
import Rows

extension PostgresDriver {
  package mutating func tables() throws(DatabaseError) -> [TableSchema] {
    try closeRead()
    try requireSchema(operation: "read the catalog")
    var catalog = SchemaCatalog(schema: schema, session: session)
    return try catalog.read()
  }

  func requireSchema(operation: String) throws(DatabaseError) {
    let found = try session.run(
      "SELECT FROM pg_namespace WHERE nspname = $1", [.text(schema)], operation: operation)
    guard found.rowCount > 0 else {
      throw failure(
        .configuration, "there is no schema \(schema) in the database",
        remedy: "Check schema= in the URL, or create it: CREATE SCHEMA \(dialect.quoted(schema))",
        operation: operation)
    }
  }
}

/// Reads the catalog of one schema: a few statements for all of its tables.
private struct SchemaCatalog {
  let schema: String
  let session: ServerSession
  private var tables: [String: TableSchema] = [:]

  init(schema: String, session: ServerSession) {
    self.schema = schema
    self.session = session
  }

  mutating func read() throws(DatabaseError) -> [TableSchema] {
    try readTables()
    try readColumns()
    try readKeys()
    try readForeignKeys()
    try readTriggers()
    try readChecks()
    try readWhatCannotBeCarried()
    return tables.values.sorted { $0.name.name.utf8.lexicographicallyPrecedes($1.name.name.utf8) }
  }

  /// Tables of the schema: a partitioned table stands for its partitions.
  private static let tables = """
    pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1 \
    AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    """

  private func query(_ sql: String) throws(DatabaseError) -> ResultSet {
    try session.run(sql, [.text(schema)], operation: "read the catalog")
  }

  private mutating func change(
    _ result: borrowing ResultSet, _ row: Int, _ body: (inout TableSchema) throws(DatabaseError) -> Void
  ) throws(DatabaseError) {
    // A table that somebody created between two of the statements is not part of this catalog.
    guard let name = result.text(row, 0), var table = tables[name] else { return }
    try body(&table)
    tables[name] = table
  }

  private mutating func readTables() throws(DatabaseError) {
    let result = try query(
      "SELECT c.relname, obj_description(c.oid, 'pg_class') FROM \(SchemaCatalog.tables)")
    for row in 0..<result.rowCount {
      guard let name = result.text(row, 0), !LedgerTables.all.contains(name) else { continue }
      var table = TableSchema(
        name: TableName(schema: schema, name: name), engine: PostgresDialect.engine, columns: [])
      table.comment = result.text(row, 1)
      tables[name] = table
    }
  }

  private mutating func readColumns() throws(DatabaseError) {
    let result = try query(
      """
      \(ServerType.domains)
      SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
        a.attnotnull OR coalesce(d.is_not_null, false), a.attidentity, a.attgenerated,
        pg_get_expr(def.adbin, def.adrelid),
        EXISTS (SELECT FROM pg_depend o JOIN pg_depend u
          ON u.refobjid = o.objid AND u.classid = 'pg_attrdef'::regclass AND u.objid = def.oid
          WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass
          AND o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype = 'a'),
        CASE WHEN a.attcollation <> (SELECT y.typcollation FROM pg_type y WHERE y.oid = a.atttypid)
          THEN (SELECT quote_ident(ln.nspname) || '.' || quote_ident(l.collname) FROM pg_collation l
            JOIN pg_namespace ln ON ln.oid = l.collnamespace WHERE l.oid = a.attcollation) END,
        col_description(c.oid, a.attnum), t.typtype = 'e' OR d.type IS NOT NULL, \(ServerType.columns)
      FROM \(SchemaCatalog.tables)
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      \(ServerType.joins)
      LEFT JOIN pg_attrdef def ON def.adrelid = c.oid AND def.adnum = a.attnum
      ORDER BY c.relname, a.attnum
      """)
    for row in 0..<result.rowCount {
      let isSerial = result.isTrue(row, 7)
      let identity: Identity? =
        switch result.text(row, 4) {
        case "a": .always
        case "d": .byDefault
        default: isSerial ? .byDefault : nil
        }
      let storage = ["s": "STORED", "v": "VIRTUAL"][result.text(row, 5) ?? ""]
      let type = ServerType(result, row, from: 11)
      var column = ColumnSchema(
        name: result.text(row, 1) ?? "", type: type.columnType,
        declared: result.text(row, 2) ?? "", isNullable: !result.isTrue(row, 3),
        isGenerated: storage != nil, identity: identity,
        defaultExpression: isSerial || storage != nil ? nil : result.text(row, 6))
      if let storage, let expression = result.text(row, 6) {
        column.generation = "GENERATED ALWAYS AS (\(expression)) \(storage)"
      }
      column.collation = result.text(row, 8)
      column.comment = result.text(row, 9)
      column.isOfUserType = result.isTrue(row, 10)
      column.rewritesText = type.oid == ServerType.jsonb
      try change(result, row) { table throws(DatabaseError) in table.columns.append(column) }
    }
  }

  private mutating func readKeys() throws(DatabaseError) {
    // A plain index is what CREATE INDEX (a, b) makes, and no more: no expression, condition,
    // order, operator class, collation or included column of its own.
    let distinctNulls = session.serverVersion >= 150000 ? "NOT x.indnullsnotdistinct" : "true"
    let result = try query(
      """
      SELECT c.relname, i.relname, x.indisprimary, x.indisunique,
        x.indpred IS NULL AND x.indexprs IS NULL AND m.amname = 'btree' AND x.indisvalid
        AND x.indnatts = x.indnkeyatts AND \(distinctNulls)
        AND 0 = ALL (x.indoption::int2[])
        AND NOT EXISTS (SELECT FROM unnest(x.indclass::oid[]) AS u(oid)
          JOIN pg_opclass o ON o.oid = u.oid WHERE NOT o.opcdefault)
        AND NOT EXISTS (SELECT FROM unnest(x.indcollation::oid[], x.indkey::int2[]) AS u(collation_id, attribute)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attribute
          WHERE u.collation_id <> a.attcollation),
        (SELECT json_agg(a.attname ORDER BY k.position) FROM unnest(x.indkey::int2[])
          WITH ORDINALITY AS k(attribute, position)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attribute
          WHERE k.position <= x.indnkeyatts)
      FROM \(SchemaCatalog.tables)
      JOIN pg_index x ON x.indrelid = c.oid
      JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
      LEFT JOIN pg_constraint e ON e.conindid = i.oid AND e.conrelid = c.oid AND e.contype = 'x'
      WHERE e.oid IS NULL
      ORDER BY c.relname, i.relname
      """)
    for row in 0..<result.rowCount {
      let key = KeySchema(
        name: result.text(row, 1) ?? "", columns: try names(result.text(row, 5)),
        isUnique: result.isTrue(row, 3))
      let (isPrimary, isPlain) = (result.isTrue(row, 2), result.isTrue(row, 4))
      try change(result, row) { table throws(DatabaseError) in
        if isPrimary {
          table.primaryKey = key
        } else if isPlain {
          table.indexes.append(key)
        } else {
          table.unportable.append("index \(key.name)")
        }
      }
    }
  }

  private mutating func readForeignKeys() throws(DatabaseError) {
    let result = try query(
      """
      SELECT c.relname, f.conname, rn.nspname, r.relname,
        (SELECT json_agg(a.attname ORDER BY k.position) FROM unnest(f.conkey) WITH ORDINALITY AS k(number, position)
          JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number),
        (SELECT json_agg(a.attname ORDER BY k.position) FROM unnest(f.confkey) WITH ORDINALITY AS k(number, position)
          JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number),
        f.confdeltype, f.confupdtype, f.condeferrable, f.condeferred, f.convalidated
      FROM \(SchemaCatalog.tables)
      JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND f.conparentid = 0
      JOIN pg_class r ON r.oid = f.confrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace
      ORDER BY c.relname, f.conname
      """)
    for row in 0..<result.rowCount {
      var foreignKey = ForeignKeySchema(
        name: result.text(row, 1) ?? "", columns: try names(result.text(row, 4)),
        referencedTable: TableName(schema: result.text(row, 2), name: result.text(row, 3) ?? ""),
        referencedColumns: try names(result.text(row, 5)))
      foreignKey.onDelete = SchemaCatalog.action(result.text(row, 6))
      foreignKey.onUpdate = SchemaCatalog.action(result.text(row, 7))
      foreignKey.isDeferrable = result.isTrue(row, 8)
      foreignKey.isInitiallyDeferred = result.isTrue(row, 9)
      foreignKey.isValidated = result.isTrue(row, 10)
      try change(result, row) { table throws(DatabaseError) in table.foreignKeys.append(foreignKey) }
    }
  }

  private static func action(_ code: String?) -> ForeignKeyAction {
    switch code {
    case "r": .restrict
    case "c": .cascade
    case "n": .setNull
    case "d": .setDefault
    default: .noAction
    }
  }

  private mutating func readTriggers() throws(DatabaseError) {
    let result = try query(
      """
      SELECT c.relname, t.tgname FROM \(SchemaCatalog.tables)
      JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal ORDER BY c.relname, t.tgname
      """)
    for row in 0..<result.rowCount {
      let trigger = result.text(row, 1) ?? ""
      try change(result, row) { table throws(DatabaseError) in table.triggers.append(trigger) }
    }
  }

  /// Those that hold: a table's rows need not satisfy one that is NOT VALID, and so could not be loaded under it.
  private mutating func readChecks() throws(DatabaseError) {
    let result = try query(
      """
      SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM \(SchemaCatalog.tables)
      JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'c' AND k.convalidated
      ORDER BY c.relname, k.conname
      """)
    for row in 0..<result.rowCount {
      let check = CheckSchema(name: result.text(row, 1) ?? "", definition: result.text(row, 2) ?? "")
      try change(result, row) { table throws(DatabaseError) in table.checks.append(check) }
    }
  }

  private mutating func readWhatCannotBeCarried() throws(DatabaseError) {
    for statement in Peculiarities.statements(serverVersion: session.serverVersion) {
      let result = try query(
        "SELECT c.relname, p.what FROM \(SchemaCatalog.tables) \(statement) ORDER BY c.relname, p.what")
      for row in 0..<result.rowCount {
        let what = result.text(row, 1) ?? ""
        try change(result, row) { table throws(DatabaseError) in table.unportable.append(what) }
      }
    }
  }

  /// A JSON array of names; NULL for a key that has none, as an index over expressions.
  private func names(_ json: String?) throws(DatabaseError) -> [String] {
    guard let json else { return [] }
    guard let names = try? JSONDecoder().decode([String].self, from: Data(json.utf8)) else {
      throw DatabaseError(
        engine: PostgresDialect.engine, errorClass: .permanent, message: "the catalog's names are no JSON",
        place: session.place("read the catalog"))
    }
    return names
  }
}
