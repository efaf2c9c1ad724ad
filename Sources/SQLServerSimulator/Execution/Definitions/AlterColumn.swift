/// ALTER TABLE ALTER COLUMN, and what depends on a column.
extension StatementContext {
  /// Throws 4924 for an unknown column, 4927 and 4928, 5074 before 4922, 515 for NULL in a row, and what the
  /// conversion of a value throws.
  mutating func alterColumn(_ definition: ColumnDefinition, of number: Int) throws(SQLError) {
    let operation = "ALTER TABLE ALTER COLUMN"
    let table = storage.table(number)
    guard let position = table.about.column(definition.name.text), let type = definition.type else {
      throw .columnDoesNotExist(definition.name.text, table: table.name.name, operation: operation)
    }
    let before = table.about.columns[position]
    if before.computed != nil { throw .cannotAlterColumn(before.name, what: "COMPUTED") }
    if before.type.kind == .rowversion { throw .cannotAlterColumn(before.name, what: "timestamp") }
    var after = before
    after.type = try columnType(
      type, collation: definition.collation, position: 1, database: table.database)
    if after.type.kind == .rowversion { throw .cannotAlterToType(before.name, type: "timestamp") }
    after.isNullable = definition.isNullable ?? !before.isIdentity
    if before.isIdentity {
      if after.isNullable { throw .identityOnNullable(before.name, table: table.name.name) }
      guard after.type.isInteger && after.type.kind != .bit || after.type.isDecimal && after.type.scale == 0
      else { throw .invalidIdentityType(before.name) }
    }
    if after.type == before.type, after.isNullable == before.isNullable { return }
    try requireAlterable(before, to: after, position, of: number, operation)
    try before.type.requireConversion(to: after.type)
    try rewrite(position, from: before, to: after, of: number)
  }

  private mutating func rewrite(
    _ position: Int, from before: ColumnDescription, to after: ColumnDescription, of number: Int
  ) throws(SQLError) {
    let name = storage.table(number).name.name
    let fullName = fullName(of: number)
    let options = evaluation.options
    try storage.rewriteTable(session.number, number) { (table: inout ServerTable) throws(SQLError) in
      table.about.columns[position] = after
      table.retype(position, to: after.type)
    } _: { (bytes: UnsafeRawBufferPointer, builder: inout RowChunkBuilder) throws(SQLError) in
      var fields = StoredFields(bytes)
      var index = 0
      while !fields.isAtEnd {
        let field = fields.nextField()
        if index == position {
          if field == nil, !after.isNullable {
            throw .nullNotAllowed(column: before.name, table: fullName, operation: "UPDATE")
          }
          if let field, before.type.isDateOrTime, after.type.isText {
            // CAST cuts a date to the length, a column does not take it.
            let value = try before.type.decoded(field).stored(
              from: before.type, in: after, of: name, options: options)
            after.type.appendStored(value, to: &builder.bytes)
          } else {
            try after.type.appendStored(
              converting: field, from: before.type, options: options,
              column: (table: name, name: before.name), to: &builder.bytes)
          }
        } else if let field {
          builder.append(field)
        } else {
          builder.appendNull()
        }
        index += 1
      }
    }.value()
  }

  // MARK: Dependents

  /// What keeps a column from being dropped: 5074 for each, before 4922.
  mutating func requireUnused(
    _ position: Int, of number: Int, _ operation: String
  ) throws(SQLError) {
    let column = storage.table(number).about.columns[position]
    var found = try dependents(of: position, in: number)
    if let value = column.defaultValue { found.insert(.init(kind: .default, name: value.name), at: 0) }
    try refuse(found, column.name, operation)
  }

  /// What keeps a column from being altered. A longer text or byte string stays in its indexes, checks and
  /// unique keys; another length, precision or scale keeps its default.
  private mutating func requireAlterable(
    _ before: ColumnDescription, to after: ColumnDescription, _ position: Int, of number: Int,
    _ operation: String
  ) throws(SQLError) {
    let isVarying = [.varchar, .nvarchar, .varbinary].contains(before.type.kind)
    let isSameKind = before.type.kind == after.type.kind && before.type.collation == after.type.collation
    let isLonger =
      isVarying && isSameKind && after.type.isOfKeys && after.type.length >= before.type.length
      && before.isNullable == after.isNullable
    var found = try dependents(of: position, in: number).filter { dependent in
      switch dependent.kind {
      case .primaryKey, .foreignKey, .computed, .default: true
      case .unique, .index, .check: !isLonger
      }
    }
    if let value = before.defaultValue, !isSameKind {
      found.insert(.init(kind: .default, name: value.name), at: 0)
    }
    try refuse(found, before.name, operation)
  }

