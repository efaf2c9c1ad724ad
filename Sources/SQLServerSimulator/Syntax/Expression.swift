/// A constant. Its type is SQL Server's for that spelling.
package enum Literal: Sendable, Equatable {
  case null
  /// Digits that fit `int`.
  case integer(Int32)
  /// Digits with a point, or too many for `int`: numeric with as many digits, `scale` of them after the
  /// point. No leading zeros before the point: `007.50` is `750` with scale 2, `0.05` is `5` with scale 2.
  case decimal(digits: String, scale: Int)
  case float(Double)
  /// In ten-thousandths.
  case money(Int64)
  /// `'x'`, and `"x"` with QUOTED_IDENTIFIER OFF: varchar in the database's code page.
  case string([UInt16])
  /// `N'x'`: nvarchar.
  case nationalString([UInt16])
  /// `0x1F`; an odd digit has a zero before it.
  case binary([UInt8])
}

/// What has a value. What is true, false or unknown is a `Condition`: T-SQL has no boolean values.
package enum Expression: Sendable, Equatable {
  case literal(Literal)
  /// With its `@`.
  case variable(String)
  /// With its `@@`.
  case systemVariable(String)
  indirect case column(ColumnReference)
  indirect case unary(UnaryOperator, Expression)
  indirect case binary(BinaryOperator, Expression, Expression)
  indirect case function(FunctionCall)
  /// CAST and, with `isTry`, TRY_CAST. Also `{d '...'}`, `{ts '...'}` and `{guid '...'}`.
  indirect case cast(Expression, to: DataType, isTry: Bool)
  /// CONVERT and, with `isTry`, TRY_CONVERT.
  indirect case convert(DataType, Expression, style: Expression?, isTry: Bool)
  /// CASE x WHEN y THEN z.
  indirect case simpleCase(Expression, [SimpleWhen], else: Expression?)
  /// CASE WHEN condition THEN z; IIF becomes this too.
  indirect case searchedCase([SearchedWhen], else: Expression?)
  indirect case collate(Expression, Identifier)
  indirect case atTimeZone(Expression, Expression)
  /// A query in parentheses: one column, at most one row.
  indirect case subquery(Query)
  /// DEFAULT, in VALUES, SET, and arguments.
  case defaultValue
  /// The unit of DATEADD, DATEDIFF, DATEPART and their like, in lower case and as written: `day`, `dd`.
  indirect case datePart(String)
  /// IDENTITY(type, seed, increment) in a SELECT INTO.
  indirect case identity(DataType, seed: Expression, increment: Expression)
}

package enum UnaryOperator: Sendable, Equatable {
  case plus, minus, bitwiseNot
}

/// All are left-associative. `*`, `/` and `%` bind more tightly than the rest, which are of one rank.
package enum BinaryOperator: Sendable, Equatable {
  /// Also joins strings.
  case add
  case subtract, multiply, divide, modulo
  case bitwiseAnd, bitwiseOr, bitwiseXor
}

package struct SimpleWhen: Sendable, Equatable {
  package var value: Expression
  package var result: Expression
}

package struct SearchedWhen: Sendable, Equatable {
  package var condition: Condition
  package var result: Expression
}

/// A function by name, aggregates among them. CURRENT_TIMESTAMP and USER, which have no parentheses, have
/// no arguments; LEFT, RIGHT, COALESCE and NULLIF are functions like others.
package struct FunctionCall: Sendable, Equatable {
  package var name: ObjectName
  package var arguments: [Expression]
  /// COUNT(DISTINCT x).
  package var isDistinct = false
  /// COUNT(*): no arguments.
  package var isStar = false
  /// STRING_AGG(...) WITHIN GROUP (ORDER BY ...).
  package var withinGroup: [OrderItem] = []
  package var over: Window?

  package init(name: ObjectName, arguments: [Expression]) {
    self.name = name
    self.arguments = arguments
  }
}

package struct Window: Sendable, Equatable {
  package var partitionBy: [Expression]
  package var orderBy: [OrderItem]
  package var frame: WindowFrame?
}

package struct WindowFrame: Sendable, Equatable {
  /// ROWS; otherwise RANGE.
  package var isRows: Bool
  package var start: FrameBound
  /// CURRENT ROW if it was not written.
  package var end: FrameBound
}

package enum FrameBound: Sendable, Equatable {
  case unboundedPreceding, unboundedFollowing, currentRow
  case preceding(Int)
  case following(Int)
}

/// What is true, false or unknown.
package indirect enum Condition: Sendable, Equatable {
  case comparison(ComparisonOperator, Expression, Expression)
  /// `x > ALL (query)`; `isAll` is false for ANY and SOME.
  case quantified(ComparisonOperator, Expression, isAll: Bool, Query)
  /// AND of two or more, in the order of the text.
  case all([Condition])
  /// OR of two or more.
  case any([Condition])
  case not(Condition)
  case isNull(Expression, isNegated: Bool)
  case between(Expression, low: Expression, high: Expression, isNegated: Bool)
  case inList(Expression, [Expression], isNegated: Bool)
  case inQuery(Expression, Query, isNegated: Bool)
  case like(Expression, pattern: Expression, escape: Expression?, isNegated: Bool)
  case exists(Query)
  /// IS [NOT] DISTINCT FROM; `isNegated` with NOT.
  case distinct(Expression, Expression, isNegated: Bool)
  /// UPDATE(column), in a trigger.
  case updates(Identifier)
}

package enum ComparisonOperator: Sendable, Equatable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

/// An expression whose text the catalog shows.
package struct SourcedExpression: Sendable, Equatable {
  package var expression: Expression
  package var range: Range<Int>
}

/// A condition whose text the catalog shows.
package struct SourcedCondition: Sendable, Equatable {
  package var condition: Condition
  package var range: Range<Int>
}
