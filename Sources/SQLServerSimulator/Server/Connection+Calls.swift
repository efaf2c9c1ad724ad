import TDS

/// RPC and transaction manager requests.
extension Connection {
  func calls(of message: TDSMessage) throws(MalformedTDS) -> [ModuleCall] {
    let request = try message.payload.withRawBytes { (bytes) throws(MalformedTDS) in
      try RPCRequest.read(bytes, reply.version)
    }
    var calls: [ModuleCall] = []
    for call in request.calls {
      let spelled = try name(of: call.target)
      let bare = spelled.split(separator: ".").last.map(String.init) ?? spelled
      let name = bare.trimmingBrackets.lowercased()
      var converted = ModuleCall(name, spelled: spelled, [])
      for parameter in call.parameters where !parameter.status.contains(.byDefault) {
        converted.arguments.append(try argument(of: parameter))
      }
      calls.append(converted)
    }
    return calls
  }

  private func argument(
    of parameter: RPCRequest.Parameter
  ) throws(MalformedTDS) -> ModuleCall.Argument {
    do throws(SQLError) {
      let type = try SQLType(parameter.type)
      var value = SQLValue.null
      if let bytes = parameter.value {
        try bytes.withRawBytes { (bytes) throws(SQLError) in
          try type.validate(received: bytes, column: 1)
          value = type.decoded(bytes)
        }
      }
      return .init(parameter.name, type, value, isOutput: parameter.status.contains(.output))
    } catch {
      throw MalformedTDS(at: 0, "parameter '\(parameter.name)': \(error.message)")
    }
  }

  private func name(of target: RPCRequest.Target) throws(MalformedTDS) -> String {
    switch target {
    case .name(let name): return name
    case .number(let number):
      switch RPCRequest.Procedure(rawValue: number) {
      case .executeSQL: return "sp_executesql"
      case .prepare: return "sp_prepare"
      case .execute: return "sp_execute"
      case .prepareExecute: return "sp_prepexec"
      case .prepareExecuteRPC: return "sp_prepexecrpc"
      case .unprepare: return "sp_unprepare"
      case .cursor: return "sp_cursor"
      case .cursorOpen: return "sp_cursoropen"
      case .cursorPrepare: return "sp_cursorprepare"
      case .cursorExecute: return "sp_cursorexecute"
      case .cursorPrepareExecute: return "sp_cursorprepexec"
      case .cursorUnprepare: return "sp_cursorunprepare"
      case .cursorFetch: return "sp_cursorfetch"
      case .cursorOption: return "sp_cursoroption"
      case .cursorClose: return "sp_cursorclose"
      case nil: throw MalformedTDS(at: 0, "no procedure has the number \(number)")
      }
    }
  }

  // MARK: Transaction manager

  func manage(_ message: TDSMessage, _ session: Session) throws(MalformedTDS) -> Bool {
    let request = try message.payload.withRawBytes { (bytes) throws(MalformedTDS) in
      try TransactionRequest.read(bytes, reply.version)
    }
    return session.manage(request.action)
  }
}

extension Session {
  /// What a transaction manager request asks for.
  func manage(_ action: TransactionRequest.Action) -> Bool {
    request { () throws(SQLError) in
      scopes.append(ExecutionScope(kind: .batch))
      do throws(SQLError) {
        switch action {
        case .begin(let isolation, let name):
          set(isolation)
          try begin(name: name)
        case .commit(_, let next):
          try commit()
          if let next { try begin(next) }
        case .rollback(let name, let next):
          try rollback(to: name.isEmpty ? nil : name)
          if let next { try begin(next) }
        case .save(let name):
          try withOwnSession { storage throws(SQLError) in try storage.save(number, name) }
        case .other: throw .unsupported("a distributed transaction")
        }
        client.send(Done())
      } catch {
        try fail(error, command: Done.Command.none)
      }
    }
  }

  private func begin(_ next: TransactionRequest.Next) throws(SQLError) {
    set(next.isolation)
    try begin(name: next.name)
  }

  private func set(_ isolation: TransactionRequest.Isolation) {
    let level: IsolationLevel? =
      switch isolation {
      case .unchanged: nil
      case .readUncommitted: .readUncommitted
      case .readCommitted: .readCommitted
      case .repeatableRead: .repeatableRead
      case .serializable: .serializable
      case .snapshot: .snapshot
      }
    if let level { core.withStorage { $0.set(number, isolation: level) } }
  }
}

extension String {
  /// `[sys]` without its brackets.
  fileprivate var trimmingBrackets: String {
    hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
  }
}
