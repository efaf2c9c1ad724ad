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
    let (left, right) = (try await source.connect(.read), try await target.connect(.read))
    var found: [String] = []
    let (pairs, missing) = try Planner.match(try await left.tables(), try await right.tables())
    found += missing.map { "\($0.name) is missing" }
    for pair in pairs {
      let whole = PairRange(pair: pair, column: nil, range: .all)
      let source = try await left.fingerprint(of: whole.sourceRead)
      let target = try await right.fingerprint(of: whole.targetRead)
      if source != target || !pair.missing.isEmpty {
        found.append("\(pair.source.name): \(source) is not \(target)")
      }
    }
    await left.close()
    await right.close()
    return found
  }

  /// Units that the ledger calls done although the target does not hold their rows: always empty.
  package func lies() async throws -> [String] {
    let (left, right) = (try await source.connect(.read), try await target.connect(.read))
    var found: [String] = []
    let pairs = try Planner.match(try await left.tables(), try await right.tables()).pairs.map(\.writable)
    for entry in try await right.ledger(job: Replication.job(source, target)) where entry.state == .done {
      guard let pair = pairs.first(where: { $0.source.name.description == entry.unit.table }) else {
        continue
      }
      let rows = PairRange(
        pair: pair, column: entry.range == .all ? nil : Partition.column(of: pair), range: entry.range)
      let held = try await right.fingerprint(of: rows.targetRead)
      if held != entry.fingerprint { found.append("\(entry.unit): \(held) is not \(entry.fingerprint)") }
    }
    await left.close()
    await right.close()
    return found
  }

  /// Names of the target's indexes, keys and triggers, table by table, as its catalog has them.
  package func structure() async throws -> [String] {
    let connection = try await target.connect(.read)
    let tables = try await connection.tables()
    await connection.close()
    return tables.flatMap { table in
      ["\(table.name) \(table.columns.map(\.name)) \(table.primaryKey?.columns ?? [])"]
        + table.indexes.map { "\(table.name) index \($0.columns) \($0.isUnique)" }.sorted()
        + table.foreignKeys.map { "\(table.name) \($0.columns) references \($0.referencedTable)" }.sorted()
        + table.triggers.map { "\(table.name) trigger \($0)" }.sorted()
    }
  }
}
