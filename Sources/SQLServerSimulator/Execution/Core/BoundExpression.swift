/// Where a column's value is: how many frames up, of which source, and which field of the stored row.
package struct ColumnPlace: Sendable, Equatable {
  package var depth: Int
  package var source: Int
  package var field: Int
}

/// An expression whose names are found and whose types are known.
package struct BoundExpression: Sendable, Equatable {
  indirect enum Node: Sendable, Equatable {
    case constant(SQLValue)
    case column(ColumnPlace)
    /// Of the frame so many up.
    case slot(depth: Int, Int)
    case variable(Int)
    case unary(UnaryValueOperator, BoundExpression)
    case binary(ValueOperator, BoundExpression, BoundExpression)
    case call(BoundCall)
    case catalogCall(BoundCatalogCall)
    case conversion(BoundExpression, style: BoundExpression?, isTry: Bool)
    case choice([BoundWhen], otherwise: BoundExpression?)
    /// COALESCE and ISNULL: nothing behind the first value is evaluated.
    case firstValue([BoundExpression])
    case subquery(BoundQuery)
  }

  var node: Node
  /// Nil for the constant NULL, which has none.
  package var type: SQLType?
  package var isNullable: Bool
  /// COLLATE was said of it.
  var hasExplicitCollation = false

  init(_ node: Node, _ type: SQLType?, isNullable: Bool = true) {
    self.node = node
    self.type = type
    self.isNullable = isNullable
  }

  static func constant(_ value: SQLValue, _ type: SQLType?) -> BoundExpression {
    BoundExpression(.constant(value), type, isNullable: value.isNull)
  }

  /// The type; int for the constant NULL.
  package var knownType: SQLType { type ?? .int }

  /// The value if it is the same for every row and execution.
  package var constant: SQLValue? {
    if case .constant(let value) = node { return value }
    return nil
  }

  /// The column that it is, and nothing else.
  package var column: ColumnPlace? {
    if case .column(let place) = node { return place }
    return nil
  }
}

/// A call of a function of values.
struct BoundCall: Sendable, Equatable {
  let function: ScalarFunction
  let arguments: [BoundExpression]

  static func == (left: BoundCall, right: BoundCall) -> Bool {
    left.function.name == right.function.name && left.arguments == right.arguments
      && !["newid", "rand"].contains(left.function.name)
  }
}

/// A call of a function of the session or the catalog.
struct BoundCatalogCall: Sendable, Equatable {
  let function: CatalogFunction
  let arguments: [BoundExpression]

  static func == (left: BoundCatalogCall, right: BoundCatalogCall) -> Bool {
    left.function.name == right.function.name && left.arguments == right.arguments
  }
}

struct BoundWhen: Sendable, Equatable {
  var condition: BoundCondition
  var result: BoundExpression
}

/// A condition whose names are found: true, false or unknown.
package indirect enum BoundCondition: Sendable, Equatable {
  case constant(Bool?)
  /// Operands that compare as values of the type.
  case comparison(ComparisonOperator, BoundExpression, BoundExpression, SQLType)
  case all([BoundCondition])
  case any([BoundCondition])
  case not(BoundCondition)
  case isNull(BoundExpression)
  /// Equal, or both NULL.
  case same(BoundExpression, BoundExpression, SQLType)
  case like(BoundLike)
  /// One of many constants.
  case member(BoundMember)
  case exists(BoundQuery)
  /// The operand is of the type already; the query's column is converted.
  case quantified(ComparisonOperator, BoundExpression, isAll: Bool, BoundQuery, SQLType)
}

package struct BoundMember: Sendable, Equatable {
  var operand: BoundExpression
  var keys: Set<[UInt8]>
  var hasNull: Bool
  var type: SQLType
}

package struct BoundLike: Sendable, Equatable {
  var text: BoundExpression
  var pattern: BoundExpression
  var escape: BoundExpression?
  var collation: Collation
  var isNational: Bool
}

extension SQLType {
  /// Without a collation of its own, as constants and variables are.
  var withoutCollation: SQLType {
    var copy = self
    copy.collation = nil
    return copy
  }
}
