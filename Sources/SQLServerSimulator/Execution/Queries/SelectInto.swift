/// SELECT ... INTO: a new table with the query's columns and rows.
extension StatementContext {
  mutating func selectInto(_ name: ObjectName, _ query: Query) throws(SQLError) -> Int {
    var binder = Binder()
    let bound = try binder.bindQuery(query, in: &self)
    if case .select(let select) = bound.plan, select.items.contains(where: { $0.variable != nil }) {
      throw .assignmentWithRetrieval
    }
    var database = session.database
    if let wanted = name.database {
      guard let found = storage.database(wanted.text) else { throw .invalidObjectName(name.spelled) }
      database = found.id
    }
    try requireFree(newPlace(of: name))
    var about = TableDescription()
    for (index, column) in bound.columns.enumerated() {
      guard !column.name.isEmpty else { throw .missingColumnName }
      guard about.column(column.name) == nil else {
        throw .columnSpecifiedSeveralTimes(column.name, of: name.name.text)
      }
      about.columns.append(
        ColumnDescription(
          name: column.name, id: Int32(index + 1), type: column.declared, isNullable: column.isNullable))
    }
    about.lastColumnID = Int32(bound.columns.count)
    let counter = carryIdentity(bound, &about)
    let rows = try run(bound)
    let number = try storage.createTable(
      session.number, database, QualifiedName(name.schema?.text ?? "dbo", name.name.text))
    try storage.alterTable(session.number, number) { (table: inout ServerTable) throws(SQLError) in
      table.about = about
      table.identity = counter
    }.value()
    try store(rows, bound, in: number)
    return rows.count
  }

  /// An identity column keeps its property when it comes alone from one table.
  private func carryIdentity(_ query: BoundQuery, _ about: inout TableDescription) -> IdentityCounter? {
    guard case .select(let select) = query.plan, select.sources.count == 1, !select.isGrouped,
      case .table = select.sources[0].kind,
      query.columns.count(where: \.isIdentity) == 1,
      let place = query.columns.firstIndex(where: \.isIdentity), let table = query.columns[place].table
    else { return nil }
    about.columns[place].isIdentity = true
    return storage.table(table).identity
  }

  private mutating func store(
    _ rows: Run<ServerRow>, _ query: BoundQuery, in number: Int
  ) throws(SQLError) {
    var builder = RowChunkBuilder()
    let fields = query.fields
    for row in rows {
      row.withBytes { bytes in
        for field in fields {
          if let value = StoredFields.field(field, of: bytes) {
            builder.append(value)
          } else {
            builder.appendNull()
          }
        }
      }
      builder.endRow()
      if builder.bytes.count > 1 << 20 {
        try storage.insert(session.number, into: number, builder.finish()).value()
      }
    }
    if builder.rowCount > 0 {
      try storage.insert(session.number, into: number, builder.finish()).value()
    }
  }
}
