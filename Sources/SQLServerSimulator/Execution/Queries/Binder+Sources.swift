/// FROM.
extension Binder {
  /// Adds the sources of FROM to the innermost scope. Several are joined without a condition.
  mutating func bindSources(
    _ list: [TableSource], into select: inout BoundSelect, in context: inout StatementContext
  ) throws(SQLError) {
    for source in list {
      let node = try bind(source, into: &select, in: &context)
      if let before = select.from {
        select.from = .join(BoundJoin(kind: .cross, left: before, right: node))
      } else {
        select.from = node
      }
    }
  }

  private mutating func bind(
    _ source: TableSource, into select: inout BoundSelect, in context: inout StatementContext
  ) throws(SQLError) -> FromNode {
    switch source {
    case .table(let reference): return try table(reference, into: &select, in: &context)
    case .variable(let name, let alias):
      guard let number = context.session.tableVariables[name.lowercased()] else {
        throw .mustDeclareTableVariable(name)
      }
      return try add(
        .table(number, hints: []), Binder.columns(of: number, in: context), name: alias?.text ?? name,
        into: &select)
    case .derived(let query, let alias, let names):
      let bound = try hidingSources { binder throws(SQLError) in
        try binder.bindQuery(query, isDerived: true, in: &context)
      }
      return try add(bound, names: names, name: alias.text, into: &select)
    case .values(let rows, let alias, let names):
      return try values(rows, name: alias.text, names, into: &select, in: &context)
    case .function(let name, _, let alias, let columns):
      guard name.schema == nil || name.schema?.text.lowercased() == "sys", columns.isEmpty,
        let virtual = context.catalog.tableFunction(name.name.text.lowercased())
      else { throw .unsupported("\(name.name.text)()") }
      return try add(virtual, name: alias?.text ?? name.name.text, schema: nil, into: &select)
    case .join(let kind, let left, let right, let condition):
      return try join(kind, left, right, condition, into: &select, in: &context)
    }
  }

  private mutating func join(
    _ kind: JoinKind, _ left: TableSource, _ right: TableSource, _ condition: Condition?,
    into select: inout BoundSelect, in context: inout StatementContext
  ) throws(SQLError) -> FromNode {
    let scope = scopes.count - 1
    let start = scopes[scope].sources.count
    let first = try bind(left, into: &select, in: &context)
    let middle = scopes[scope].sources.count
    let second: FromNode
    if kind == .crossApply || kind == .outerApply {
      second = try apply(right, into: &select, in: &context)
    } else {
      second = try bind(right, into: &select, in: &context)
    }
    var join = BoundJoin(kind: kind, left: first, right: second)
    let end = scopes[scope].sources.count
    if let condition {
      let visible = scopes[scope].visible
      scopes[scope].visible = start..<end
      defer { scopes[scope].visible = visible }
      join.condition = try bind(condition, in: &context)
      addKeys(to: &join, left: start..<middle, right: middle..<end)
    }
    if let condition = join.condition {
      if kind == .inner || kind == .left { addSeeks(condition, to: &select, of: middle..<end) }
      if kind == .inner || kind == .right { addSeeks(condition, to: &select, of: start..<middle) }
    }
    for source in start..<end {
      let isEmpty =
        kind == .full || (kind == .left || kind == .outerApply) && source >= middle
        || kind == .right && source < middle
      guard isEmpty else { continue }
      for column in scopes[scope].sources[source].columns.indices {
        scopes[scope].sources[source].columns[column].isNullable = true
      }
    }
    return .join(join)
  }

  /// The right side of APPLY sees the sources on the left.
  private mutating func apply(
    _ right: TableSource, into select: inout BoundSelect, in context: inout StatementContext
  ) throws(SQLError) -> FromNode {
    guard case .derived(let query, let alias, let names) = right else {
      return try bind(right, into: &select, in: &context)
    }
    let bound = try bindQuery(query, isDerived: true, in: &context)
    return try add(bound, names: names, name: alias.text, into: &select)
  }

