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
