/// A catalog with the tables `inserted` and `deleted`, for the body of a trigger.
package struct TriggerCatalog: ServerCatalog {
  private let base: any ServerCatalog
  private let inserted: PseudoTable
  private let deleted: PseudoTable

  package init(_ firing: TriggerFiring, over base: any ServerCatalog) {
    self.base = base
    inserted = PseudoTable(rows: firing.inserted)
    deleted = PseudoTable(rows: firing.deleted)
  }

  package func virtualTable(
    schema: String, name: String, database: Int, _ context: inout StatementContext
  ) throws(SQLError) -> (any VirtualTable)? {
    if schema == "dbo", name == "inserted" { return inserted }
    if schema == "dbo", name == "deleted" { return deleted }
    return try base.virtualTable(schema: schema, name: name, database: database, &context)
  }

  package func view(
    _ name: QualifiedName, database: Int, _ context: inout StatementContext
  ) throws(SQLError) -> (query: Query, columns: [Identifier])? {
    try base.view(name, database: database, &context)
  }

  package func function(_ name: String) -> CatalogFunction? { base.function(name) }
}

/// The rows of a result as a table.
private struct PseudoTable: VirtualTable {
  let rows: ResultSet

  var columns: [VirtualColumn] {
    rows.columns.map { VirtualColumn($0.name, $0.declared, isNullable: $0.isNullable) }
  }

  func rows(_ context: inout StatementContext) throws(SQLError) -> [[SQLValue]] {
    var all: [[SQLValue]] = []
    all.reserveCapacity(rows.count)
    rows.forEach { values in
      all.append(zip(rows.columns, values).map { $0.declared.decoded($1) })
    }
    return all
  }
}
