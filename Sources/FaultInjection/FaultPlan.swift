import Databases
import Runtime

/// A seeded list of faults, with the moments at which they strike and their cure.
package struct FaultPlan: Sendable, Hashable {
  package var name: String
  /// What it is like, in a line.
  package var about: String?
  /// Decides what probabilities come to.
  package var seed: UInt64
  package var rules: [FaultRule]

  package init(name: String, about: String? = nil, seed: UInt64 = 1, rules: [FaultRule]) {
    self.name = name
    self.about = about
    self.seed = seed
    self.rules = rules
  }

  /// Rules that no wrapper round a connection can follow, since only a proxy sees statements.
  package var rulesForTheWireOnly: [FaultRule] {
    rules.filter { $0.statement != nil || $0.operations == [.statement] }
  }

  /// Rules that no proxy can follow: it would have to swallow an answer.
  package var rulesForTheWrapperOnly: [FaultRule] { rules.filter { $0.verdict == .duplicate } }
}

/// One thing that goes wrong.
package struct FaultRule: Sendable, Hashable {
  /// Which of the matching moments it strikes.
  package enum Occurrence: Sendable, Hashable {
    /// Counted from 1.
    case nth([Int])
    /// 1 is each.
    case every(Int)
    case probability(Ratio)
  }

  package struct Ratio: Sendable, Hashable {
    package var numerator: UInt64
    package var denominator: UInt64

    package init(_ numerator: UInt64, of denominator: UInt64) {
      self.numerator = numerator
      self.denominator = denominator
    }
  }

  /// What ends it, whichever comes first. A rule without a cure would forbid every job to end well.
  package struct Cure: Sendable, Hashable {
    package var times: Int?
    /// Time since it struck first.
    package var after: Duration?

    package init(times: Int? = nil, after: Duration? = nil) {
      precondition(times != nil || after != nil, "no rule is without a cure")
      self.times = times
      self.after = after
    }
  }

  /// What it does. An `after-bytes` rule that cuts does so within the moment.
  package var verdict: Verdict
  package var name: String
  package var operations: Set<Operation>
  package var sides: Set<Side> = [.target]
  package var table: GlobPattern?
  package var unit: GlobPattern?
  package var statement: GlobPattern?
  package var batch: Int?
  /// Matches the moment that moves this byte of a read or write, counted from 0.
  package var afterBytes: Int?
  package var occurrence = Occurrence.every(1)
  /// The first matching moment that it may strike, counted from 1.
  package var from = 1
  /// It is not there before this rule is cured.
  package var follows: String?
  package var cure: Cure

  package init(name: String, at operations: Set<Operation>, _ verdict: Verdict, cure: Cure) {
    self.name = name
    self.operations = operations
    self.verdict = verdict
    self.cure = cure
  }

  func matches(_ moment: Moment) -> Bool {
    guard operations.contains(moment.operation), sides.contains(moment.side) else { return false }
    if let batch, moment.batch != batch { return false }
    if let afterBytes {
      guard let offset = moment.offset, let bytes = moment.bytes,
        offset <= afterBytes, afterBytes < offset + bytes
      else { return false }
    }
    // Where nothing moves, there is nothing to slow down.
    if case .throttle = verdict, moment.bytes == nil { return false }
    // Rows arrive twice; that a write begins is between a driver and its caller.
    if verdict == .duplicate, moment.operation == .write, moment.bytes == nil { return false }
    func fits(_ pattern: GlobPattern?, _ text: String?) -> Bool {
      guard let pattern else { return true }
      return text.map(pattern.matches) ?? false
    }
    return fits(table, moment.table) && fits(unit, moment.unit) && fits(statement, moment.statement)
  }

  /// What becomes of a moment that it strikes.
  func verdict(at moment: Moment) -> Verdict {
    guard let afterBytes, let offset = moment.offset, case .cut = verdict else { return verdict }
    return .cutWithin(bytes: afterBytes - offset)
  }

  /// `ordinal` is the moment's position among those that match. The answer depends on nothing else, so that it is
  /// the same wherever the plan is followed.
  func strikes(_ ordinal: Int, seed: Seed) -> Bool {
    guard ordinal >= from else { return false }
    switch occurrence {
    case .nth(let ordinals): return ordinals.contains(ordinal)
    case .every(let step): return (ordinal - from + 1).isMultiple(of: step)
    case .probability(let ratio):
      var draw = seed.derived(UInt64(ordinal))
      return draw.next() % ratio.denominator < ratio.numerator
    }
  }
}

/// A text with `*` for any characters; letters are equal to their capitals.
package struct GlobPattern: Sendable, Hashable {
  package let text: String
  private let characters: [Character]

  package init(_ text: String) {
    self.text = text
    characters = Array(text.lowercased())
  }

  package func matches(_ other: String) -> Bool {
    let other = Array(other.lowercased())
    var (position, index) = (0, 0)
    var star: (position: Int, index: Int)?
    while index < other.count {
      if position < characters.count, characters[position] == "*" {
        star = (position, index)
        position += 1
      } else if position < characters.count, characters[position] == other[index] {
        position += 1
        index += 1
      } else if let last = star {
        // The last star takes one character more.
        star = (last.position, last.index + 1)
        (position, index) = (last.position + 1, last.index + 1)
      } else {
        return false
      }
    }
    return characters[position...].allSatisfy { $0 == "*" }
  }
}
