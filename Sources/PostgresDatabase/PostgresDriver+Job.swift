import Databases
import Rows

extension PostgresDriver {
  /// An advisory lock of the session: the server lets go of it when the connection ends, however it ends.
  package mutating func takeFence(job: String) throws(DatabaseError) {
    try closeRead()
    let operation = "take the fence"
    let key = PostgresDriver.fenceKey(job: job, schema: schema)
    do throws(DatabaseError) {
      // A run that has just ended may hold the lock until the server notices: a wait of some seconds tells the two apart.
      try transaction { driver throws(DatabaseError) in
        try driver.session.run("SET LOCAL lock_timeout = '10s'", operation: operation)
        try driver.session.run("SELECT pg_advisory_lock($1::int8)", [.integer(key)], operation: operation)
      }
      return
    } catch {
      guard error.code == "55P03" else { throw error }
    }
    let holder = try session.run(
      """
      SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (classid::int8 << 32) | objid::int8 = $1::int8
      """, [.integer(key)], operation: operation)
    let process = holder.rowCount > 0 ? holder.text(0, 0) : nil
    throw failure(
      .fenced, "another run holds this job" + (process.map { " (server process \($0))" } ?? ""),
      remedy: "Let it finish, or end it"
        + (process.map { "; if it is gone, end its connection: SELECT pg_terminate_backend(\($0))" } ?? "."),
      operation: operation)
  }

  static func fenceKey(job: String, schema: String) -> Int64 {
    var text = "proofload fence \(schema) \(job)"
    let hash = text.withUTF8 { Fingerprint.hash(UnsafeRawBufferPointer($0)) }
    return Int64(truncatingIfNeeded: hash)
  }

  package mutating func alignIdentity(_ table: TableName) throws(DatabaseError) {
    try closeRead()
    let table = qualified(table)
    let operation = "align identities"
    let result = try session.run(
      """
      SELECT a.attname, s.seqrelid::regclass, s.seqincrement > 0 FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum
        AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
      JOIN pg_sequence s ON s.seqrelid = d.objid
      WHERE n.nspname = $1 AND c.relname = $2 ORDER BY a.attnum
      """, [.text(table.schema ?? schema), .text(table.name)], operation: operation, table: table)
    for row in 0..<result.rowCount {
      guard let column = result.text(row, 0), let sequence = result.text(row, 1) else { continue }
      let isAscending = result.isTrue(row, 2)
      let (extreme, further) = isAscending ? ("max", ">") : ("min", "<")
      // A sequence that is further already stays where it is.
      try session.run(
        """
        SELECT setval(\(SQLText.literal(sequence))::regclass, m.value::int8, true)
        FROM (SELECT \(extreme)(\(dialect.quoted(column))) AS value FROM \(quoted(table))) AS m, \(sequence) AS s
        WHERE m.value \(further) s.last_value OR (m.value = s.last_value AND NOT s.is_called)
        """, operation: operation, table: table)
    }
  }
}