  private mutating func hidingSources<Value>(
    _ body: (inout Binder) throws(SQLError) -> Value
  ) throws(SQLError) -> Value {
    let scope = scopes.count - 1
    let before = scopes[scope].isHidden
    scopes[scope].isHidden = true
    defer { scopes[scope].isHidden = before }
    return try body(&self)
  }

  private mutating func values(
    _ rows: [[Expression]], name: String, _ names: [Identifier], into select: inout BoundSelect,
    in context: inout StatementContext
  ) throws(SQLError) -> FromNode {
    var bound: [[BoundExpression]] = []
    for row in rows {
      guard row.count == rows[0].count else { throw .valuesDiffer }
      var values: [BoundExpression] = []
      for value in row { values.append(try bind(value, in: &context)) }
      bound.append(values)
    }
    try Binder.requireNames(names, count: rows[0].count, of: name)
    var columns: [SourceColumn] = []
    for index in rows[0].indices {
      let type = try BoundExpression.commonType(bound.map { $0[index] }) ?? .int
      for row in bound.indices { bound[row][index] = try convert(bound[row][index], to: type, in: &context) }
      guard index < names.count else { throw .noColumnName(index + 1, of: name) }
      columns.append(
        SourceColumn(
          names[index].text, type, isNullable: bound.contains { $0[index].isNullable }, field: index))
    }
    return try add(.values(bound), columns, name: name, into: &select)
  }

  private static func requireNames(
    _ names: [Identifier], count: Int, of name: String
  ) throws(SQLError) {
    guard names.isEmpty || names.count == count else {
      throw .columnListDoesNotMatch(name, hasMore: count > names.count)
    }
  }

  // MARK: Names

  /// A query's result as a source.
  private mutating func add(
    _ query: BoundQuery, names: [Identifier], name: String, schema: String? = nil,
    into select: inout BoundSelect
  ) throws(SQLError) -> FromNode {
    try Binder.requireNames(names, count: query.columns.count, of: name)
    var columns: [SourceColumn] = []
    let fields = query.fields
    var seen: Set<String> = []
    for (index, output) in query.columns.enumerated() {
      let column = names.isEmpty ? output.name : names[index].text
      guard !column.isEmpty else { throw .noColumnName(index + 1, of: name) }
      guard seen.insert(column.lowercased()).inserted else {
        throw .columnSpecifiedSeveralTimes(column, of: name)
      }
      var source = SourceColumn(
        column, output.type ?? .int, isNullable: output.isNullable, field: fields[index])
      source.isIdentity = output.isIdentity
      columns.append(source)
    }
    return try add(.derived(query), columns, name: name, schema: schema, into: &select)
  }

  mutating func add(
    _ kind: BoundSource.Kind, _ columns: [SourceColumn], name: String, schema: String? = nil,
    into select: inout BoundSelect
  ) throws(SQLError) -> FromNode {
    let scope = scopes.count - 1
    let twin = scopes[scope].sources.first {
      $0.name.lowercased() == name.lowercased() && $0.schema?.lowercased() == schema?.lowercased()
    }
    if twin != nil {
      throw schema == nil ? .correlationNameTwice(name) : .exposedNamesAlike(name, name)
    }
    guard select.sources.count < Dependence.maximum else { throw .unsupported("more than 64 tables") }
    scopes[scope].sources.append(ScopeSource(name: name, schema: schema, columns: columns))
    select.sources.append(BoundSource(kind: kind, columns: columns))
    return .source(select.sources.count - 1)
  }

  // MARK: Tables

  private mutating func table(
    _ reference: TableReference, into select: inout BoundSelect, in context: inout StatementContext
  ) throws(SQLError) -> FromNode {
    let name = reference.name
    let alias = reference.alias?.text ?? name.name.text
    if name.schema == nil, name.name.text.lowercased() == recursive {
      throw .unsupported("recursive common table expressions")
    }
    if name.schema == nil, name.database == nil,
      let index = commonTables.lastIndex(where: { $0.name.text.lowercased() == name.name.text.lowercased() })
    {
      let query = try commonTable(index, in: &context)
      return try add(query, names: commonTables[index].columns, name: alias, into: &select)
    }
    let schema = reference.alias == nil ? name.schema?.text ?? "dbo" : nil
    if let number = try Binder.findTable(name, in: &context) {
      return try add(
        .table(number, hints: LockHints(reference.hints)), Binder.columns(of: number, in: context),
        name: alias, schema: schema, into: &select)
    }
    if let virtual = try Binder.findVirtual(name, in: &context) {
      return try add(virtual, name: alias, schema: schema, into: &select)
    }
    if let (query, names) = try Binder.findView(name, in: &context) {
      let bound = try view(query, of: name, in: &context)
      return try add(bound, names: names, name: alias, schema: schema, into: &select)
    }
    throw SQLError.invalidObjectName(name.spelled).at(line: Int32(name.line))
  }

