import Databases
import FaultInjection
import Replication
import Runtime

/// One way to interrupt a job: where, how, and what is then expected of whom.
struct Interruption: Hashable, Sendable {
  enum Fault: String, CaseIterable, Sendable {
    case errorBefore = "error-before"
    case errorAfter = "error-after"
    case cutBefore = "cut-before"
    case cutAfter = "cut-after"
    case killed = "kill-9"

    /// What the injector does; nil for a fault that no injector can make.
    var verdict: Verdict? {
      switch self {
      case .errorBefore: .fail(.kind(.deadlock), .before)
      case .errorAfter: .fail(.kind(.shutdown), .after)
      case .cutBefore: .cut(.before)
      case .cutAfter: .cut(.after)
      case .killed: nil
      }
    }
  }

  enum Mode: String, CaseIterable, Sendable {
    /// The interrupted run does not retry; a second run makes the copy whole.
    case rerun
    /// The run that is interrupted heals itself.
    case heal
  }

  var side: Side
  /// Of the side's moments, from 1, as the undisturbed run had them.
  var ordinal: Int
  var fault: Fault
  var mode: Mode

  var name: String { "\(side.rawValue):\(ordinal):\(fault.rawValue):\(mode.rawValue)" }

  init(side: Side, ordinal: Int, fault: Fault, mode: Mode) {
    self.side = side
    self.ordinal = ordinal
    self.fault = fault
    self.mode = mode
  }

  /// Nil for what `name` does not print.
  init?(name: String) {
    let parts = name.split(separator: ":").map(String.init)
    guard parts.count == 4, let side = Side(rawValue: parts[0]), let ordinal = Int(parts[1]),
      ordinal > 0,
      let fault = Fault(rawValue: parts[2]), let mode = Mode(rawValue: parts[3])
    else { return nil }
    self.init(side: side, ordinal: ordinal, fault: fault, mode: mode)
  }
}

/// The moments of an undisturbed run, side by side, and the ways to interrupt it at each of them.
struct Census: Sendable {
  var source: [Moment]
  var target: [Moment]

  func moment(_ interruption: Interruption) -> Moment? {
    let moments = interruption.side == .source ? source : target
    return interruption.ordinal <= moments.count ? moments[interruption.ordinal - 1] : nil
  }

  /// Every way at every moment. A killed process cannot heal itself.
  var interruptions: [Interruption] {
    var all: [Interruption] = []
    for mode in Interruption.Mode.allCases {
      for fault in Interruption.Fault.allCases where mode == .rerun || fault != .killed {
        for (side, moments) in [(Side.source, source), (.target, target)] {
          all += moments.indices.map {
            Interruption(side: side, ordinal: $0 + 1, fault: fault, mode: mode)
          }
        }
      }
    }
    return all
  }

  /// At most so many of them, with every kind of moment and every fault in its proportion.
  func sample(_ count: Int, seed: UInt64) -> [Interruption] {
    let all = interruptions
    guard all.count > count else { return all }
    // Neighbours are alike, so a step through the list visits everything evenly.
    let alike = all.enumerated().sorted { left, right in
      (order(left.element), left.offset) < (order(right.element), right.offset)
    }.map(\.element)
    var seed = Seed(seed)
    let start = Double.random(in: 0..<1, using: &seed)
    let step = Double(all.count) / Double(count)
    return (0..<count).map { alike[min(all.count - 1, Int((Double($0) + start) * step))] }
  }

  private func order(_ interruption: Interruption) -> String {
    let operation = moment(interruption).map { MomentKind($0).name } ?? ""
    return "\(operation) \(interruption.mode.rawValue) \(interruption.fault.rawValue)"
  }
}

/// What a row of the matrix is about.
struct MomentKind: Hashable, Sendable {
  var side: Side
  var operation: Operation

  init(_ moment: Moment) {
    side = moment.side
    operation = moment.operation
  }

  var name: String { "\(side.rawValue) \(operation.rawValue)" }
}

extension Moment {
  /// For people: `target commit of Votes (Votes#3)`.
  var sentence: String {
    var text = "\(side.rawValue) \(operation.rawValue)"
    if let batch { text += " batch \(batch)" }
    if let table { text += " of \(table)" }
    if let unit { text += " (unit \(unit))" }
    return text
  }
}
