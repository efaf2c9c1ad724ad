/// What INSERT, UPDATE or DELETE did.
package struct WriteOutcome: Sendable {
  /// Rows of the target: @@ROWCOUNT.
  package var count: Int
  /// The rows of an OUTPUT clause without INTO.
  package var output: ResultSet?

  package init(count: Int, output: ResultSet? = nil) {
    self.count = count
    self.output = output
  }
}
