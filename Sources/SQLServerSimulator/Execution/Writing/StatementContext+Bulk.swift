import ModelDatabase

extension StatementContext {
  /// Writes a chunk of a bulk load within an attempt: identities, versions and computed columns are filled
  /// in, constraints looked at if the load asked for that. Returns the number of rows.
  ///
  /// A load is one statement for its client: whoever calls this for several chunks sees to it that all of
  /// them are taken back when one fails. Throws 515, 547, 2601, 2627, 4891, 8115.
  package mutating func writeBulk(
    _ chunk: RowChunk, _ target: inout BulkTarget
  ) throws(SQLError) -> Int {
    let rules = target.rules
    guard storage.tables[rules.number]?.version == target.version else { throw .bulkTargetHasChanged }
    var (whole, parents) = (chunk, target.parents)
    var last: Int64?
    if target.needsFilling { whole = try filled(chunk, target, &last) }
    whole = try completed(whole, rules, "INSERT")
    if target.checksRows {
      try check(whole, rules, "INSERT")
      try parents.add(whole, rules)
    }
    if let identity = rules.identity, target.steps[identity].mode != .identity {
      last = try noteIdentities(whole, identity, rules)
    }
    try storage.bulkInsert(session.number, into: rules.number, whole, hints: target.hints).value()
    // Nothing can be blocked from here on.
    target.parents = parents
    target.count += whole.count
    if !target.triggers.isEmpty {
      let start = target.inserted.count
      for index in 0..<whole.count {
        target.inserted.append(
          ServerRow(key: RowKey(prefix: UInt64(start + index)), chunk: whole, row: index))
      }
    }
    if !target.checksRows, whole.count > 0 { distrust(rules.number) }
    if let last {
      session.lastIdentity = SQLDecimal(last)
      session.scopeIdentity = session.lastIdentity
    }
    return whole.count
  }

  /// Ends a bulk load within an attempt, when all chunks are written: foreign keys, if the load asked for
  /// that, and triggers, which see all of its rows. Throws 547.
  package mutating func finishBulk(_ target: inout BulkTarget) throws(SQLError) {
    try requireParents(target.parents, target.rules, "INSERT")
    try fire(
      target.triggers.after, .insert, of: target.rules, inserted: target.inserted,
      columns: Set(target.rules.columns.indices))
    target.inserted = []
  }

  /// The chunk with identities, versions, and defaults that differ from row to row.
  private mutating func filled(
    _ chunk: RowChunk, _ target: BulkTarget, _ last: inout Int64?
  ) throws(SQLError) -> RowChunk {
    let rules = target.rules
    var builder = RowChunkBuilder(byteCapacity: BulkTarget.chunkBytes)
    for index in 0..<chunk.count {
      try chunk.withRow(index) { bytes throws(SQLError) in
        var fields = StoredFields(bytes)
        for column in rules.columns.indices {
          let field = fields.nextField()
          if target.steps[column].mode == .identity {
            let value = try nextIdentity(rules, column)
            last = value
            rules.columns[column].type.appendStored(
              rules.identityValue(value, column), to: &builder.bytes)
          } else if column == rules.rowVersion {
            rules.columns[column].type.appendStored(newRowVersion(rules), to: &builder.bytes)
          } else if let field {
            builder.append(field)
          } else if let standard = target.defaults[column] {
            try rules.append(
              evaluate(standard), of: standard.knownType, to: column, "INSERT", &evaluation,
              into: &builder.bytes)
          } else {
            builder.appendNull()
          }
        }
      }
      builder.endRow()
    }
    return builder.finish()
  }

  /// Numbers that came with the rows: the counter goes on behind them. Returns the last.
  private mutating func noteIdentities(
    _ chunk: RowChunk, _ column: Int, _ rules: TableRules
  ) throws(SQLError) -> Int64? {
    let type = rules.columns[column].type
    var (lowest, highest, last): (Int64?, Int64?, Int64?)
    for index in 0..<chunk.count {
      let value = chunk.withRow(index) { type.decoded(StoredFields.field(column, of: $0)) }
      guard let number = value.identityNumber else { throw .unsupported("identities beyond bigint") }
      lowest = min(lowest ?? number, number)
      highest = max(highest ?? number, number)
      last = number
    }
    for number in [lowest, highest] {
      if let number { storage.noteIdentity(session.number, rules.number, number) }
    }
    return last
  }

  /// Constraints that rows came past without being looked at are not relied on. This is not taken back with
  /// the rows: it claims less than is true then.
  private mutating func distrust(_ number: Int) {
    guard let constraints = storage.tables[number]?.about.constraints else { return }
    for (index, constraint) in constraints.enumerated() where !constraint.isDisabled && constraint.isTrusted {
      switch constraint.kind {
      case .check, .foreignKey: storage.tables[number]?.about.constraints[index].isTrusted = false
      case .primaryKey, .unique: break
      }
    }
  }
}
