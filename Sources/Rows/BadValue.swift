/// A value that a column type cannot hold, found while it is encoded or decoded.
///
/// It names the rule, never the value: the value may be a secret. Whoever catches it knows the table,
/// key and column, and adds them.
package struct BadValue: Error, Equatable, CustomStringConvertible {
  /// What is wrong, as the end of a sentence: "has more than 2 decimals".
  package let rule: String

  package init(_ rule: String) { self.rule = rule }
  package var description: String { rule }
}

/// A bad value and the column of the row in which it was found.
package struct BadField: Error, Equatable, CustomStringConvertible {
  /// Counted from 0, in the row's order.
  package let column: Int
  package let value: BadValue

  package init(column: Int, value: BadValue) {
    self.column = column
    self.value = value
  }
  package var description: String { "column \(column + 1) \(value.rule)" }
}
