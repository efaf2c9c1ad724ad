import Databases
import ModelDatabase
import Replication
import Rows
import Runtime

/// Says what may never be, from what the databases have committed and nothing else: the engine's memory is not asked.
final class Judge: Sendable {
  /// A state of the source.
  struct Version: Sendable {
    let tables: [TableContent]
    private let rows: [RowBatch?]
    /// Of all rows of each table.
    fileprivate let sums: [Fingerprint]

    init(_ tables: [TableContent]) {
      self.tables = tables
      rows = tables.map(\.batch)
      sums = rows.map { UnitSums.of($0, [.all])[0] }
    }

    fileprivate func sum(of range: KeyRange, in table: String) -> Fingerprint? {
      guard let index = tables.firstIndex(where: { $0.name.name == table }) else { return nil }
      return UnitSums.of(rows[index], [range])[0]
    }

    fileprivate func rows(of range: KeyRange, in table: String) -> Set<Fingerprint> {
      guard let index = tables.firstIndex(where: { $0.name.name == table }) else { return [] }
      return UnitSums.rows(of: rows[index], in: range)
    }
  }

  /// A unit as the last commit that touched its table left it.
  private struct UnitView: Sendable, Equatable {
    var entry: LedgerEntry
    var sum: Fingerprint
    /// The client whose claim is the entry's attempt.
    var claimant: Int?
  }

  private struct State: Sendable {
    var violations: [String] = []
    /// What the source has held since the beginning, the newest last.
    var versions: [Version]
    var units: [TableName: [UnitView]] = [:]
    /// Names of keys, indexes and triggers that each table has, or has put aside.
    var structure: [TableName: [String]] = [:]
    /// Nil while nobody but the scene's own hands change it.
    var target: ModelDatabase?
  }

  private let job: String
  /// A read sees one state of the source, whatever happens meanwhile. Where it does not, the report has to say so.
  private let readsWhole: Bool
  private let trace: Trace
  private let state: Guarded<State>

  init(job: String, readsWhole: Bool, source: [TableContent], trace: Trace) {
    self.job = job
    self.readsWhole = readsWhole
    self.trace = trace
    state = Guarded(State(versions: [Version(source)]))
  }

  func report(_ violation: String) {
    trace.note(-1) { "VIOLATION \(violation)" }
    // One cause has a thousand effects; the first few tell it.
    state.withLock { if $0.violations.count < 10 { $0.violations.append(violation) } }
  }

  var violations: [String] { state.withLock { $0.violations } }

  // MARK: The source

  var version: Int { state.withLock { $0.versions.count - 1 } }

  var source: [TableContent] { state.withLock { $0.versions[$0.versions.count - 1].tables } }

  func sourceChanged(to tables: [TableContent]) {
    state.withLock { $0.versions.append(Version(tables)) }
  }

  // MARK: Every commit

  /// From now on every commit to the target is a job's; what was there before is taken as it is.
  func watch(_ target: ModelDatabase) {
    let structure = Dictionary(uniqueKeysWithValues: target.schemas.map { ($0.name, Judge.names($0)) })
    let entries = target.ledger(job: job)
    var units: [TableName: [UnitView]] = [:]
    for table in target.schemas.map(\.name) { units[table] = view(table, entries, target) }
    let seen = units
    state.withLock {
      $0.structure = structure
      $0.units = seen
      $0.target = target
    }
  }

  func lookAway() { state.withLock { $0.target = nil } }

  private func view(_ table: TableName, _ ledger: [LedgerEntry], _ target: ModelDatabase) -> [UnitView] {
    let entries = ledger.filter { $0.unit.table == table.name }
    let sums = UnitSums.of(table, in: target, entries.map(\.range))
    return zip(entries, sums).map { UnitView(entry: $0, sum: $1) }
  }

  func committed(_ record: CommitRecord) {
    guard let target = state.withLock({ $0.target }) else { return }
    let written = record.entries.filter { $0.job == job }.map(\.entry.unit)
    var tables = record.tables
    for name in written.map({ TableName(name: $0.table) }) where !tables.contains(name) {
      tables.append(name)
    }
    trace.note(-2, record.number) {
      "commit \(record.number) of session \(record.session): \(record.operation), "
        + (tables.map(\.name) + written.map(\.description)).joined(separator: " ")
    }
    let ledger = target.ledger(job: job)
    for table in tables { check(table, view(table, ledger, target), written, record, target) }
    if !record.tables.isEmpty { checkStructure(target) }
  }

