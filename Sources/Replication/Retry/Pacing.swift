import Runtime

/// How many writers a table may have: conflicts halve the number, quiet raises it again, one at a time.
package struct Pacing: Sendable {
  /// Units without a conflict, or time without one, that allow another writer.
  package static let quietUnits = 10
  package static let quietTime = Duration.seconds(30)

  private let most: Int
  package private(set) var writers: Int
  private var quiet = 0
  private var lastChange: Duration?
  private var lastLowering: Duration?

  package init(most: Int) {
    self.most = most
    writers = most
  }

  /// When quiet alone will allow another writer; nil if all are allowed.
  package var raisesAt: Duration? {
    guard writers < most, let lastChange else { return nil }
    return lastChange + Pacing.quietTime
  }

  /// A unit that began at `begun` met a conflict. Returns whether the number changed: units that began before
  /// it was last lowered say nothing about the number as it is.
  package mutating func conflict(begun: Duration, at now: Duration) -> Bool {
    quiet = 0
    if let lastLowering, begun < lastLowering { return false }
    lastChange = now
    guard writers > 1 else { return false }
    lastLowering = now
    writers /= 2
    return true
  }

  /// A unit was done without a conflict. Returns whether the number changed.
  package mutating func unitDone(at now: Duration) -> Bool {
    guard writers < most else { return false }
    quiet += 1
    return quiet >= Pacing.quietUnits && raise(at: now)
  }

  /// Returns whether the number changed.
  package mutating func look(at now: Duration) -> Bool {
    guard let raisesAt, raisesAt <= now else { return false }
    return raise(at: now)
  }

  private mutating func raise(at now: Duration) -> Bool {
    writers += 1
    quiet = 0
    lastChange = now
    return true
  }
}
