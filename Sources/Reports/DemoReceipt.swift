import Replication

/// What the demonstration showed, step by step.
package struct DemoReceipt: Encodable, Sendable {
  package struct Step: Encodable, Sendable {
    package var title: String
    package var seconds: Double
    /// What was seen, as the demonstration told it.
    package var observations: [String]
    /// The run that the step tells of, where later runs are not like it.
    package var run: RunReceipt?

    package init(title: String, seconds: Double, observations: [String]) {
      self.title = title
      self.seconds = rounded(seconds)
      self.observations = observations
    }

    package mutating func took(_ time: Duration) { seconds = rounded(time.seconds) }
  }

  package var directory: String
  package var steps: [Step] = []

  package init(directory: String) { self.directory = directory }
}
