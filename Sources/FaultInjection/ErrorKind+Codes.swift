import Databases

extension ErrorKind {
  /// The engine's own number for it, as its server answers at this operation; nil where it has none.
  package func code(in engine: Engine, at operation: Operation) -> String? {
    switch engine.rawValue {
    case "postgres": postgres(isConnecting: operation == .connect)
    case "sqlserver": sqlserver
    case "mysql": mysql
    case "sqlite": sqlite
    default: nil
    }
  }

  private func postgres(isConnecting: Bool) -> String {
    switch self {
    case .deadlock: "40P01"
    case .serialization: "40001"
    case .lockTimeout: "55P03"
    case .shutdown: isConnecting ? "57P03" : "57P01"
    case .readOnly: "25006"
    case .throttled: "53400"
    case .tooManyConnections: "53300"
    case .diskFull: "53100"
    case .outOfMemory: "53200"
    case .timeout: "57014"
    case .internalError: "XX000"
    }
  }

  private var sqlserver: String {
    switch self {
    case .deadlock: "1205"
    case .serialization: "3960"
    case .lockTimeout: "1222"
    case .shutdown: "6005"
    case .readOnly: "3906"
    case .throttled: "40501"
    case .tooManyConnections: "10928"
    case .diskFull: "1105"
    case .outOfMemory: "701"
    case .timeout: "-2"
    case .internalError: "17066"
    }
  }

  /// MySQL has one number for deadlocks and serialization failures.
  private var mysql: String? {
    switch self {
    case .deadlock, .serialization: "1213"
    case .lockTimeout: "1205"
    case .shutdown: "1053"
    case .readOnly: "1290"
    case .throttled: nil
    case .tooManyConnections: "1040"
    case .diskFull: "1021"
    case .outOfMemory: "1037"
    case .timeout: "3024"
    case .internalError: "1815"
    }
  }

  /// SQLite has no server that could be shut down, ask for less, or stop a statement by itself.
  private var sqlite: String? {
    switch self {
    case .deadlock, .lockTimeout: "5"
    case .serialization: "517"
    case .readOnly: "8"
    case .diskFull: "13"
    case .outOfMemory: "7"
    case .internalError: "1"
    case .shutdown, .throttled, .tooManyConnections, .timeout: nil
    }
  }

  /// What an engine would mean by it that has no number for it.
  private var nameless: (errorClass: ErrorClass, rollback: Rollback) {
    switch self {
    case .deadlock, .serialization: (.conflict, .transaction)
    case .lockTimeout: (.conflict, .statement)
    case .shutdown: (.connectionLost, .connection)
    case .readOnly: (.readOnly, .statement)
    case .throttled, .tooManyConnections: (.throttled, .statement)
    case .diskFull, .outOfMemory, .timeout, .internalError: (.permanent, .transaction)
    }
  }

  fileprivate var namelessFacts: ErrorFacts {
    var facts = ErrorFacts.unknown("")
    (facts.errorClass, facts.rollback) = nameless
    facts.meaning = String(rawValue.map { $0 == "-" ? " " : $0 })
    return facts
  }
}

extension InjectedError {
  /// What the engine answers, and what is known of it: the class that its driver would give it, and what it rolls back.
  package func answer(of engine: Engine, at operation: Operation) -> (code: String, facts: ErrorFacts) {
    let code: String
    switch self {
    case .code(let own): code = own
    case .kind(let kind):
      guard let own = kind.code(in: engine, at: operation) else { return ("", kind.namelessFacts) }
      code = own
    }
    return (code, ErrorCatalog.of(engine)?.facts(of: code) ?? .unknown(code))
  }
}
