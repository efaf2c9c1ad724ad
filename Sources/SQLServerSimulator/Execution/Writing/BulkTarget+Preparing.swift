extension StatementContext {
  /// The types that an INSERT BULK statement declares for its columns.
  package func declaredTypes(_ statement: InsertBulkStatement) throws(SQLError) -> [SQLType] {
    var types: [SQLType] = []
    for column in statement.columns {
      var type = try Binder.type(column.type)
      if type.isText {
        type.collation = .standard
        if let name = column.collation { type.collation = try Collation(name: name.text) }
      }
      types.append(type)
    }
    return types
  }

  /// Finds what a bulk load fills, within an attempt. With the types that the statement declares it tells
  /// before the stream comes whether the statement will do.
  ///
  /// Throws 206, 207, 208, 257, 264, 271, 273, 545, 4816; refuses views, and with FIRE_TRIGGERS the triggers
  /// that nobody runs.
  ///
  /// - Parameter received: the types of the stream's columns, one for each of the statement.
  package mutating func prepareBulk(
    _ statement: InsertBulkStatement, received: [SQLType]
  ) throws(SQLError) -> BulkTarget {
    let found = try writeTarget(.table(statement.table, hints: []))
    let options = statement.options
    let checksRows = options.contains(.checkConstraints)
    let keepsNulls = options.contains(.keepNulls)
    let rules = try rules(of: found.table, checksRows: checksRows)
    let keepsIdentity = options.contains(.keepIdentity) || session.identityInsert == found.table
    let sources = try bulkSources(statement.columns, rules)
    guard sources.count == received.count else {
      throw .invalidBulkColumnType(min(sources.count, received.count) + 1)
    }
    if keepsIdentity, let identity = rules.identity, !sources.contains(identity) {
      throw .identityValueMissing(table: rules.name.name)
    }
    var triggers = TableTriggers()
    if options.contains(.fireTriggers) {
      triggers = try runnableTriggers(of: found.table, .insert)
      if let instead = triggers.insteadOf {
        throw .unsupported("the INSTEAD OF trigger \(instead.name) of a bulk load")
      }
    }
    var target = BulkTarget(
      rules: rules, version: storage.table(found.table).version,
      hints: options.contains(.tableLock) || storage.table(found.table).locksOnBulkLoad ? .tableLock : [],
      steps: [], received: received,
      checksRows: checksRows, triggers: triggers, evaluation: evaluation, parents: ParentKeys(rules))
    for column in rules.columns.indices {
      let source = sources.firstIndex(of: column)
      let isGenerated = column == rules.identity && !keepsIdentity
      target.steps.append(
        try step(column, isGenerated ? nil : source, keepsNulls: keepsNulls, keepsIdentity, &target))
    }
    // In a transaction the table's lock stays until the load is over.
    try storage.bulkInsert(session.number, into: found.table, .empty, hints: target.hints).value()
    return target
  }

  /// The table's columns in the order of the statement. Throws 207, 264, 271, 273.
  private func bulkSources(_ columns: [BulkColumn], _ rules: TableRules) throws(SQLError) -> [Int] {
    if columns.isEmpty {
      return rules.columns.indices.filter { $0 != rules.rowVersion && rules.columns[$0].computed == nil }
    }
    var sources: [Int] = []
    for column in columns {
      let place = try rules.column(column.name)
      if sources.contains(place) { throw .columnSpecifiedTwice(column.name.text) }
      if rules.columns[place].computed != nil { throw .columnCannotBeModified(column.name.text) }
      if place == rules.rowVersion { throw .cannotInsertTimestamp }
      sources.append(place)
    }
    return sources
  }

  /// What becomes of a column.
  private mutating func step(
    _ column: Int, _ source: Int?, keepsNulls: Bool, _ keepsIdentity: Bool, _ target: inout BulkTarget
  ) throws(SQLError) -> BulkStep {
    let about = target.rules.columns[column]
    if column == target.rules.rowVersion || about.computed != nil { return BulkStep(mode: .later) }
    if column == target.rules.identity, !keepsIdentity { return BulkStep(mode: .identity) }
    guard let source else {
      let standard = try standard(of: column, &target)
      switch standard {
      case .constant: return BulkStep(mode: .constant, standard: standard)
      case .later: return BulkStep(mode: .later)
      case .null: return BulkStep(mode: about.isNullable ? .later : .missing)
      }
    }
    var step = target.received[source].bulkStep(to: about.type)
    try target.received[source].requireConversion(to: about.type)
    step.source = source
    step.isNullable = about.isNullable
    if !keepsNulls { step.standard = try standard(of: column, &target) }
    return step
  }

  /// What a column's default is to a load, which keeps it.
  private mutating func standard(
    of column: Int, _ target: inout BulkTarget
  ) throws(SQLError) -> BulkStep.Standard {
    guard let bound = try boundDefault(of: target.rules.columns[column]) else { return .null }
    guard let constant = bound.constant, !constant.isNull else {
      target.defaults[column] = bound
      return .later
    }
    var bytes: [UInt8] = []
    try target.rules.append(
      constant, of: bound.knownType, to: column, "INSERT", &evaluation, into: &bytes)
    target.constants.append(bytes)
    return .constant(target.constants.count - 1)
  }
}

extension SQLType {
  /// How received values of this type become those of a column.
  fileprivate func bulkStep(to column: SQLType) -> BulkStep {
    var step = BulkStep(mode: .converted)
    step.length = column.isUnlimited ? .max : column.maxLength
    step.receivedLength = isUnlimited ? .max : maxLength
    step.isWide = isNational
    if column.isStoredLike(self) {
      switch column.kind {
      case .tinyint, .smallint, .int, .bigint, .smallmoney, .money, .uniqueidentifier: step.mode = .fixed
      case .varchar, .text, .nvarchar, .ntext, .varbinary, .image: step.mode = .varying
      case .decimal, .numeric: step.mode = .decimal
      default: step.mode = .checked
      }
      return step
    }
    if column.isDecimal, isDecimal, scale == column.scale, precision <= column.precision {
      step.mode = .decimal
    }
    let isSamePage = collation?.isUTF8 != true && column.collation?.isUTF8 != true
    switch column.kind {
    case .char where [.char, .varchar].contains(kind) && isSamePage,
      .nchar where [.nchar, .nvarchar].contains(kind),
      .binary where [.binary, .varbinary].contains(kind):
      step.mode = .padded
    default: break
    }
    return step
  }
}
