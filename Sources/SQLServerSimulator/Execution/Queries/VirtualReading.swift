/// Rows of the catalog that a statement has read, and where those with a number are.
struct CatalogCache: Sendable {
  let rows: ContiguousArray<ServerRow>
  /// By field and number.
  var places: [Int: [Int64: ContiguousArray<ServerRow>]] = [:]
}

/// The rows of calculated tables: once for a statement, and looked up by object_id and its like. A subquery
/// that is run for each row of another view would be slow otherwise.
extension StatementContext {
  mutating func rows(
    of virtual: any VirtualTable, _ seeks: [SeekCondition], available: UInt64
  ) throws(SQLError) -> Run<ServerRow> {
    guard let name = virtual.cacheKey else { return Run(try calculated(virtual)) }
    // A trigger may change what the statement that fires it has read.
    let transaction = storage.sessions[session.number]?.transaction
    let key = "\(name) \(transaction?.work ?? 0) \(transaction?.undo.count ?? 0)"
    if catalogRows.count > 64 { catalogRows = [:] }
    if catalogRows[key] == nil { catalogRows[key] = CatalogCache(rows: try calculated(virtual)) }
    let seek = seeks.first { $0.isOfNumbers && $0.needs & ~available == 0 }
    guard let seek, case .integer(let wanted) = try evaluate(seek.value) else {
      return Run(catalogRows[key]?.rows ?? [])
    }
    if catalogRows[key]?.places[seek.field] == nil {
      let type = virtual.columns[seek.field].type
      var places: [Int64: ContiguousArray<ServerRow>] = [:]
      for row in catalogRows[key]?.rows ?? [] {
        let value = row.withBytes { type.decoded(StoredFields.field(seek.field, of: $0)) }
        if case .integer(let number) = value { places[number, default: []].append(row) }
      }
      catalogRows[key]?.places[seek.field] = places
    }
    return Run(catalogRows[key]?.places[seek.field]?[wanted] ?? [])
  }

  private mutating func calculated(
    _ virtual: any VirtualTable
  ) throws(SQLError) -> ContiguousArray<ServerRow> {
    var collector = RowCollector()
    let types = virtual.columns.map(\.type)
    for row in try virtual.rows(&self) { collector.append(row, types) }
    return collector.finish()
  }
}

extension SeekCondition {
  /// A column of integers that equals an integer.
  fileprivate var isOfNumbers: Bool {
    let other = value.knownType
    return operation == .equal && type.isInteger && type.kind != .bit && other.isInteger && other.kind != .bit
  }
}