  private func check(
    _ table: TableName, _ views: consuming [UnitView], _ written: [UnitKey], _ record: CommitRecord,
    _ target: ModelDatabase
  ) {
    var after = views
    let (before, versions) = state.withLock { ($0.units[table] ?? [], $0.versions) }
    for index in after.indices {
      let unit = after[index]
      let earlier = Judge.position(of: unit, in: before, near: index).map { before[$0] }
      let isWritten = written.contains(unit.entry.unit)
      let isClaim = unit.entry.attempt != earlier?.entry.attempt
      after[index].claimant = isClaim ? record.client : earlier?.claimant
      var faults = Judge.faults(unit, earlier, isWritten: isWritten)
      if isWritten, !isClaim, let claimant = earlier?.claimant, claimant != record.client {
        faults.append("fence: a client wrote what another had claimed")
      }
      if unit.entry.state == .done, unit.entry != earlier?.entry,
        !isFaithful(unit, in: table, to: versions, target)
      {
        faults.append("source: a unit is done and is not what the source ever held")
      }
      for fault in faults {
        report("\(fault): \(unit.entry.brief), in '\(record.operation)' of session \(record.session)")
      }
    }
    let seen = after
    state.withLock { $0.units[table] = seen }
  }

  /// Where a unit was before, which is where it is now unless the plan has changed.
  private static func position(of unit: UnitView, in views: [UnitView], near index: Int) -> Int? {
    func isIt(_ position: Int) -> Bool {
      views[position].entry.unit == unit.entry.unit && views[position].entry.range == unit.entry.range
    }
    return index < views.count && isIt(index) ? index : views.indices.first(where: isIt)
  }

  /// Whether a unit holds what the source has held. A read that is not of one moment may see old rows and new ones,
  /// but none that never were.
  private func isFaithful(
    _ unit: UnitView, in table: TableName, to versions: [Version], _ target: ModelDatabase
  ) -> Bool {
    let range = unit.entry.range
    if versions.contains(where: { $0.sum(of: range, in: table.name) == unit.sum }) { return true }
    guard versions.count > 1, !readsWhole else { return false }
    return UnitSums.rows(of: target.contents(of: table), in: range).allSatisfy { row in
      versions.contains { $0.rows(of: range, in: table.name).contains(row) }
    }
  }

  /// What is wrong with a unit's step from one commit to the next.
  private static func faults(_ unit: UnitView, _ earlier: UnitView?, isWritten: Bool) -> [String] {
    var faults: [String] = []
    let entry = unit.entry
    let isNews = entry != earlier?.entry || unit.sum != earlier?.sum
    if isNews, entry.state == .done, entry.fingerprint != unit.sum {
      faults.append("ledger: a unit is done, and its rows in the target are others")
    }
    guard let earlier else {
      if entry.state == .done { faults.append("ledger: a unit is done that nobody claimed") }
      return faults
    }
    let before = earlier.entry
    let isClaimed = before.state == .begun && before.attempt == entry.attempt
    if unit.sum != earlier.sum, !isWritten { faults.append("fence: rows changed without their ledger entry") }
    if unit.sum != earlier.sum, isWritten, !isClaimed {
      faults.append("fence: rows changed in the name of attempt \(entry.attempt), and it was \(before.brief)")
    }
    if entry.attempt < before.attempt {
      faults.append("ledger: the attempt went back from \(before.attempt)")
    }
    if isWritten, entry.state == .done, !isClaimed {
      faults.append("twice: a unit became done that was \(before.brief)")
    }
    return faults
  }

  // MARK: What is put aside

  private static func names(_ table: TableSchema) -> [String] {
    table.indexes.map(\.name) + table.foreignKeys.map(\.name) + table.triggers
  }

  /// What a table had, it has or the ledger knows it.
  private func checkStructure(_ target: ModelDatabase) {
    let aside = target.putAside(job: job)
    for table in target.schemas {
      let known = Judge.names(table) + aside.filter { $0.table == table.name }.map(\.name)
      let lost = state.withLock { state in
        let wanted = state.structure[table.name, default: []]
        state.structure[table.name] = wanted + known.filter { !wanted.contains($0) }
        return wanted.filter { !known.contains($0) }
      }
      if let name = lost.min() {
        report("structure: \(name) of \(table.name) is gone, and not put aside")
      }
    }
  }

  // MARK: The whole

  /// What the target is at one moment.
  struct Truth: Sendable {
    /// The states of the source that the target holds exactly.
    var versions: [Int]
    var isAllDone: Bool
    /// Nothing is put aside.
    var isRestored: Bool
    var entries: [LedgerEntry]
  }

  func truth(of target: ModelDatabase) -> Truth {
    let versions = state.withLock { $0.versions }
    let entries = target.ledger(job: job)
    let sums = versions[0].tables.map { UnitSums.of($0.name, in: target, [.all])[0] }
    let equal = versions.indices.filter { versions[$0].sums == sums }
    return Truth(
      versions: equal, isAllDone: !entries.isEmpty && entries.allSatisfy { $0.state == .done },
      isRestored: target.putAside(job: job).isEmpty, entries: entries)
  }
}
