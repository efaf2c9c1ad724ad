import Databases
import FaultInjection
import Foundation
import Glibc
import Replication
import Rows
import Runtime

/// What all trials of a proof have in common.
struct ProofSetting: Sendable {
  let source: SampledSource
  let targetURL: String
  let stop: StopSignal

  /// One worker, so that a job's moments come in the same order every time; transactions so small that wide units
  /// take several.
  static func options(_ retry: RetryPolicy) -> ReplicationOptions {
    var options = ReplicationOptions()
    options.workers = 1
    options.transactionBytes = 6 << 10
    options.retry = retry
    return options
  }

  func replicate(
    from source: any Endpoint, to target: any Endpoint, retry: RetryPolicy
  ) async throws -> RunReport {
    try await Replication(
      source: source, target: target, options: ProofSetting.options(retry), time: ProofTime(), stop: stop
    ).run()
  }

  func replicate(
    to target: any Endpoint, struckBy injector: any FaultInjector, retry: RetryPolicy
  ) async throws -> RunReport {
    let time = ProofTime()
    return try await replicate(
      from: FaultyEndpoint(source, side: .source, injector: injector, time: time),
      to: FaultyEndpoint(target, side: .target, injector: injector, time: time), retry: retry)
  }
}

/// A copy as it should be: what every trial's target is compared with.
struct CopyPortrait: Sendable, Equatable {
  /// By table of the source.
  var fingerprints: [String: Fingerprint] = [:]
  /// Columns, keys, indexes, foreign keys and triggers by table, without the name of the schema.
  var structure: [String: String] = [:]
  var rows: Int { fingerprints.values.reduce(0) { $0 + $1.rows } }

  /// Reads all of the target, and of the source if `reading` says so.
  static func of(
    _ target: any Endpoint, source: any Endpoint, reading side: Side = .target
  ) async throws -> CopyPortrait {
    try await withConnections(source, target) { left, right in
      var portrait = CopyPortrait()
      let targets = try await right.tables()
      portrait.structure = structure(targets, schema: target.schema)
      for pair in try Planner.match(try await left.tables(), targets).pairs {
        let whole = PairRange(pair: pair.writable, column: nil, range: .all)
        let held =
          side == .source
          ? try await left.fingerprint(of: whole.sourceRead)
          : try await right.fingerprint(of: whole.targetRead)
        portrait.fingerprints[pair.source.name.description] = held
      }
      return portrait
    }
  }

  private static func structure(_ tables: [TableSchema], schema: String?) -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let texts = tables.map { table in
      var table = table
      // Some engines list them in the order in which they were made.
      table.indexes.sort { $0.name < $1.name }
      table.foreignKeys.sort { ($0.columns.joined(), $0.name) < ($1.columns.joined(), $1.name) }
      let text = (try? encoder.encode(table)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      return (table.name.name, schema.map { text.replacing($0, with: "") } ?? text)
    }
    return Dictionary(texts) { $1 }
  }

  /// What is different in another one, in words; nil if nothing is.
  func difference(from other: CopyPortrait) -> String? {
    for table in fingerprints.keys.sorted() where other.fingerprints[table] != fingerprints[table] {
      let (mine, its) = (fingerprints[table]?.rows ?? 0, other.fingerprints[table]?.rows)
      guard let its else { return "table \(table) is missing" }
      return its == mine
        ? "table \(table) has \(its) rows, as it should, and another checksum"
        : "table \(table) has \(its) rows instead of \(mine)"
    }
    if let table = other.fingerprints.keys.first(where: { fingerprints[$0] == nil }) {
      return "there is a table \(table) too many"
    }
    let tables = Set(structure.keys).union(other.structure.keys).sorted()
    if let table = tables.first(where: { structure[$0] != other.structure[$0] }) {
      return "the columns, keys, indexes or foreign keys of table \(table) are not as they should be"
    }
    return nil
  }
}

/// Connects to both for reading, and closes whatever happens.
func withConnections<Value: Sendable>(
  _ source: any Endpoint, _ target: any Endpoint,
  _ body: (any Connection, any Connection) async throws -> Value
) async throws -> Value {
  let left = try await source.connect(.read)
  do {
    // SQLite has to roll back what a killed process left before anybody can read.
    let right = try await target.connect(.write)
    do {
      let value = try await body(left, right)
      await left.close()
      await right.close()
      return value
    } catch {
      await right.close()
      throw error
    }
  } catch {
    await left.close()
    throw error
  }
}
