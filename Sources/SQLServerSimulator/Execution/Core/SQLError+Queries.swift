/// What the binder of queries says, besides names.
extension SQLError {
  private static func batch(
    _ number: Int32, _ severity: UInt8, _ message: String, state: UInt8 = 1
  ) -> SQLError { make(number, severity, state, message, .batch) }

  /// 130.
  static let nestedAggregate = batch(
    130, 15, "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.")
  static let aggregateOfSubquery = nestedAggregate
  /// 4108.
  static let windowOutOfPlace = batch(
    4108, 15, "Windowed functions can only appear in the SELECT or ORDER BY clauses.")
  /// 4112.
  static func windowNeedsOrder(_ name: String) -> SQLError {
    batch(4112, 15, "The function '\(name)' must have an OVER clause with ORDER BY.")
  }
  /// 10752.
  static func windowTakesNoFrame(_ name: String) -> SQLError {
    batch(10752, 15, "The function '\(name)' may not have a window frame.", state: 3)
  }
  /// 10759.
  static let distinctInWindow = batch(10759, 15, "Use of DISTINCT is not allowed with the OVER clause.")
  /// 512.
  static let severalRowsInSubquery = make(
    512, 16, 1,
    "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, "
      + ">= or when the subquery is used as an expression.", .statement)
  /// 1011.
  static func correlationNameTwice(_ name: String) -> SQLError {
    batch(1011, 16, "The correlation name '\(name)' is specified multiple times in a FROM clause.")
  }
  /// 1013.
  static func exposedNamesAlike(_ first: String, _ second: String) -> SQLError {
    batch(
      1013, 16,
      "The objects \"\(first)\" and \"\(second)\" in the FROM clause have the same exposed names. "
        + "Use correlation names to distinguish them.")
  }
  /// 107.
  static func prefixDoesNotMatch(_ prefix: String) -> SQLError {
    batch(
      107, 15,
      "The column prefix '\(prefix)' does not match with a table name or alias name used in the query.")
  }
  /// 104.
  static let orderByNotInCombination = batch(
    104, 15,
    "ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT "
      + "operator.")
  /// 8156.
  static func columnSpecifiedSeveralTimes(_ column: String, of name: String) -> SQLError {
    batch(8156, 16, "The column '\(column)' was specified multiple times for '\(name)'.")
  }
  /// 8158, 8159.
  static func columnListDoesNotMatch(_ name: String, hasMore: Bool) -> SQLError {
    batch(
      hasMore ? 8158 : 8159, 16,
      "'\(name)' has \(hasMore ? "more" : "fewer") columns than were specified in the column list.")
  }
  /// 10709.
  static let valuesDiffer = batch(
    10709, 16, "The number of columns for each row in a table value constructor must be the same.")
  /// 1060.
  static let topIsNoInteger = make(
    1060, 15, 1,
    "The number of rows provided for a TOP or FETCH clauses row count parameter must be an "
      + "integer.", .statement)
  /// 127, 1014.
  static let topIsNegative = make(
    127, 15, 1, "A TOP N or FETCH rowcount value may not be negative.", .statement)
  /// 10742.
  static let offsetIsNegative = make(
    10742, 15, 1, "The offset specified in a OFFSET clause may not be negative.", .statement)
  /// 10744.
  static let fetchIsNotPositive = make(
    10744, 15, 1,
    "The number of rows provided for a FETCH clause must be greater then zero.", .statement)
  /// 1031.
  static let percentOutOfRange = make(
    1031, 15, 1, "Percent values must be between 0 and 100.", .statement)
  /// 10741.
  static let topWithOffset = batch(
    10741, 15, "A TOP can not be used in the same query or sub-query as a OFFSET.", state: 2)
  /// 1062.
  static let tiesWithoutOrder = batch(
    1062, 15, "The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.")
  /// 1033.
  static let orderByInSubquery = batch(
    1033, 15,
    "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table "
      + "expressions, unless TOP, OFFSET or FOR XML is also specified.")
  /// 8154.
  static func ambiguousTarget(_ name: String) -> SQLError {
    batch(8154, 15, "The table '\(name)' is ambiguous.")
  }
  /// 263.
  static let starWithoutTable = batch(263, 16, "Must specify table to select from.")
  /// 408.
  static let constantInOrderBy = batch(
    408, 16, "A constant expression was encountered in the ORDER BY list, position 1.")
  /// 164.
  static let constantInGroupBy = batch(
    164, 15, "Each GROUP BY expression must contain at least one column that is not an outer reference.")
  /// 144.
  static let aggregateInGroupBy = batch(
    144, 15,
    "Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.")
}

extension SQLError {
  /// 4109's neighbour 4113 has no parameter: NTILE of nothing.
  static let tilesNotPositive = make(
    4113, 16, 1, "The function 'ntile' takes only a positive int or bigint expression as its input.",
    .statement)
}
