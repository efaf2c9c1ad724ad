import Databases
import Rows

/// Generates instead of asking a server. Reading costs what making the rows costs; writing is an error.
package struct StackOverflowDriver: ~Copyable, BlockingDriver {
  private let options: StackOverflowOptions
  private let population: Population
  private var open: OpenRead?
  /// Rows as they are made, with all columns.
  private var made = RowBatchBuilder(columnCount: 0, budget: 0)
  /// Nil when the open read wants them so.
  private var projection: Projection?
  private var scratch = Scratch()

  private struct OpenRead {
    let table: StackOverflowTable
    let columns: [TransferColumn]
    var rows: Range<Int>
  }

  init(_ options: StackOverflowOptions) {
    self.options = options
    population = Population(seed: options.seed, scale: options.scale, hostile: options.isHostile)
  }

  package var engine: Engine { .stackOverflow }
  package var endpointName: String { options.url }
  /// No call lasts longer than a batch takes to fill.
  package var interrupter: any Interrupter { NothingToInterrupt() }

  private struct NothingToInterrupt: Interrupter {
    func interrupt() {}
  }

  package mutating func tables() throws(DatabaseError) -> [TableSchema] {
    StackOverflowTable.allCases.map(\.schema).sorted { $0.name.name < $1.name.name }
  }

  package mutating func split(_ request: SplitRequest) throws(DatabaseError) -> Split {
    let table = try self.table(request.table, operation: "split")
    let rows = population.count(table)
    let bytes = rows * table.averageRowBytes(hostile: options.isHostile)
    var result = Split(estimatedRows: rows, estimatedBytes: bytes, cuts: [])
    guard let column = request.column else { return result }
    guard column.name == "Id" else { throw cannotRange(table, column, operation: "split") }
    let wanted = (bytes + request.partBytes - 1) / max(1, request.partBytes)
    let parts = max(1, min(wanted, request.maximumParts, rows))
    result.cuts = (1..<max(1, parts)).map { .integer(Int64(id(row: rows * $0 / parts, of: table))) }
    return result
  }

  // MARK: Snapshots: what never changes is always one state.

  package mutating func beginSnapshot() throws(DatabaseError) -> String? { endpointName }

  package mutating func joinSnapshot(_ name: String) throws(DatabaseError) {
    guard name != endpointName else { return }
    throw failure(.permanent, "'\(name)' is the snapshot of another source", operation: "join a snapshot")
  }

  package mutating func endSnapshot() throws(DatabaseError) -> SnapshotVerdict { .consistent }

  // MARK: Reading

  package mutating func openRead(_ read: RangeRead) throws(DatabaseError) {
    try closeRead()
    let table = try self.table(read.rows.table, operation: "read")
    let rows = try self.rows(read.rows, of: table)
    do throws(Unpairable) {
      projection = try Projection(read, of: table)
    } catch {
      throw failure(.configuration, error.reason, operation: "read", table)
    }
    made = RowBatchBuilder(columnCount: table.columns.count, budget: read.batchBytes)
    open = OpenRead(table: table, columns: read.columns, rows: rows)
  }

  package mutating func nextBatch() throws(DatabaseError) -> RowBatch? {
    guard try makeRows() else { return nil }
    guard projection != nil else { return made.take() }
    try project()
    return projection?.take()
  }

  package mutating func nextFingerprint() throws(DatabaseError) -> Fingerprint? {
    guard try makeRows() else { return nil }
    guard projection != nil else { return made.takeFingerprint() }
    try project()
    return projection?.takeFingerprint()
  }

  package mutating func closeRead() throws(DatabaseError) { close() }

  /// Makes a batch of rows for the read that is open; false at its end.
  private mutating func makeRows() throws(DatabaseError) -> Bool {
    guard var read = open else { throw failure(.permanent, "no read is open", operation: "read") }
    guard !read.rows.isEmpty else { return false }
    switch read.table {
    case .linkTypes: fill(&read.rows, LookupRows(Lookup.linkTypes))
    case .postTypes: fill(&read.rows, LookupRows(Lookup.postTypes))
    case .voteTypes: fill(&read.rows, LookupRows(Lookup.voteTypes))
    case .users: fill(&read.rows, UserRows(population))
    case .badges: fill(&read.rows, BadgeRows(population))
    case .posts: fill(&read.rows, PostRows(population))
    case .comments: fill(&read.rows, CommentRows(population))
    case .postLinks: fill(&read.rows, PostLinkRows(population))
    case .votes: fill(&read.rows, VoteRows(population))
    }
    open = read
    return true
  }

  private mutating func fill(_ rows: inout Range<Int>, _ generator: some RowGenerator) {
    var row = rows.lowerBound
    while row < rows.upperBound, !made.isFull {
      generator.append(row: row, to: &made, scratch: &scratch)
      row += 1
    }
    rows = row..<rows.upperBound
  }

  private mutating func project() throws(DatabaseError) {
    guard let read = open, let batch = made.take() else { return }
    do throws(Projection.BadRow) {
      try projection?.append(batch)
    } catch {
      let column = read.columns[error.field.column].schema.name
      throw failure(
        .badRow, "the row with Id \(error.id): column \(column) \(error.field.value.rule)", operation: "read",
        read.table)
    }
  }

  package mutating func close() {
    open = nil
    projection = nil
  }

  // MARK: Ranges

  private func rows(_ range: TableRange, of table: StackOverflowTable) throws(DatabaseError) -> Range<Int> {
    guard case .all = range.range else {
      guard let column = range.column, column.name == "Id" else {
        throw cannotRange(table, range.column, operation: "read")
      }
      guard case .span(let from, let to) = range.range else { return 0..<0 }
      let first = try from.map { value throws(DatabaseError) in try rows(below: value, of: table) } ?? 0
      let end =
        try to.map { value throws(DatabaseError) in try rows(below: value, of: table) }
        ?? population.count(table)
      return first..<max(first, end)
    }
    return 0..<population.count(table)
  }

  private func rows(below key: KeyValue, of table: StackOverflowTable) throws(DatabaseError) -> Int {
    guard case .integer(let id) = key else {
      throw failure(.permanent, "column Id is an integer, and the range is of text", operation: "read", table)
    }
    if let lookup = Lookup(table) { return lookup.rows.count { $0.id < id } }
    return population.ids(table).rows(below: id)
  }

  private func id(row: Int, of table: StackOverflowTable) -> Int32 {
    Lookup(table)?.rows[row].id ?? population.ids(table).id(row)
  }

  // MARK: Errors

  private func table(_ name: TableName, operation: String) throws(DatabaseError) -> StackOverflowTable {
    guard name.schema == nil, let table = StackOverflowTable(name: name.name) else {
      throw DatabaseError(
        engine: engine, errorClass: .configuration, message: "there is no such table",
        remedy: "The tables are " + StackOverflowTable.allCases.map(\.name).sorted().joined(separator: ", ")
          + ".",
        place: ErrorPlace(endpoint: endpointName, operation: operation, table: name.description))
    }
    return table
  }

  private func cannotRange(
    _ table: StackOverflowTable, _ column: ColumnSchema?, operation: String
  ) -> DatabaseError {
    failure(
      .configuration, "the generator finds rows by Id, not by \(column?.name ?? "no column")",
      remedy: "Split the table by Id.", operation: operation, table)
  }

  private func failure(
    _ errorClass: ErrorClass, _ message: String, remedy: String? = nil, operation: String,
    _ table: StackOverflowTable? = nil
  ) -> DatabaseError {
    DatabaseError(
      engine: engine, errorClass: errorClass, message: message, remedy: remedy,
      place: ErrorPlace(endpoint: endpointName, operation: operation, table: table?.name))
  }
}
