/// What PostgreSQL's tables can have and no table that Proofload creates gets, as "… was not carried over" reads it.
enum Peculiarities {
  /// Each joins the table `c` to `p`, whose column `what` names something of it.
  static func statements(serverVersion: Int) -> [String] {
    [
      ofTables, ofConstraints(serverVersion), ofColumns,
      "JOIN (\(objects)) AS p(table_id, what) ON p.table_id = c.oid",
    ]
  }

  private static let ofTables = """
    JOIN LATERAL unnest(ARRAY[
      CASE WHEN c.relkind = 'p' THEN 'partitioning' END,
      CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED' END,
      CASE WHEN c.relrowsecurity THEN 'row security' END,
      CASE WHEN c.reloptions IS NOT NULL THEN 'the setting of storage parameters' END,
      CASE WHEN c.relreplident <> 'd' THEN 'its replica identity' END,
      CASE WHEN c.relacl IS NOT NULL THEN 'what is granted on it' END
    ]) AS p(what) ON p.what IS NOT NULL
    """

  private static func ofConstraints(_ serverVersion: Int) -> String {
    let columnList = serverVersion >= 150000 ? "k.confdelsetcols IS NOT NULL" : "false"
    return """
      JOIN pg_constraint k ON k.conrelid = c.oid AND k.conparentid = 0 JOIN LATERAL unnest(ARRAY[
        CASE WHEN k.contype = 'c' AND NOT k.convalidated
          THEN 'CHECK constraint ' || k.conname || ', which is NOT VALID,' END,
        CASE WHEN k.contype = 'x' THEN 'exclusion constraint ' || k.conname END,
        CASE WHEN k.contype = 't' THEN 'constraint trigger ' || k.conname END,
        CASE WHEN k.contype IN ('p', 'u') AND k.condeferrable THEN 'DEFERRABLE of constraint ' || k.conname END,
        CASE WHEN k.contype = 'f' AND k.confmatchtype <> 's' THEN 'MATCH FULL of foreign key ' || k.conname END,
        CASE WHEN k.contype = 'f' AND \(columnList)
          THEN 'the list of columns that foreign key ' || k.conname || ' sets' END,
        CASE WHEN obj_description(k.oid, 'pg_constraint') IS NOT NULL
          THEN 'the comment on constraint ' || k.conname END
      ]) AS p(what) ON p.what IS NOT NULL
      """
  }

  private static let ofColumns = """
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
      AND d.refobjsubid = a.attnum AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_sequence s ON s.seqrelid = d.objid
    JOIN LATERAL unnest(ARRAY[
      CASE WHEN s.seqincrement <> 1 OR s.seqcycle OR s.seqmin <> 1 THEN 'what sets the sequence of column ' || a.attname || ' apart' END,
      CASE WHEN a.attacl IS NOT NULL THEN 'what is granted on column ' || a.attname END
    ]) AS p(what) ON p.what IS NOT NULL
    """

  private static let objects = """
    SELECT r.ev_class, 'rule ' || r.rulename FROM pg_rewrite r
    UNION ALL SELECT y.polrelid, 'row security policy ' || y.polname FROM pg_policy y
    UNION ALL SELECT s.stxrelid, 'statistics object ' || s.stxname FROM pg_statistic_ext s
    UNION ALL SELECT h.inhrelid, 'inheritance' FROM pg_inherits h
    UNION ALL SELECT x.indrelid, 'the comment on index ' || i.relname FROM pg_index x
      JOIN pg_class i ON i.oid = x.indexrelid
      JOIN pg_description e ON e.objoid = i.oid AND e.classoid = 'pg_class'::regclass AND e.objsubid = 0
    """
}
