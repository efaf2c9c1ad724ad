import Databases
import Rows
import Runtime

/// One replication: source, target, tables and options.
///
/// `run` copies what has to be copied, and may be called again whatever happened to the last run.
package struct Replication: Sendable {
  let context: RunContext

  package init(
    source: any Endpoint, target: any Endpoint, options: ReplicationOptions, time: any TimeSource,
    stop: StopSignal = StopSignal(), progress: @escaping ProgressSink = { _ in }
  ) {
    context = RunContext(
      source: source, target: target, options: options, time: time, stop: stop, progress: progress,
      job: Replication.job(source, target))
  }

  init(context: RunContext) { self.context = context }

  /// The same source and target are the same job, whoever runs it and from where.
  package static func job(_ source: any Endpoint, _ target: any Endpoint) -> String {
    let text = Array("\(source.identity)\u{1F}\(target.identity)".utf8)
    return Fingerprint.hexadecimal(text.withUnsafeBytes(Fingerprint.hash))
  }

  /// The plan, made without writing anything anywhere.
  package func plan() async throws -> Plan {
    let source = try await context.source.connect(.read)
    do {
      let planner = Planner(source: source, sourceName: context.source.name, options: context.options)
      let (sources, all) = try await planner.selectTables()
      var ledger: [LedgerEntry] = []
      var targets: [TableSchema] = []
      if !context.target.isMissing {
        let target = try await context.target.connect(.read)
        do {
          targets = try await target.tables()
          ledger = try await target.ledger(job: context.job)
          await target.close()
        } catch {
          await target.close()
          throw error
        }
      }
      var (pairs, missing) = try Planner.match(sources, among: all, targets)
      try check(pairs, missing)
      try checkFound(missing, sources, among: all, targets)
      var notes: [String] = []
      for table in missing {
        let wanted = created(table, among: sources)
        notes.append("table \(table.name.name) will be created in the target")
        notes += wanted.omissions(in: context.target.engine)
        var expected = wanted
        for (index, column) in wanted.columns.enumerated() {
          expected.columns[index].isGenerated = wanted.keepsGeneration(of: column, in: context.target.engine)
        }
        pairs.append(try TablePair(source: table, target: expected))
      }
      var plan = Plan(
        source: context.source.name, target: context.target.name, job: context.job,
        tables: try await planner.plan(pairs.map(\.writable), ledger: ledger))
      plan.notes = notes
      await source.close()
      return plan
    } catch {
      await source.close()
      throw error
    }
  }

  /// Runs the job. Throws only what stops it before it touches the target; everything later is in the report.
  package func run() async throws -> RunReport {
    let session = JobSession(context)
    do {
      let report = try await Run(context: context, session: session).run()
      await session.close()
      return report
    } catch {
      await session.close()
      throw error
    }
  }

  func check(_ pairs: [TablePair], _ missing: [TableSchema]) throws(JobError) {
    for pair in pairs { try TargetCheck.check(pair, allowNarrower: context.options.allowNarrower) }
    for table in missing {
      try TargetCheck.checkColumns(
        of: table.name,
        isEmpty: table.columns.allSatisfy { table.keepsGeneration(of: $0, in: context.target.engine) })
      for column in table.columns where !column.isGenerated { try checkCreatable(column, of: table) }
    }
  }

  /// Whether the tables that will be created are found again under their new names: two names may become one.
  func checkFound(
    _ missing: [TableSchema], _ sources: [TableSchema], among all: [TableSchema], _ targets: [TableSchema]
  ) throws(JobError) {
    guard !missing.isEmpty else { return }
    let wanted = missing.map { created($0, among: sources) }
    let (pairs, lost) = try Planner.match(sources, among: all, targets + wanted)
    guard let table = lost.first ?? pairs.first(where: { !$0.missing.isEmpty })?.source else { return }
    throw JobError(
      .configuration,
      "table \(table.name): --names \(context.options.names.rawValue) makes names that cannot be told apart",
      remedy: "Choose another --names, or create the target table by hand.")
  }

  private func checkCreatable(_ column: ColumnSchema, of table: TableSchema) throws(JobError) {
    if case .opaque(let engine, _)? = column.type, engine == context.target.engine.rawValue { return }
    switch column.type {
    case nil, .opaque:
      throw JobError(
        .configuration,
        "table \(table.name), column \(column.name): its type '\(column.declared)' has no counterpart in \(context.target.engine)",
        remedy:
          "Create the target table by hand with a type that docs/encoding.md pairs with it, or leave the table out with --tables."
      )
    default: return
    }
  }

  func created(_ table: TableSchema, among sources: [TableSchema]) -> TableSchema {
    TargetTable.from(
      table, schema: context.target.schema, style: context.options.names, tables: sources,
      equalTypes: context.target.capabilities.foreignKeysNeedEqualTypes)
  }
}
