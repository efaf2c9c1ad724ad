import Databases

/// What slows a load down, forbids it, or is passed over by it: a bulk load checks no constraint and fires no trigger,
/// and a constraint that was not checked is no longer trusted.
extension SQLServerDriver {
  /// In the order in which they can be removed: a unique key goes after the foreign keys that rest on it. A foreign key
  /// between two tables is an obstacle of both.
  package mutating func obstacles(_ table: TableName) throws(DatabaseError) -> [Obstacle] {
    try closeRead()
    let table = qualified(table)
    guard let object = try objectID(table) else {
      throw failure(
        .configuration, "there is no such table", operation: "read the catalog", table: table)
    }
    func query(_ sql: String) throws(DatabaseError) -> [[SQLValue]] {
      try session.run(sql, operation: "read the catalog", table: table).rows
    }
    var found: [Obstacle] = []
    for row in try query(CatalogQueries.enabledForeignKeys(object)) {
      let owner = TableName(schema: row[0].text, name: row[1].text ?? "")
      found.append(constraint(.foreignKey, owner, row[2].text ?? "", isTrusted: row[3].integer != 1))
    }
    for row in try query(CatalogQueries.enabledChecks(object)) {
      found.append(constraint(.check, table, row[0].text ?? "", isTrusted: row[1].integer != 1))
    }
    for row in try query(CatalogQueries.enabledTriggers(object)) {
      let name = row[0].text ?? ""
      let (on, trigger) = (dialect.quoted(table), dialect.quoted(name))
      found.append(
        Obstacle(
          table: table, kind: .trigger, name: name, removal: "ALTER TABLE \(on) DISABLE TRIGGER \(trigger)",
          restoration: "ALTER TABLE \(on) ENABLE TRIGGER \(trigger)"))
    }
    for row in try query(CatalogQueries.enabledIndexes(object)) {
      let name = row[0].text ?? ""
      let index = "ALTER INDEX \(dialect.quoted(name)) ON \(dialect.quoted(table))"
      found.append(
        Obstacle(
          table: table, kind: row[1].integer == 1 ? .uniqueKey : .index, name: name,
          removal: "\(index) DISABLE",
          restoration: "\(index) REBUILD"))
    }
    return found
  }

  /// One that was never checked is not checked afterwards: rows may break it that are not ours.
  private func constraint(
    _ kind: Obstacle.Kind, _ table: TableName, _ name: String, isTrusted: Bool
  ) -> Obstacle {
    let (on, constraint) = (dialect.quoted(table), dialect.quoted(name))
    return Obstacle(
      table: table, kind: kind, name: name, removal: "ALTER TABLE \(on) NOCHECK CONSTRAINT \(constraint)",
      restoration: "ALTER TABLE \(on) WITH \(isTrusted ? "CHECK" : "NOCHECK") CHECK CONSTRAINT \(constraint)")
  }
}
