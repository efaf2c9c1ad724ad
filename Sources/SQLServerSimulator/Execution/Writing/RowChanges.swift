import ModelDatabase

/// Rows that are deleted or replaced, with what follows from it.
extension StatementContext {
  /// Deletes rows, does what foreign keys say, and runs AFTER triggers.
  mutating func remove(
    _ rows: [ServerRow], _ rules: TableRules, _ hints: LockHints, _ triggers: TableTriggers,
    _ operation: String
  ) throws(SQLError) {
    if let instead = triggers.insteadOf {
      return try fire([instead], .delete, of: rules, deleted: rows)
    }
    _ = try storage.delete(session.number, from: rules.number, rows.map(\.key), hints: hints).value()
    try follow(rows, of: rules, operation)
    try fire(triggers.after, .delete, of: rules, deleted: rows)
  }

  /// Puts the rows of a chunk, whose computed columns are still to come, into the places of others, sees that
  /// constraints are kept, does what foreign keys say, and runs AFTER triggers. Returns the new rows.
  ///
  /// - Parameters:
  ///   - columns: those that the statement assigns.
  ///   - looksAtAll: foreign keys that are as they were may have lost their parents.
  mutating func replace(
    _ old: [ServerRow], by chunk: RowChunk, _ rules: TableRules, _ hints: LockHints,
    _ triggers: TableTriggers, columns: Set<Int>, _ operation: String, looksAtAll: Bool = false
  ) throws(SQLError) -> [ServerRow] {
    let chunk = try completed(chunk, rules, "UPDATE")
    let new = old.indices.map { ServerRow(key: old[$0].key, chunk: chunk, row: $0) }
    if let instead = triggers.insteadOf {
      guard rules.rowVersion == nil, rules.computed.isEmpty else {
        throw .unsupported("the INSTEAD OF trigger \(instead.name) on a table with generated columns")
      }
      try fire([instead], .update, of: rules, inserted: new, deleted: old, columns: columns)
      return new
    }
    try check(chunk, rules, operation)
    var parents = ParentKeys(rules)
    try parents.add(chunk, rules, old: looksAtAll ? [] : old)
    let updates = old.indices.map { RowUpdate(old[$0].key, row: $0) }
    _ = try storage.update(session.number, rules.number, updates, chunk, hints: hints).value()
    try requireParents(parents, rules, operation)
    let changing = columns.union(rules.computed.map(\.column))
    try follow(old, new, columns: changing, of: rules, operation)
    try fire(
      triggers.after, .update, of: rules, inserted: new, deleted: old, columns: columns)
    return new
  }

  /// Appends a row as it is but for the columns that `change` appends itself: it says true then.
  mutating func appendChanged(
    _ row: ServerRow, _ rules: TableRules, to builder: inout RowChunkBuilder,
    change: (inout StatementContext, _ column: Int, inout [UInt8]) throws(SQLError) -> Bool
  ) throws(SQLError) {
    try row.withBytes { bytes throws(SQLError) in
      var fields = StoredFields(bytes)
      for column in rules.columns.indices {
        let field = fields.nextField()
        if column == rules.rowVersion {
          rules.columns[column].type.appendStored(newRowVersion(rules), to: &builder.bytes)
        } else if rules.columns[column].computed != nil {
          builder.appendNull()
        } else if try !change(&self, column, &builder.bytes) {
          if let field { builder.append(field) } else { builder.appendNull() }
        }
      }
    }
    builder.endRow()
  }
}
