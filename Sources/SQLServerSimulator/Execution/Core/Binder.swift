/// Finds the names of expressions and queries, and their types: once for a statement's attempt.
///
/// It reads the storage and the session's variables as they are; the definitions of tables cannot change
/// before the attempt is over.
package struct Binder: Sendable {
  /// Of the outermost query first. A frame of rows corresponds to each when expressions are evaluated.
  var scopes: [Scope] = []
  var commonTables: [CommonTable] = []
  /// The outermost scope that a column was found in.
  var lowestReference = Int.max
  /// Queries within queries, views and common table expressions among them.
  var depth = 0
  /// SQL Server's documentation says 32 as well.
  static let maximumDepth = 32
  /// The common table expression that is being bound, in small letters.
  var recursive: String?

  package init() {}

  /// A value of another type by itself, as assignments and comparisons make it. Throws 206 or 257.
  package func convert(
    _ operand: BoundExpression, to type: SQLType, in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    guard let source = operand.type else {
      return BoundExpression(.constant(.null), type)
    }
    if source == type { return operand }
    try source.requireConversion(to: type)
    var result = BoundExpression(
      .conversion(operand, style: nil, isTry: false), type, isNullable: operand.isNullable)
    result.hasExplicitCollation = operand.hasExplicitCollation
    return fold(result, in: &context)
  }

  /// The value itself for an expression of constants; an error is left for its execution.
  func fold(_ expression: BoundExpression, in context: inout StatementContext) -> BoundExpression {
    guard expression.isFoldable else { return expression }
    let warnings = context.evaluation.warnings.count
    do throws(SQLError) {
      let value = try context.evaluate(expression)
      guard context.evaluation.warnings.count == warnings else { throw .blocked }
      var folded = BoundExpression(.constant(value), expression.type, isNullable: value.isNull)
      folded.hasExplicitCollation = expression.hasExplicitCollation
      return folded
    } catch {
      context.evaluation.warnings.removeSubrange(warnings...)
      return expression
    }
  }
}

extension BoundExpression {
  fileprivate static let inconstant: Set<String> = [
    "newid", "rand", "getdate", "current_timestamp", "sysdatetime", "getutcdate", "sysutcdatetime",
    "sysdatetimeoffset",
  ]

  /// Whether all that it is made of is constant.
  fileprivate var isFoldable: Bool {
    switch node {
    case .unary(_, let operand): operand.constant != nil
    case .binary(_, let left, let right): left.constant != nil && right.constant != nil
    case .conversion(let operand, let style, _):
      operand.constant != nil && (style == nil || style?.constant != nil)
    case .call(let call):
      !BoundExpression.inconstant.contains(call.function.name)
        && call.arguments.allSatisfy { $0.constant != nil }
    default: false
    }
  }

  /// An integer literal's value: what counts for the precision of a decimal beside it.
  var integerConstant: Int64? {
    if case .constant(.integer(let value)) = node { return value }
    return nil
  }
}
