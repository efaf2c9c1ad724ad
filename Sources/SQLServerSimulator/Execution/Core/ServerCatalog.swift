/// A table that is calculated: a catalog view or a table-valued function's result.
package protocol VirtualTable: Sendable {
  var columns: [VirtualColumn] { get }
  /// A value for each column, of its type or NULL.
  func rows(_ context: inout StatementContext) throws(SQLError) -> [[SQLValue]]
  /// What tells it from others whose rows a statement has calculated; nil if they are calculated each time.
  var cacheKey: String? { get }
}

extension VirtualTable {
  package var cacheKey: String? { nil }
}

package struct VirtualColumn: Sendable {
  package var name: String
  package var type: SQLType
  package var isNullable: Bool

  package init(_ name: String, _ type: SQLType, isNullable: Bool = true) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
  }
}

/// A function that asks for objects, the session or the server.
package struct CatalogFunction: Sendable {
  package var name: String
  package var arguments: ClosedRange<Int>
  package var result: SQLType
  package var evaluate:
    @Sendable ([SQLValue], [SQLType?], inout StatementContext) throws(SQLError) -> SQLValue

  package init(
    _ name: String, _ arguments: ClosedRange<Int>, _ result: SQLType,
    _ evaluate:
      @escaping @Sendable ([SQLValue], [SQLType?], inout StatementContext) throws(SQLError) ->
      SQLValue
  ) {
    self.name = name
    self.arguments = arguments
    self.result = result
    self.evaluate = evaluate
  }
}

/// What queries ask of the catalog besides tables.
package protocol ServerCatalog: Sendable {
  /// `sys.x`, `INFORMATION_SCHEMA.x`, and `sysobjects` and its like, whose schema is dbo. Names are in small
  /// letters.
  func virtualTable(
    schema: String, name: String, database: Int, _ context: inout StatementContext
  ) throws(SQLError) -> (any VirtualTable)?
  /// A view's query, and the names of its columns if it has given them.
  func view(
    _ name: QualifiedName, database: Int, _ context: inout StatementContext
  ) throws(SQLError) -> (query: Query, columns: [Identifier])?
  /// A function by its name in small letters.
  func function(_ name: String) -> CatalogFunction?
  /// A function that returns rows, whatever its arguments are.
  func tableFunction(_ name: String) -> (any VirtualTable)?
}

extension ServerCatalog {
  package func tableFunction(_ name: String) -> (any VirtualTable)? { nil }
}

/// A catalog without anything.
package struct EmptyCatalog: ServerCatalog {
  package init() {}
  package func virtualTable(
    schema: String, name: String, database: Int, _ context: inout StatementContext
  ) throws(SQLError) -> (any VirtualTable)? { nil }
  package func view(
    _ name: QualifiedName, database: Int, _ context: inout StatementContext
  ) throws(SQLError) -> (query: Query, columns: [Identifier])? { nil }
  package func function(_ name: String) -> CatalogFunction? { nil }
}
