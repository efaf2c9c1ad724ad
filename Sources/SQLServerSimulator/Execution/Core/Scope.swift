/// A column of a source of rows.
package struct SourceColumn: Sendable {
  package var name: String
  package var type: SQLType
  package var isNullable: Bool
  /// Its position in the stored row.
  package var field: Int
  package var isIdentity = false
  package var isComputed = false
  /// The table that it comes from unchanged, by number, and its position there.
  package var table: Int?

  package init(_ name: String, _ type: SQLType, isNullable: Bool, field: Int) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.field = field
  }
}

/// A name that columns may be qualified with, and the columns behind it.
struct ScopeSource: Sendable {
  /// The alias, or the table's name.
  var name: String
  /// Of a table without an alias.
  var schema: String?
  var columns: [SourceColumn]
  /// `inserted` and `deleted` of OUTPUT: their columns are found with the prefix only.
  var needsPrefix = false

  func answers(to qualifier: ObjectName) -> Bool {
    guard qualifier.name.text.lowercased() == name.lowercased() else { return false }
    guard let wanted = qualifier.schema else { return true }
    return schema?.lowercased() == wanted.text.lowercased()
  }

  func columns(_ name: String) -> [SourceColumn] {
    let key = name.lowercased()
    return columns.filter { $0.name.lowercased() == key }
  }
}

/// The sources of one query, and how far its binding has got.
struct Scope: Sendable {
  enum Phase: Sendable {
    /// Of single rows; aggregates have no place here.
    case rows
    /// Of groups, or of rows when there are none: select list, HAVING, ORDER BY.
    case results
    /// The arguments of an aggregate.
    case aggregate
  }

  var sources: [ScopeSource] = []
  /// The sources that a condition of a join sees; nil is all.
  var visible: Range<Int>?
  /// A derived table does not see its neighbours.
  var isHidden = false
  var phase = Phase.rows
  /// Whether rows are grouped: by GROUP BY, or by an aggregate alone.
  var isGrouped = false
  var keys: [GroupKey] = []
  var aggregates: [BoundAggregate] = []
  var windows: [BoundWindow] = []
  var slotCount = 0
  /// Of the select list, HAVING or ORDER BY: for messages.
  var clause = "select list"

  mutating func newSlot() -> Int {
    defer { slotCount += 1 }
    return slotCount
  }
}

struct GroupKey: Sendable {
  var expression: BoundExpression
  var slot: Int
}

struct BoundAggregate: Sendable {
  var function: AggregateFunction
  /// Nil for COUNT(*).
  var argument: BoundExpression?
  var isDistinct: Bool
  var slot: Int
  var type: SQLType
}

extension Binder {
  /// The column of a name: its place, and what is known of it.
  func resolve(_ reference: ColumnReference) throws(SQLError) -> (scope: Int, source: Int, SourceColumn) {
    for scope in scopes.indices.reversed() where !scopes[scope].isHidden {
      if let found = try resolve(reference, in: scope) { return found }
    }
    if let table = reference.table {
      throw SQLError.multiPartIdentifierNotBound("\(table.name.text).\(reference.name.text)")
        .at(line: Int32(reference.line))
    }
    throw SQLError.invalidColumnName(reference.name.text).at(line: Int32(reference.line))
  }

  private func resolve(
    _ reference: ColumnReference, in scope: Int
  ) throws(SQLError) -> (scope: Int, source: Int, SourceColumn)? {
    let sources = scopes[scope].sources
    var found: (scope: Int, source: Int, SourceColumn)?
    for source in scopes[scope].visible ?? sources.indices {
      if let qualifier = reference.table, !sources[source].answers(to: qualifier) { continue }
      if reference.table == nil, sources[source].needsPrefix { continue }
      let columns = sources[source].columns(reference.name.text)
      if columns.count > 1 || !columns.isEmpty && found != nil {
        throw SQLError.ambiguousColumnName(reference.name.text).at(line: Int32(reference.line))
      }
      if let column = columns.first {
        found = (scope, source, column)
      } else if reference.table != nil {
        throw SQLError.invalidColumnName(reference.name.text).at(line: Int32(reference.line))
      }
    }
    return found
  }

  /// A column as an expression: of a row, or of a group that has it as a key.
  mutating func bind(_ reference: ColumnReference) throws(SQLError) -> BoundExpression {
    if let table = reference.table, table.server != nil { throw .unsupported("four-part names") }
    let (scope, source, column) = try resolve(reference)
    lowestReference = min(lowestReference, scope)
    let depth = scopes.count - 1 - scope
    let place = ColumnPlace(depth: depth, source: source, field: column.field)
    let bound = BoundExpression(.column(place), column.type, isNullable: column.isNullable)
    guard scopes[scope].isGrouped, scopes[scope].phase == .results else { return bound }
    var own = bound
    own.node = .column(ColumnPlace(depth: 0, source: source, field: column.field))
    if let key = scopes[scope].keys.first(where: { $0.expression == own }) {
      return BoundExpression(.slot(depth: depth, key.slot), column.type, isNullable: column.isNullable)
    }
    let name = "\(scopes[scope].sources[source].name).\(column.name)"
    throw SQLError.columnNotGrouped(name, clause: scopes[scope].clause).at(line: Int32(reference.line))
  }
}