  private mutating func add(
    _ virtual: any VirtualTable, name: String, schema: String?, into select: inout BoundSelect
  ) throws(SQLError) -> FromNode {
    let columns = virtual.columns.enumerated().map { index, column in
      SourceColumn(column.name, column.type, isNullable: column.isNullable, field: index)
    }
    return try add(.virtual(virtual), columns, name: name, schema: schema, into: &select)
  }

  /// A view sees nothing of the query that uses it, and its names are those of its own database.
  private func view(
    _ query: Query, of name: ObjectName, in context: inout StatementContext
  ) throws(SQLError) -> BoundQuery {
    var inner = Binder()
    inner.depth = depth
    let before = context.session.database
    context.session.database = try Binder.database(name, in: context) ?? before
    defer { context.session.database = before }
    return try inner.bindQuery(query, isDerived: true, in: &context)
  }

  /// A common table expression sees those before it, and nothing of the query that uses it.
  private func commonTable(_ index: Int, in context: inout StatementContext) throws(SQLError) -> BoundQuery {
    var inner = Binder()
    inner.depth = depth
    inner.commonTables = Array(commonTables[..<index])
    inner.recursive = commonTables[index].name.text.lowercased()
    return try inner.bindQuery(commonTables[index].query, isDerived: true, in: &context)
  }

  /// The table that a name means, by its number in the storage; nil if there is none. Throws `blocked` while
  /// somebody changes its definition.
  package static func findTable(
    _ name: ObjectName, in context: inout StatementContext
  ) throws(SQLError) -> Int? {
    guard let database = try database(name, in: context) else { return nil }
    let qualified = QualifiedName(name.schema?.text ?? "dbo", name.name.text)
    guard let number = context.storage.findTable(context.session.number, database, qualified) else {
      return nil
    }
    try context.storage.passDefinition(context.session.number, number).value()
    return number
  }

  private static func database(_ name: ObjectName, in context: StatementContext) throws(SQLError) -> Int? {
    if name.server != nil { throw .unsupported("linked servers") }
    guard let database = name.database else { return context.session.database }
    return context.storage.database(database.text)?.id
  }

  private static func findVirtual(
    _ name: ObjectName, in context: inout StatementContext
  ) throws(SQLError) -> (any VirtualTable)? {
    guard let database = try database(name, in: context) else { return nil }
    return try context.catalog.virtualTable(
      schema: name.schema?.text.lowercased() ?? "dbo", name: name.name.text.lowercased(),
      database: database, &context)
  }

  private static func findView(
    _ name: ObjectName, in context: inout StatementContext
  ) throws(SQLError) -> (query: Query, columns: [Identifier])? {
    guard let database = try database(name, in: context) else { return nil }
    let qualified = QualifiedName(name.schema?.text ?? "dbo", name.name.text)
    try context.storage.passModule(context.session.number, qualified, in: database).value()
    return try context.catalog.view(qualified, database: database, &context)
  }

  /// A table's columns as a source of rows has them.
  package static func columns(of number: Int, in context: StatementContext) -> [SourceColumn] {
    context.storage.table(number).about.columns.enumerated().map { index, column in
      var source = SourceColumn(
        column.name, column.type, isNullable: column.isNullable, field: index)
      source.isIdentity = column.isIdentity
      source.isComputed = column.computed != nil
      source.table = number
      return source
    }
  }
}

extension ObjectName {
  /// As messages have it.
  package var spelled: String {
    [server, database, schema, name].compactMap { $0?.text }.joined(separator: ".")
  }
}
