import Databases
import Rows

extension PostgresDriver {
  package mutating func split(_ request: SplitRequest) throws(DatabaseError) -> Split {
    try closeRead()
    let table = qualified(request.table)
    let shape = try TableShape.of(table, session, operation: "split")
    let size = try size(table, shape)
    var split = Split(estimatedRows: size.rows, estimatedBytes: size.bytes, cuts: [])
    let parts = min(request.maximumParts, (size.bytes + request.partBytes - 1) / max(request.partBytes, 1))
    guard let column = request.column, parts > 1, size.rows > 1 else { return split }
    let sample = SplitSample(share: size.share(ofRows: max(20_000, parts * 100)))
    switch column.type {
    case .int16, .int32, .int64:
      let expression = "\(dialect.quoted(column.name))::int8"
      split.cuts = try cuts(expression, as: "u.cut", parts, sample, table, shape).compactMap {
        Int64($0).map(KeyValue.integer)
      }
    case .text:
      let expression = dialect.bytewise(dialect.quoted(column.name))
      split.cuts = try cuts(
        expression, as: dialect.text(ofBytewise: "u.cut"), parts, sample, table, shape
      ).map(KeyValue.text)
    default: break
    }
    return split
  }

  private struct Size {
    var rows: Int
    var bytes: Int
    /// Of the rows alone, without what is stored beside them.
    var pages: Int

    /// The percentage of pages that holds about so many rows; never fewer than a few hundred pages, since
    /// neighbours on a page are often neighbours in the key.
    func share(ofRows wanted: Int) -> Double {
      guard pages > 0, rows > 0 else { return 100 }
      let pagesWanted = max(500, Double(wanted) / Double(rows) * Double(pages))
      return min(100, 100 * pagesWanted / Double(pages))
    }
  }

  private func size(_ table: TableName, _ shape: TableShape) throws(DatabaseError) -> Size {
    let result = try session.run(
      """
      SELECT coalesce(sum(pg_table_size(c.oid)), 0)::int8,
        coalesce(sum(pg_relation_size(c.oid)) / current_setting('block_size')::int8, 0)::int8,
        coalesce(sum(CASE WHEN c.relpages > 0 THEN c.reltuples::float8 / c.relpages
          * (pg_relation_size(c.oid) / current_setting('block_size')::int8) END), 0)::int8,
        coalesce(bool_or(c.relpages = 0 AND pg_relation_size(c.oid) > 0), false)
      FROM (SELECT $1::regclass AS oid UNION SELECT relid FROM pg_partition_tree($1::regclass)) AS t
      JOIN pg_class c ON c.oid = t.oid AND c.relkind = 'r'
      """, [.text(dialect.quoted(table))], operation: "split", table: table)
    var size = Size(
      rows: result.integer(0, 2) ?? 0, bytes: result.integer(0, 0) ?? 0, pages: result.integer(0, 1) ?? 0)
    // Nobody has analyzed the table, or a part of it.
    if result.isTrue(0, 3) {
      let share = min(100, 100 * 300 / Double(max(size.pages, 1)))
      let count = try session.run(
        "SELECT count(*) FROM \(sampled(table, shape, SplitSample(share: share)))", operation: "split",
        table: table)
      size.rows = Int(Double(count.integer(0, 0) ?? 0) * 100 / share)
    }
    return size
  }

  private func sampled(_ table: TableName, _ shape: TableShape, _ sample: SplitSample) -> String {
    let name = "\(shape.only)\(dialect.quoted(table))"
    // The seed makes two plans of an unchanged table the same plan.
    return sample.share >= 100 ? name : "\(name) TABLESAMPLE SYSTEM (\(sample.share)) REPEATABLE (1)"
  }

  private func cuts(
    _ expression: String, as result: String, _ parts: Int, _ sample: SplitSample, _ table: TableName,
    _ shape: TableShape
  ) throws(DatabaseError) -> [String] {
    let shares = (1..<parts).map { String(Double($0) / Double(parts)) }.joined(separator: ", ")
    let result = try session.run(
      """
      SELECT \(result) FROM unnest((SELECT percentile_disc(ARRAY[\(shares)]::float8[])
        WITHIN GROUP (ORDER BY \(expression)) FROM \(sampled(table, shape, sample))))
        WITH ORDINALITY AS u(cut, position)
      WHERE u.cut IS NOT NULL ORDER BY u.position
      """, operation: "split", table: table)
    var cuts: [String] = []
    for row in 0..<result.rowCount {
      guard let cut = result.text(row, 0) else { continue }
      // Ascending as they come; by bytes, since Swift takes two spellings of one character for equal.
      if let last = cuts.last, last.utf8.elementsEqual(cut.utf8) { continue }
      cuts.append(cut)
    }
    return cuts
  }
}

/// Which part of a table's pages is looked at.
private struct SplitSample {
  /// In percent.
  var share: Double
}
