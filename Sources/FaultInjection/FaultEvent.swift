import Databases
import Foundation

/// A fault that struck, as event logs and receipts tell it.
package struct FaultEvent: Sendable, Hashable, Codable {
  /// From 1, in the order in which faults struck.
  package var number: Int
  /// Time since the injector was made, in seconds.
  package var at: Double
  /// The rule's name.
  package var rule: String
  package var moment: Moment
  package var verdict: Verdict

  package init(number: Int, at: Double, rule: String, moment: Moment, verdict: Verdict) {
    self.number = number
    self.at = at
    self.rule = rule
    self.moment = moment
    self.verdict = verdict
  }

  /// What a wrapper and a proxy both know of it: the same plan gives the same signatures in both.
  package var signature: String {
    [rule, moment.side.rawValue, moment.operation.rawValue, moment.table ?? "-", verdict.kind]
      .joined(separator: " ")
  }

  /// The event as a line of JSON without its newline. Statements are left out: they may hold values.
  package var jsonLine: String {
    var fields = [
      ("n", String(number)), ("at", String(format: "%.3f", at)), ("rule", quoted(rule)),
      ("side", quoted(moment.side.rawValue)), ("operation", quoted(moment.operation.rawValue)),
    ]
    if let table = moment.table { fields.append(("table", quoted(table))) }
    if let unit = moment.unit { fields.append(("unit", quoted(unit))) }
    if let batch = moment.batch { fields.append(("batch", String(batch))) }
    if let offset = moment.offset { fields.append(("offset", String(offset))) }
    if let bytes = moment.bytes { fields.append(("bytes", String(bytes))) }
    fields.append(("verdict", quoted(verdict.description)))
    return "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }

  private func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 32: quoted += String(format: "\\u%04x", scalar.value)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension Verdict: CustomStringConvertible {
  /// Without figures: `fail deadlock before`, `cut within`.
  package var kind: String {
    switch self {
    case .pass: "pass"
    case .delay: "delay"
    case .fail(let error, let effect): "fail \(error) \(effect)"
    case .cut(let effect): "cut \(effect)"
    case .cutWithin: "cut within"
    case .stall: "stall"
    case .duplicate: "duplicate"
    case .throttle: "throttle"
    }
  }

  package var description: String {
    switch self {
    case .delay(let time), .stall(let time): "\(kind) \(String(format: "%.3f", time.inSeconds)) s"
    case .cutWithin(let bytes): "\(kind) \(bytes) bytes"
    case .throttle(let rate): "\(kind) \(rate) bytes/s"
    default: kind
    }
  }
}

extension InjectedError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .kind(let kind): kind.rawValue
    case .code(let code): code
    }
  }
}
