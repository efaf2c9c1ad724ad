import Databases
import Foundation
import Replication
import Rows

/// A copy as it should be: what every trial's target is compared with.
struct CopyPortrait: Sendable, Equatable {
  /// By table of the source.
  var fingerprints: [String: Fingerprint] = [:]
  /// Columns, keys, indexes, foreign keys and the names of triggers by table, without the name of the schema.
  var structure: [String: String] = [:]
  /// What a load puts aside, as it is when nothing is put aside: by table and by kind and name, the statements that
  /// make it. A trigger or rule that is switched off is not among them.
  var obstacles: [String: [String: String]] = [:]
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
        let obstacles = try await right.obstacles(pair.target.name)
        portrait.obstacles[pair.target.name.name] = Dictionary(
          obstacles.map { ("\($0.kind) \($0.name)", without(target.schema, $0.restoration)) }
        ) { $1 }
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
      table.triggers.sort()
      table.unportable.sort()
      let text = (try? encoder.encode(table)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      return (table.name.name, without(schema, text))
    }
    return Dictionary(texts) { $1 }
  }

  private static func without(_ schema: String?, _ text: String) -> String {
    schema.map { text.replacing($0, with: "") } ?? text
  }

  /// An index or foreign key of the source that a copy is to have and has not, in words; nil if it has them all.
  static func missing(in target: any Endpoint, of source: any Endpoint) async throws -> String? {
    try await withConnections(source, target) { left, right in
      let sources = try await left.tables()
      for pair in try Planner.match(sources, try await right.tables()).pairs {
        let wanted = TargetTable.from(
          pair.source, schema: target.schema, style: ProofSetting.options(.none).names,
          tables: sources, equalTypes: target.capabilities.foreignKeysNeedEqualTypes)
        for index in wanted.indexes
        where !pair.target.indexes.contains(where: {
          $0.columns == index.columns && $0.isUnique == index.isUnique
        }) { return "index \(index.name) of table \(pair.source.name) is not there" }
        for key in wanted.foreignKeys
        where !pair.target.foreignKeys.contains(where: {
          $0.columns == key.columns && $0.referencedTable == key.referencedTable
        }) { return "foreign key \(key.name) of table \(pair.source.name) is not there" }
      }
      return nil
    }
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
    if let difference = obstacleDifference(from: other) { return difference }
    let tables = Set(structure.keys).union(other.structure.keys).sorted()
    if let table = tables.first(where: { structure[$0] != other.structure[$0] }) {
      return "the columns, keys, indexes or foreign keys of table \(table) are not as they should be"
    }
    return nil
  }

  /// What was put aside and not restored, or not as it was.
  private func obstacleDifference(from other: CopyPortrait) -> String? {
    for table in Set(obstacles.keys).union(other.obstacles.keys).sorted() {
      let (mine, its) = (obstacles[table] ?? [:], other.obstacles[table] ?? [:])
      for name in Set(mine.keys).union(its.keys).sorted() where mine[name] != its[name] {
        if its[name] == nil { return "\(name) of table \(table) is not there, or switched off" }
        if mine[name] == nil { return "there is a \(name) of table \(table) too many" }
        return "\(name) of table \(table) is not as it was"
      }
    }
    return nil
  }
}
