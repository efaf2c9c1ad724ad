import Databases
import Replication
import Rows

/// Looks at a copy with fresh eyes: what the tables hold, and whether the ledger tells the truth of it.
package struct CopyWitness: Sendable {
  let source: any Endpoint
  let target: any Endpoint

  package init(source: any Endpoint, target: any Endpoint) {
    self.source = source
    self.target = target
  }

  /// The tables that differ between source and target; empty for a faithful copy.
  package func differences() async throws -> [String] {
    try await looking { try await $0.differences() }
  }

  /// Units that the ledger calls done although the target does not hold their rows: always empty.
  package func lies() async throws -> [String] { try await looking { try await $0.lies() } }

  /// Names of the target's indexes, keys and triggers, table by table, as its catalog has them.
  package func structure() async throws -> [String] {
    let connection = try await target.connect(.read)
    let tables = try await connection.tables()
    await connection.close()
    return CopyWitness.structure(of: tables)
  }

  /// All of it in one look, which costs a connection to each side and one reading of its catalog.
  package struct Sight: Sendable {
    package var differences: [String]
    package var lies: [String]
    package var structure: [String]
  }

  package func look() async throws -> Sight {
    try await looking { look in
      Sight(
        differences: try await look.differences(), lies: try await look.lies(),
        structure: CopyWitness.structure(of: look.targets))
    }
  }

  private func looking<Value: Sendable>(_ body: (Look) async throws -> Value) async throws -> Value {
    let look = try await Look(source, target)
    let value = try await body(look)
    await look.close()
    return value
  }

  private static func structure(of tables: [TableSchema]) -> [String] {
    tables.flatMap { table in
      ["\(table.name) \(table.columns.map(\.name)) \(table.primaryKey?.columns ?? [])"]
        + table.indexes.map { "\(table.name) index \($0.columns) \($0.isUnique)" }.sorted()
        + table.foreignKeys.map { "\(table.name) \($0.columns) references \($0.referencedTable)" }.sorted()
        + table.triggers.map { "\(table.name) trigger \($0)" }.sorted()
    }
  }
}

/// Connections to both sides, and what their catalogs hold.
private struct Look {
  let job: String
  let left: any Connection
  let right: any Connection
  let targets: [TableSchema]
  let pairs: [TablePair]
  let missing: [TableSchema]

  init(_ source: any Endpoint, _ target: any Endpoint) async throws {
    job = Replication.job(source, target)
    left = try await Look.connect(source)
    right = try await Look.connect(target)
    targets = try await right.tables()
    (pairs, missing) = try Planner.match(try await left.tables(), targets)
  }

  /// With a snapshot where readers share them, which costs them nothing.
  private static func connect(_ endpoint: any Endpoint) async throws -> any Connection {
    let connection = try await endpoint.connect(.read)
    if endpoint.capabilities.sharesSnapshots { _ = try await connection.beginSnapshot() }
    return connection
  }

  func close() async {
    await left.close()
    await right.close()
  }

  func differences() async throws -> [String] {
    var found = missing.map { "\($0.name) is missing" }
    for pair in pairs {
      let whole = PairRange(pair: pair, column: nil, range: .all)
      let source = try await left.fingerprint(of: whole.sourceRead)
      let target = try await right.fingerprint(of: whole.targetRead)
      if source != target || !pair.missing.isEmpty {
        found.append("\(pair.source.name): \(source) is not \(target)")
      }
    }
    return found
  }

  func lies() async throws -> [String] {
    var found: [String] = []
    let pairs = pairs.map(\.writable)
    for entry in try await right.ledger(job: job) where entry.state == .done {
      guard let pair = pairs.first(where: { $0.source.name.description == entry.unit.table }) else {
        continue
      }
      let rows = PairRange(
        pair: pair, column: entry.range == .all ? nil : Partition.column(of: pair), range: entry.range)
      let held = try await right.fingerprint(of: rows.targetRead)
      if held != entry.fingerprint { found.append("\(entry.unit): \(held) is not \(entry.fingerprint)") }
    }
    return found
  }
}