  private mutating func refuse(
    _ dependents: [Dependent], _ column: String, _ operation: String
  ) throws(SQLError) {
    guard !dependents.isEmpty else { return }
    for dependent in dependents {
      evaluation.warnings.append(.isDependent(dependent.kind.word, dependent.name, on: column))
    }
    throw .columnIsInUse(column, operation: operation)
  }

  /// Everything but defaults, in the order constraints, indexes, computed columns.
  private mutating func dependents(of position: Int, in number: Int) throws(SQLError) -> [Dependent] {
    let table = storage.table(number)
    var found: [Dependent] = []
    for constraint in table.about.constraints {
      switch constraint.kind {
      case .check(let text):
        if try fields(ofCheck: text, in: table).contains(position) {
          found.append(Dependent(kind: .check, name: constraint.name))
        }
      case .foreignKey(let reference):
        if reference.columns.contains(position) {
          found.append(Dependent(kind: .foreignKey, name: constraint.name))
        }
      case .primaryKey(let index):
        if table.index(id: index)?.has(position) == true {
          found.append(Dependent(kind: .primaryKey, name: constraint.name))
        }
      case .unique(let index):
        if table.index(id: index)?.has(position) == true {
          found.append(Dependent(kind: .unique, name: constraint.name))
        }
      }
    }
    for (child, constraint) in try foreignKeys(to: number) {
      let description = storage.table(child).about.constraints[constraint]
      guard case .foreignKey(let reference) = description.kind,
        reference.referencedColumns.contains(position)
      else { continue }
      found.append(Dependent(kind: .foreignKey, name: description.name))
    }
    let indexes = (table.clustered.map { [$0] } ?? []) + table.indexes.map(\.about)
    for index in indexes where index.constraint == nil {
      var isUsed = index.has(position) || index.included.contains(position)
      if !isUsed, let text = index.filterText {
        isUsed = try fields(ofCheck: text, in: table).contains(position)
      }
      if isUsed { found.append(Dependent(kind: .index, name: index.name)) }
    }
    for column in table.about.columns {
      guard let text = column.computed else { continue }
      if try fields(ofComputed: text, in: table).contains(position) {
        found.append(Dependent(kind: .computed, name: column.name))
      }
    }
    return found
  }

  /// Whether a check, a filter or a computed column reads a column by its name.
  mutating func isInText(_ position: Int, of number: Int) throws(SQLError) -> Bool {
    let table = storage.table(number)
    if try dependents(of: position, in: number).contains(where: { $0.kind == .check || $0.kind == .computed })
    {
      return true
    }
    for index in table.indexes {
      guard let text = index.about.filterText else { continue }
      if try fields(ofCheck: text, in: table).contains(position) { return true }
    }
    return false
  }
}

/// What reads a column.
private struct Dependent {
  enum Kind {
    case primaryKey, unique, foreignKey, check, `default`, index, computed

    /// As messages have it.
    var word: String {
      switch self {
      case .index: "index"
      case .computed: "column"
      default: "object"
      }
    }
  }

  var kind: Kind
  var name: String
}

extension IndexDescription {
  fileprivate func has(_ column: Int) -> Bool { keys.columns.contains { $0.column == column } }
}

extension ServerTable {
  /// Keys know the types of their columns.
  fileprivate mutating func retype(_ position: Int, to type: SQLType) {
    func retyped(_ about: IndexDescription) -> IndexDescription {
      var about = about
      about.keys = KeyMaker(
        about.keys.columns.map { key in
          var key = key
          if key.column == position { key.type = type }
          return key
        })
      return about
    }
    clustered = clustered.map(retyped)
    for index in indexes.indices { indexes[index].about = retyped(indexes[index].about) }
  }
}

extension SQLValue {
  /// The value as a column takes it: a date that is too long for a text is refused, as a text is.
  func stored(
    from source: SQLType, in column: ColumnDescription, of table: String, options: EvaluationContext.Options
  ) throws(SQLError) -> SQLValue {
    let names = (table: table, name: column.name)
    guard source.isDateOrTime, column.type.isText, !column.type.isUnlimited else {
      return try assigned(from: source, to: column.type, options: options, column: names)
    }
    let whole = SQLType.nvarchar(SQLType.unlimited, column.type.collation ?? .standard)
    return try converted(from: source, to: whole, options: options)
      .assigned(from: whole, to: column.type, options: options, column: names)
  }
}
