import FaultInjection
import TDS

/// What a request asks for.
extension TDSCodec {
  /// The moments of the message whose beginning is there. Takes note of what its reply and later messages refer to.
  mutating func moments(of message: TDSFrame.Beginning) throws(MalformedMessage) -> [Moment] {
    if !nextStatus.isEmpty {
      transact.reset()
      handles = [:]
      lastWrite = nil
      if nextStatus.contains(.resetConnection) {
        transaction = 0
        reader.hasCommitted()
      }
    }
    var payload = message.payload
    if !message.isWhole, message.header.type == .batch, payload.count % 2 == 1 { payload.removeLast() }
    do throws(MalformedTDS) {
      let version = version
      switch message.header.type {
      case .batch:
        let batch = try payload.withRawBytes { (bytes) throws(MalformedTDS) in
          try BatchRequest.read(bytes, version)
        }
        return moments(ofText: batch.text, bytes: payload.count)
      case .rpc:
        nextExchange.isCall = true
        let request = try payload.withRawBytes { (bytes) throws(MalformedTDS) in
          try RPCRequest.readBeginning(bytes, version)
        }
        return request.calls.flatMap { moments(of: $0, bytes: payload.count) }
      default:
        let request = try payload.withRawBytes { (bytes) throws(MalformedTDS) in
          try TransactionRequest.read(bytes, version)
        }
        return moments(of: request.action)
      }
    } catch {
      throw MalformedMessage(error)
    }
  }

  private mutating func moments(ofText sql: String, bytes: Int) -> [Moment] {
    let batch = transact.batch(sql)
    nextExchange.results += batch.results
    return batch.found.flatMap { moments(of: $0, bytes: bytes) }
  }

  private mutating func moments(of found: TransactReader.Found, bytes: Int) -> [Moment] {
    let statement = found.statement
    var moments = reader.moments(of: statement, sql: found.sql)
    if statement.operation == .write {
      return write(found, &moments, bytes: bytes)
    }
    // A setting between two loads leaves them one write.
    if !statement.isSetting { lastWrite = nil }
    return moments
  }

  /// A write may take several statements: it has begun when the first one comes. Rows that are in a statement are one
  /// batch, and the answer to it is their acknowledgement.
  private mutating func write(
    _ found: TransactReader.Found, _ moments: inout [Moment], bytes: Int
  ) -> [Moment] {
    let table = found.statement.table
    var write = AnnouncedLoad(table: table)
    if let lastWrite, lastWrite.table == table {
      write = lastWrite
      moments.removeAll { $0.operation == .write }
    }
    lastWrite = write
    if found.isBulkLoad {
      nextExchange.load = write
      return moments
    }
    var batch = reader.moment(.write, write.progress, table: table)
    batch.bytes = bytes
    batch.statement = found.sql
    write.progress.beginBatch()
    write.progress.take(bytes)
    lastWrite = write
    return moments + [batch, reader.moment(.acknowledge, write.progress, table: table)]
  }

  // MARK: Calls

  private mutating func moments(of call: RPCRequest.Call, bytes: Int) -> [Moment] {
    func text(_ index: Int) -> String? {
      call.parameters.indices.contains(index) ? call.parameters[index].text : nil
    }
    switch TDSCodec.procedure(call.target) {
    case .executeSQL: return moments(ofText: text(0) ?? "", bytes: bytes)
    case .prepare:
      nextExchange.prepares = text(2) ?? ""
      return []
    case .prepareExecute:
      nextExchange.prepares = text(2) ?? ""
      return moments(ofText: text(2) ?? "", bytes: bytes)
    case .execute:
      let handle = call.parameters.first?.integer
      return moments(ofText: handle.flatMap { handles[$0] } ?? "EXEC sp_execute", bytes: bytes)
    case .unprepare:
      if let handle = call.parameters.first?.integer { handles[handle] = nil }
      return []
    case .cursorOpen: return cursor(text(1) ?? "")
    case .cursorPrepareExecute: return cursor(text(3) ?? "")
    default:
      let name: String
      switch call.target {
      case .name(let text): name = text
      case .number(let number): name = "#\(number)"
      }
      return moments(ofText: "EXEC \(name)", bytes: bytes)
    }
  }

  /// A cursor's rows come with later requests, and are not counted.
  private mutating func cursor(_ sql: String) -> [Moment] {
    let moments = moments(ofText: sql, bytes: 0)
    nextExchange.results = []
    return moments
  }

  private static let names: [String: RPCRequest.Procedure] = [
    "sp_executesql": .executeSQL, "sp_prepare": .prepare, "sp_prepexec": .prepareExecute,
    "sp_execute": .execute, "sp_unprepare": .unprepare, "sp_cursoropen": .cursorOpen,
    "sp_cursorprepexec": .cursorPrepareExecute,
  ]

  private static func procedure(_ target: RPCRequest.Target) -> RPCRequest.Procedure? {
    switch target {
    case .number(let number): RPCRequest.Procedure(rawValue: number)
    case .name(let name): TransactReader.nameInText(name).flatMap { names[$0.lowercased()] }
    }
  }

  // MARK: Transaction manager requests

  private mutating func moments(of action: TransactionRequest.Action) -> [Moment] {
    lastWrite = nil
    switch action {
    case .begin(let isolation, _): return begin(isolation)
    case .commit(_, let next):
      let moments = reader.moments(of: Statement(.commit), sql: "COMMIT TRANSACTION")
      return moments + (next.map { begin($0.isolation) } ?? [])
    case .rollback(let name, let next):
      // One with a name may go back to a savepoint.
      let statement = Statement(name.isEmpty ? .rollback : .statement)
      let moments = reader.moments(of: statement, sql: "ROLLBACK TRANSACTION")
      return moments + (next.map { begin($0.isolation) } ?? [])
    case .save: return reader.moments(of: Statement(.statement), sql: "SAVE TRANSACTION")
    case .other: return reader.moments(of: Statement(.statement), sql: nil)
    }
  }

  private mutating func begin(_ isolation: TransactionRequest.Isolation) -> [Moment] {
    let isSnapshot = isolation == .snapshot || isolation == .unchanged && transact.readsSnapshots
    return reader.moments(of: TransactReader.begin(isSnapshot: isSnapshot), sql: "BEGIN TRANSACTION")
  }
}

extension RPCRequest.Parameter {
  fileprivate var text: String? {
    guard let value else { return nil }
    switch type.type {
    case .nvarchar, .nchar, .ntext: return String(utf16LE: value)
    default: return String(decoding: value, as: UTF8.self)
    }
  }

  /// A handle.
  fileprivate var integer: Int32? {
    guard let value, value.count == 4 else { return nil }
    return Int32(bitPattern: value.reversed().reduce(0) { $0 << 8 | UInt32($1) })
  }
}
