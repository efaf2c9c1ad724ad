import Databases
import Rows

/// What the server says about a table at the moment that it is read or written: whatever a plan remembers, the
/// bytes on the wire follow the catalog.
struct TableShape {
  struct Column {
    var name: String
    var type: ServerType
  }

  let table: TableName
  /// `ONLY ` for a table that others may inherit from, whose rows are theirs; nothing for a partitioned one,
  /// whose rows are all in its partitions.
  let only: String
  private let columns: [String: Column]

  /// In a snapshot the catalog's answer is always the same: it is asked once for each table.
  static func of(
    _ table: TableName, _ session: ServerSession, operation: String
  ) throws(DatabaseError) -> TableShape {
    if session.isInTransaction, let known = session.shapesOfSnapshot?[table] { return known }
    let shape = try TableShape(table, session, operation: operation)
    session.shapesOfSnapshot?[table] = shape
    return shape
  }

  private init(_ table: TableName, _ session: ServerSession, operation: String) throws(DatabaseError) {
    var columns = try TableShape.columns(table, session, operation: operation)
    // Resolving domains costs the server several times as much as all the rest, and every unit comes this way.
    if columns.types.contains(where: { $0.value.type.kind == ServerType.domain }) {
      columns = try TableShape.columns(table, session, resolvingDomains: true, operation: operation)
    }
    self.table = table
    only = columns.isPartitioned ? "" : "ONLY "
    self.columns = columns.types
  }

  private static func columns(
    _ table: TableName, _ session: ServerSession, resolvingDomains: Bool = false, operation: String
  ) throws(DatabaseError) -> (types: [String: Column], isPartitioned: Bool) {
    let result = try session.run(
      """
      \(resolvingDomains ? ServerType.domains : "")
      SELECT c.relkind, a.attname, \(resolvingDomains ? ServerType.columns : ServerType.unresolvedColumns)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN (pg_attribute a \(resolvingDomains ? ServerType.joins : ServerType.unresolvedJoins))
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')
      """, [.text(table.schema ?? ""), .text(table.name)], operation: operation, table: table)
    guard result.rowCount > 0 else {
      throw DatabaseError(
        engine: PostgresDialect.engine, errorClass: .configuration, message: "there is no such table",
        remedy: "Check the table's name, and schema= in the URL.", place: session.place(operation, table))
    }
    var types: [String: Column] = [:]
    for row in 0..<result.rowCount {
      guard let name = result.text(row, 1) else { continue }
      types[name] = Column(name: name, type: ServerType(result, row, from: 2))
    }
    return (types, result.text(0, 0) == "p")
  }

  func column(_ name: String, at place: ErrorPlace) throws(DatabaseError) -> (ServerType, ColumnType) {
    guard let column = columns[name] else {
      throw DatabaseError(
        engine: PostgresDialect.engine, errorClass: .configuration, message: "it has no column \(name)",
        remedy: "The table changed since it was planned; run again.", place: place)
    }
    guard let type = column.type.columnType else {
      throw DatabaseError(
        engine: PostgresDialect.engine, errorClass: .configuration,
        message: "column \(name) is of type \(column.type.name), which cannot be transferred",
        remedy: "Leave the column out, or cast it to text in a view or another column.", place: place)
    }
    return (column.type, type)
  }
}
