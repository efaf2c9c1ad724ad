import ModelDatabase

/// Where each column of a new row comes from.
struct InsertPlan: Sendable {
  enum Source: Sendable {
    /// One of the values that are given, by its number.
    case given(Int)
    /// The column's default; nil is NULL.
    case standard(BoundExpression?)
    case identity, rowVersion, computed
  }

  let rules: TableRules
  let hints: LockHints
  /// By column.
  var sources: [Source]
  /// The columns that take the given values, in the order of these.
  let columns: [Int]
  /// DEFAULT of columns that are given values, as far as it was asked for.
  var defaults: [Int: BoundExpression] = [:]

  /// Values for the identity column are given.
  var givesIdentity: Bool { rules.identity.map(columns.contains) ?? false }
}

/// New rows on their way into a table.
struct NewRows: Sendable {
  var builder = RowChunkBuilder()
  var chunks: [RowChunk] = []
  var count = 0
  var lastIdentity: SQLDecimal?

  /// Bytes of a chunk.
  static let chunkSize = 1 << 20

  mutating func endRow() {
    builder.endRow()
    count += 1
    if builder.bytes.count > NewRows.chunkSize { flush() }
  }

  mutating func flush() {
    if builder.rowCount > 0 { chunks.append(builder.finish()) }
  }
}

extension StatementContext {
  /// What becomes of the columns of a table when values for some are given.
  ///
  /// - Parameters:
  ///   - names: empty for all columns that are not generated.
  ///   - count: how many values there are; nil for none at all (DEFAULT VALUES).
  ///   - mismatch: the error for a number of values that differs from that of the names.
  mutating func insertPlan(
    _ target: WriteTarget, _ names: [Identifier], count: Int?,
    mismatch: (_ tooFew: Bool) -> SQLError = { _ in .columnCountDoesNotMatch }
  ) throws(SQLError) -> InsertPlan {
    let rules = try rules(of: target.table)
    let keepsIdentity = session.identityInsert == target.table
    var columns: [Int] = []
    if !names.isEmpty {
      columns = try namedColumns(names, rules, keepsIdentity: keepsIdentity)
      if let count, count != columns.count { throw mismatch(count < columns.count) }
    } else if let count {
      columns = rules.columns.indices.filter { $0 != rules.identity && rules.columns[$0].computed == nil }
      if rules.identity != nil, count == columns.count + 1 {
        throw .identityNeedsColumnList(table: target.spelled)
      }
      if count != columns.count { throw .columnCountDoesNotMatch }
    }
    if keepsIdentity, let identity = rules.identity, !columns.contains(identity) {
      throw .identityValueMissing(table: rules.name.name)
    }
    var sources: [InsertPlan.Source] = []
    for (index, column) in rules.columns.enumerated() {
      if index == rules.rowVersion {
        sources.append(.rowVersion)
      } else if column.computed != nil {
        sources.append(.computed)
      } else if let place = columns.firstIndex(of: index) {
        sources.append(.given(place))
      } else if index == rules.identity {
        sources.append(.identity)
      } else {
        sources.append(.standard(try boundDefault(of: column)))
      }
    }
    return InsertPlan(rules: rules, hints: target.hints, sources: sources, columns: columns)
  }

  /// Throws 207, 264, 271, 544.
  private func namedColumns(
    _ names: [Identifier], _ rules: TableRules, keepsIdentity: Bool
  ) throws(SQLError) -> [Int] {
    var columns: [Int] = []
    for name in names {
      let column = try rules.column(name)
      guard !columns.contains(column) else { throw .columnSpecifiedTwice(name.text) }
      guard rules.columns[column].computed == nil else { throw .columnCannotBeModified(name.text) }
      columns.append(column)
    }
    if let identity = rules.identity, columns.contains(identity), !keepsIdentity {
      throw .identityInsertIsOff(table: rules.name.name)
    }
    return columns
  }

  /// Throws 206 or 257 for values that the columns do not take, and 273 for a rowversion that is given.
  func requireConversions(_ plan: InsertPlan, _ types: [SQLType?]) throws(SQLError) {
    for (column, type) in zip(plan.columns, types) {
      guard column != plan.rules.rowVersion else { throw .cannotInsertTimestamp }
      try type?.requireConversion(to: plan.rules.columns[column].type)
    }
  }

  /// Appends a row. `given` appends the given value of a number to a column.
  mutating func compose(
    _ plan: InsertPlan, into rows: inout NewRows,
    given: (inout StatementContext, _ place: Int, _ column: Int, inout [UInt8]) throws(SQLError) -> Void
  ) throws(SQLError) {
    let rules = plan.rules
    for column in plan.sources.indices {
      switch plan.sources[column] {
      case .given(let place):
        let start = rows.builder.bytes.count
        try given(&self, place, column, &rows.builder.bytes)
        if column == rules.identity { try note(rules, column, start, &rows) }
      case .standard(let value):
        let found = if let value { try evaluate(value) } else { SQLValue.null }
        try rules.append(
          found, of: value?.knownType ?? rules.columns[column].type, to: column, "INSERT", &evaluation,
          into: &rows.builder.bytes)
      case .identity:
        let next = try nextIdentity(rules, column)
        rows.lastIdentity = SQLDecimal(next)
        rules.columns[column].type.appendStored(
          rules.identityValue(next, column), to: &rows.builder.bytes)
      case .rowVersion:
        rules.columns[column].type.appendStored(newRowVersion(rules), to: &rows.builder.bytes)
      case .computed: rows.builder.appendNull()
      }
    }
    rows.endRow()
  }

  /// A value that was given for the identity column: the counter goes on behind it.
  private mutating func note(
    _ rules: TableRules, _ column: Int, _ start: Int, _ rows: inout NewRows
  ) throws(SQLError) {
    let type = rules.columns[column].type
    let value = rows.builder.bytes.withUnsafeBytes { bytes -> SQLValue in
      type.decoded(UnsafeRawBufferPointer(rebasing: bytes[(start + 4)...]))
    }
    guard let number = value.identityNumber else { throw .unsupported("identities beyond bigint") }
    storage.noteIdentity(session.number, rules.number, number)
    rows.lastIdentity = SQLDecimal(number)
  }

  /// Appends rows of a query or another result.
  mutating func compose(
    _ plan: InsertPlan, _ source: Run<ServerRow>, fields: [Int], types: [SQLType], limit: Int = .max,
    into rows: inout NewRows
  ) throws(SQLError) {
    let width = (fields.max() ?? -1) + 1
    var found = [UnsafeRawBufferPointer?](repeating: nil, count: width)
    var left = limit
    for slice in source.slices {
      for row in slice {
        guard left > 0 else { return }
        left -= 1
        try row.withBytes { bytes throws(SQLError) in
          var walk = StoredFields(bytes)
          for index in 0..<width { found[index] = walk.nextField() }
          try compose(plan, into: &rows) { context, place, column, bytes throws(SQLError) in
            try plan.rules.append(
              stored: found[fields[place]], of: types[place], to: column, "INSERT", &context.evaluation,
              into: &bytes)
          }
        }
      }
    }
  }
}

extension SQLValue {
  /// The number of an identity column; nil if it is larger than a bigint.
  var identityNumber: Int64? {
    switch self {
    case .integer(let value): value
    case .decimal(let value): value.int64
    default: nil
    }
  }
}
