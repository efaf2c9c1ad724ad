import Databases
import FaultInjection
import Foundation
import PostgresDatabase
import Rows
import Runtime
import TestSupport
import Testing
import WireProtocols

/// Gives the verdicts that a test wants.
final class ScriptedFaults: FaultInjector {
  private let decide: @Sendable (Moment, _ struck: Int) -> Verdict
  private let state = Guarded<(moments: [Moment], events: [FaultEvent])>(([], []))

  /// `struck` is the number of faults so far.
  init(_ decide: @escaping @Sendable (Moment, _ struck: Int) -> Verdict = { _, _ in .pass }) {
    self.decide = decide
  }

  /// Strikes the first moment of the operation.
  convenience init(first operation: FaultInjection.Operation, batch: Int? = nil, _ verdict: Verdict) {
    self.init { moment, struck in
      struck == 0 && moment.operation == operation && moment.batch == batch ? verdict : .pass
    }
  }

  func verdict(at moment: Moment) -> Verdict {
    let struck = state.withLock { state in
      state.moments.append(moment)
      return state.events.count
    }
    let verdict = decide(moment, struck)
    guard verdict != .pass else { return verdict }
    state.withLock { state in
      state.events.append(
        FaultEvent(number: state.events.count + 1, at: 0, rule: "script", moment: moment, verdict: verdict))
    }
    return verdict
  }

  var events: [FaultEvent] { state.withLock { $0.events } }
  var moments: [Moment] { state.withLock { $0.moments } }
}

/// A database of its own and a proxy in front of it.
struct ProxiedDatabase {
  /// Of the database itself, and through the proxy.
  let direct: String
  let url: String
  let proxy: FaultProxy

  init(
    _ injector: any FaultInjector = ScriptedFaults(), side: Side = .target,
    database: String? = nil,
    heard: @escaping @Sendable (WireFault) -> Void = { _ in }
  ) async throws {
    let direct: String
    if let database { direct = database } else { direct = try await PostgresServer.shared.database() }
    self.direct = direct
    proxy = try FaultProxy(
      listen: .tcp(host: "127.0.0.1", port: 0),
      upstream: .tcp(host: "127.0.0.1", port: try PostgresServer.shared.server.port),
      injector: injector, codec: { PostgresCodec(side: side) }, heard: heard)
    url = "postgres://postgres@\(proxy.address)/" + (direct.split(separator: "/").last ?? "")
  }

  init(direct: String, url: String, proxy: FaultProxy) {
    (self.direct, self.url, self.proxy) = (direct, url, proxy)
  }

  func psql(_ sql: String) throws -> String { try PostgresServer.shared.psql(sql, direct) }
  func endpoint() throws -> PostgresEndpoint { try PostgresEndpoint(url: url) }
  func driver(_ access: Access = .write) throws -> PostgresDriver { try endpoint().driver(access) }
}

/// Runs a program of PostgreSQL's, and returns what it printed.
func run(_ program: String, _ arguments: [String], in directory: TemporaryDirectory) throws -> String {
  let output = directory.file("\(program)-\(arguments.hashValue).out")
  let end = try ChildProcess(
    ["\(PrivateServer.programs() ?? "")/\(program)"] + arguments, output: output
  ).wait()
  let text = try String(contentsOfFile: output, encoding: .utf8)
  try #require(end == .exited(code: 0), "\(program) \(arguments): \(text.prefix(500))")
  return text
}

extension PostgresDriver {
  /// Writes numbers into the table `t (id int)` in one COPY of so many batches, in an open transaction.
  mutating func load(_ batches: [Int]) throws(DatabaseError) -> Int {
    guard let table = try tables().first(where: { $0.name.name == "t" }) else { return -1 }
    try openWrite(table.name, columns: [TransferColumn(schema: table.columns[0], type: .int32)])
    var next: Int32 = 0
    for count in batches {
      var builder = RowBatchBuilder(columnCount: 1, budget: count * 10)
      for _ in 0..<count {
        builder.beginRow()
        withUnsafeBytes(of: next.bigEndian) { builder.append($0) }
        builder.endRow()
        next += 1
      }
      if let batch = builder.take() { try write(batch) }
    }
    return try finishWrite()
  }
}
