import Replication

/// An option that a command understands.
struct Option: Sendable {
  let name: String
  /// What stands for the value in the help; nil for a flag.
  let value: String?
  let help: String
  var isRequired = false
  /// Stands for itself, without dashes.
  var isOperand = false

  static func flag(_ name: String, _ help: String) -> Option { Option(name: name, value: nil, help: help) }

  static func value(_ name: String, _ value: String, _ help: String) -> Option {
    Option(name: name, value: value, help: help)
  }

  static func required(_ name: String, _ value: String, _ help: String) -> Option {
    Option(name: name, value: value, help: help, isRequired: true)
  }

  static func operand(_ name: String, _ help: String) -> Option {
    Option(name: name, value: name, help: help, isOperand: true)
  }

  /// As it is written, without its value.
  var label: String { isOperand ? name : "--\(name)" }

  var usage: String { isOperand ? name : value.map { "--\(name) \($0)" } ?? "--\(name)" }
}

extension Option {
  /// What every command understands.
  static let common: [Option] = [
    .flag("json", "print exactly one JSON object on standard output"),
    .flag("quiet", "print errors only"),
    .value("log-level", "LEVEL", "error, warning (the default), info or debug, on standard error"),
    .flag("help", "explain this command"),
  ]

  static let from = Option.required("from", "URL", "the source; it is only ever read")
  static let to = Option.required("to", "URL", "the target")
  static let tables = Option.value(
    "tables", "LIST", "only these tables, separated by commas; may be given more than once")
  static let workers = Option.value("workers", "N", "units in flight at most (default 2)")
  static let names = Option.value(
    "names", "STYLE", "names of tables and columns that are created: keep (default), lowercase, snake_case")
  static let unitSize = Option.value(
    "unit-size", "SIZE", "data that a unit of work aims at (default 8MB; 1MB is 1,048,576 bytes)")
  static let receipt = Option.value("receipt", "FILE", "write the run's record there, as JSON")
  static let resume = Option.flag(
    "resume", "believe the ledger: go on with what is not done, without reading the rest")
  static let retryPolicy = Option.value(
    "retry-policy", "NAME",
    "what is tried again after an error, and when: \(RetryPolicy.all.map(\.name).joined(separator: ", ")), or the "
      + "path of a YAML file")
  static let retryLimit = Option.value(
    "retry-limit", "LIMIT",
    "give up a unit after so many attempts (5) or so much lost time (90s, 10m, 2h), or both (5,10m)")
  static let fresh = Option.flag("fresh", "forget the ledger: plan anew and copy everything")
}
