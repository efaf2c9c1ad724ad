import ModelDatabase

/// ALTER TABLE.
extension StatementContext {
  /// Throws 4902 for an unknown table and 4909 for a view.
  mutating func alterTable(_ alter: AlterTableStatement) throws(SQLError) {
    try requireNoSnapshot()
    guard let number = try lockTable(alter.table) else {
      if let place = try? place(of: alter.table), try findModule(place)?.kind == .view {
        throw .isNotATable(alter.table.spelled)
      }
      throw .cannotFindObject(alter.table.spelled)
    }
    switch alter.action {
    case .add(let elements, let checksRows):
      try add(elements, to: number, checksRows: checksRows ?? true)
    case .drop(let dropped): try drop(dropped, of: number)
    case .alterColumn(let column): try alterColumn(column, of: number)
    case .switchConstraints(let names, let isOn, let checksRows):
      try switchConstraints(names, of: number, isOn: isOn, checksRows: checksRows ?? false)
    case .switchTriggers(let names, let isOn):
      try switchTriggers(names, of: number, isOn: isOn)
    case .set(let options): try set(options, of: number)
    case .rebuild(let options):
      try requireKnown(options, of: "ALTER TABLE")
      for index in storage.table(number).indexes where index.isDisabled == false {
        try storage.rebuildIndex(session.number, number, index.id).value()
      }
    }
  }

  private mutating func set(_ options: [NamedOption], of number: Int) throws(SQLError) {
    for option in options {
      guard option.name == "LOCK_ESCALATION" else { throw .unsupported(option: option.name) }
      guard ["AUTO", "TABLE", "DISABLE"].contains(option.value) else {
        throw .incorrectSyntax(near: option.value)
      }
      try change(number) { (table: inout ServerTable) throws(SQLError) in
        table.escalatesLocks = option.value != "DISABLE"
      }
    }
  }

  // MARK: ADD

  private mutating func add(
    _ elements: TableElements, to number: Int, checksRows: Bool
  ) throws(SQLError) {
    let table = storage.table(number)
    var draft = TableDraft(
      name: table.name.name, database: table.database, about: table.about, identity: table.identity,
      statement: "ALTER TABLE")
    try addColumns(elements, to: &draft)
    let start = table.about.columns.count
    try requireFreeDefaults(of: draft, schema: table.name.schema, from: start)
    // Those that are computed read the others.
    let added = Array(zip(start..., elements.columns))
    let order = added.filter { $0.1.computed == nil } + added.filter { $0.1.computed != nil }
    if !order.isEmpty { try fill(order, of: draft, in: number) }
    for constraint in elements.constraints where constraint.isKey {
      try addConstraint(constraint, to: number, checksRows: checksRows, in: "ALTER TABLE")
    }
    for index in elements.indexes { try addIndex(index, to: number) }
    for constraint in elements.constraints where !constraint.isKey {
      try addConstraint(constraint, to: number, checksRows: checksRows, in: "ALTER TABLE")
    }
  }

  /// Writes every row anew with values for the columns behind those that it has. Throws 4901 where there
  /// are none.
  private mutating func fill(
    _ columns: [(position: Int, definition: ColumnDefinition)], of draft: TableDraft, in number: Int
  ) throws(SQLError) {
    let table = storage.table(number)
    let start = table.about.columns.count
    var identity = draft.identity
    var fillers: [ColumnFiller] = []
    for (position, definition) in columns {
      fillers.append(try filler(position, definition, of: draft, isEmpty: table.rows.count == 0))
    }
    var collector = RowCollector()
    frames.append(RowFrame(sources: 1))
    defer { frames.removeLast() }
    let top = frames.count - 1
    for slice in table.rows.run(.all).slices {
      for row in slice {
        let width = draft.about.columns.count - start
        var values = [SQLValue](repeating: .null, count: width)
        for filler in fillers {
          if filler.isComputed {
            frames[top].rows[0] = row.extended(by: values, draft.about.columns[start...].map(\.type))
          } else {
            frames[top].rows[0] = row
          }
          values[filler.position - start] = try value(filler, of: draft, &identity)
        }
        collector.append(values, draft.about.columns[start...].map(\.type))
      }
    }
    let added = collector.finish()
    var next = 0
    try storage.rewriteTable(session.number, number) { (table: inout ServerTable) throws(SQLError) in
      table.about = draft.about
      table.identity = identity
    } _: { (bytes: UnsafeRawBufferPointer, builder: inout RowChunkBuilder) throws(SQLError) in
      builder.bytes.append(contentsOf: bytes)
      added[next].withBytes { builder.bytes.append(contentsOf: $0) }
      next += 1
    }.value()
  }

  private mutating func filler(
    _ position: Int, _ definition: ColumnDefinition, of draft: TableDraft, isEmpty: Bool
  ) throws(SQLError) -> ColumnFiller {
    let column = draft.about.columns[position]
    var filler = ColumnFiller(position: position)
    if let computed = definition.computed {
      filler.isComputed = true
      filler.expression = try bind(
        computed.expression.expression, table: draft.name, columns: draft.about.columns,
        in: draft.statement
      ).0
    } else if column.isIdentity || column.type.kind == .rowversion {
      return filler
    } else if let value = definition.defaultValue, !column.isNullable || value.fillsExistingRows {
      filler.expression = try bindDefault(
        value.value.expression, type: column.type, in: draft.statement)
    } else if !column.isNullable, !isEmpty {
      throw .addedColumnNeedsDefault(column.name, table: draft.name)
    }
    return filler
  }

  private mutating func value(
    _ filler: ColumnFiller, of draft: TableDraft, _ identity: inout IdentityCounter?
  ) throws(SQLError) -> SQLValue {
    let column = draft.about.columns[filler.position]
    if column.isIdentity {
      guard let next = identity?.next, column.type.holdsIdentity(next) else {
        throw .overflow(converting: "IDENTITY", to: column.type.name)
      }
      identity?.last = next
      return column.type.identityValue(next)
    }
    if column.type.kind == .rowversion {
      let number = storage.newRowVersion(draft.database)
      return .binary((0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
    }
    guard let expression = filler.expression else { return .null }
    let value = try evaluate(expression).stored(
      from: expression.knownType, in: column, of: draft.name, options: evaluation.options)
    if value.isNull, !column.isNullable {
      throw .nullNotAllowed(column: column.name, table: draft.name, operation: "ALTER TABLE")
    }
    return value
  }
}

/// Where the values of a column that is added come from; NULL without an expression, unless it counts.
private struct ColumnFiller {
  var position: Int
  var isComputed = false
  var expression: BoundExpression?
}

extension ServerRow {
  /// The row with more fields.
  fileprivate func extended(by values: [SQLValue], _ types: [SQLType]) -> ServerRow {
    var builder = RowChunkBuilder()
    withBytes { builder.bytes.append(contentsOf: $0) }
    for (value, type) in zip(values, types) { type.appendStored(value, to: &builder.bytes) }
    builder.endRow()
    return ServerRow(key: key, chunk: builder.finish(), row: 0)
  }
}
