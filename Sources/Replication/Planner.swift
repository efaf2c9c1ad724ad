import Databases
import Rows

/// Makes the plan: which tables, in which order, cut where.
package struct Planner: Sendable {
  let source: any Connection
  let sourceName: String
  let options: ReplicationOptions

  package init(source: any Connection, sourceName: String, options: ReplicationOptions) {
    self.source = source
    self.sourceName = sourceName
    self.options = options
  }

  /// The source tables that the job copies, and all that there are.
  package func selectTables() async throws -> (chosen: [TableSchema], all: [TableSchema]) {
    let all = try await source.tables()
    return (try options.tables.choose(from: all, endpoint: sourceName), all)
  }

  /// Each source table with its target, and the tables that the target lacks. A target that belongs to a source
  /// table that was not chosen is nobody else's.
  package static func match(
    _ sources: [TableSchema], among all: [TableSchema]? = nil, _ targets: [TableSchema]
  ) throws(JobError) -> (pairs: [TablePair], missing: [TableSchema]) {
    let names = try NameMatching(
      source: sources.map(\.name.name), among: all?.map(\.name.name), target: targets.map(\.name.name),
      what: "table")
    var pairs: [TablePair] = []
    for (sourceName, targetName) in names.pairs {
      guard let left = sources.first(where: { $0.name.name == sourceName }),
        let right = targets.first(where: { $0.name.name == targetName })
      else { continue }
      pairs.append(try TablePair(source: left, target: right))
    }
    return (pairs, sources.filter { names.missing.contains($0.name.name) })
  }

  /// Cuts the tables. Where the ledger holds a complete set of ranges for the same columns, these are kept, so
  /// that units finished by an earlier run are recognised.
  package func plan(_ pairs: [TablePair], ledger: [LedgerEntry]) async throws -> [TablePlan] {
    let levels = Levels.of(pairs.map(\.source))
    var tables: [TablePlan] = []
    for pair in pairs {
      let level = levels.firstIndex { $0.contains(pair.source.name) } ?? 0
      let entries = ledger.filter { $0.unit.table == pair.source.name.description }
      tables.append(try await plan(pair, level: level, entries: entries))
    }
    return tables.sorted { ($0.level, -$0.estimatedBytes) < ($1.level, -$1.estimatedBytes) }
  }

  private func plan(_ pair: TablePair, level: Int, entries: [LedgerEntry]) async throws -> TablePlan {
    let column = Partition.column(of: pair)
    let nullable =
      column.map { pair.columns[$0].source.isNullable || pair.columns[$0].target.isNullable } ?? false
    let split = try await source.split(
      SplitRequest(
        table: pair.source.name, column: column.map { pair.columns[$0].source }, partBytes: options.unitBytes,
        maximumParts: ReplicationOptions.maximumUnitsPerTable))
    var ranges = Partition.ranges(cuts: split.cuts, nullable: nullable)
    let recorded = entries.sorted { $0.unit.index < $1.unit.index }
    if options.mode != .fresh, !recorded.isEmpty, case let signature = pair.signature,
      recorded.allSatisfy({ $0.signature == signature }),
      recorded.map(\.unit.index) == Array(recorded.indices),
      Partition.isComplete(recorded.map(\.range), nullable: nullable), column != nil || recorded.count == 1
    {
      ranges = recorded.map(\.range)
    }
    let name = pair.source.name.description
    return TablePlan(
      pair: pair, level: level, rangeColumn: column, estimatedRows: split.estimatedRows,
      estimatedBytes: split.estimatedBytes,
      units: ranges.enumerated().map {
        WorkUnit(key: UnitKey(table: name, index: $0.offset), range: $0.element)
      })
  }
}
