import ModelDatabase

// Values as the columns take them.
extension TableRules {
  /// Appends a value as the column takes it. Throws 515, 2628 (8152 in table variables), and what the
  /// conversion says.
  ///
  /// - Parameter operation: INSERT or UPDATE.
  func append(
    _ value: SQLValue, of type: SQLType, to column: Int, _ operation: String,
    _ evaluation: inout EvaluationContext, into bytes: inout [UInt8]
  ) throws(SQLError) {
    let about = columns[column]
    var stored = value
    if !value.isNull, type != about.type {
      let options = evaluation.options
      let place = (table: fullName, name: about.name)
      do throws(SQLError) {
        stored = try evaluation.arithmetic { _ throws(SQLError) in
          var (value, type) = (value, type)
          if let whole = about.type.untruncated(type) {
            value = try value.converted(from: type, to: whole, options: options)
            type = whole
          }
          return try value.assigned(from: type, to: about.type, options: options, column: place)
        }
      } catch {
        if isVariable, error.number == 2628 { throw .wouldBeTruncated }
        throw error
      }
    }
    if stored.isNull { try requireNullable(column, operation) }
    about.type.appendStored(stored, to: &bytes)
  }

  /// Appends a stored value of another table or result: copied where the types store alike.
  func append(
    stored value: UnsafeRawBufferPointer?, of type: SQLType, to column: Int, _ operation: String,
    _ evaluation: inout EvaluationContext, into bytes: inout [UInt8]
  ) throws(SQLError) {
    let target = columns[column].type
    guard let value else {
      try requireNullable(column, operation)
      return target.appendStored(.null, to: &bytes)
    }
    guard target.isStoredLike(type), target.fits(value.count) else {
      return try append(type.decoded(value), of: type, to: column, operation, &evaluation, into: &bytes)
    }
    withUnsafeBytes(of: Int32(value.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: value)
  }

  /// Throws 515.
  func requireNullable(_ column: Int, _ operation: String) throws(SQLError) {
    guard !columns[column].isNullable else { return }
    throw .nullNotAllowed(column: columns[column].name, table: fullName, operation: operation)
  }

  /// Whether an identity column reaches a number.
  func holdsIdentity(_ value: Int64, _ column: Int) -> Bool {
    let type = columns[column].type
    guard type.isDecimal else { return type.holds(value) }
    return SQLDecimal(value).fits(precision: type.precision - type.scale)
  }

  /// A number as a value of an identity column.
  func identityValue(_ value: Int64, _ column: Int) -> SQLValue {
    let type = columns[column].type
    guard type.isDecimal else { return .integer(value) }
    return .decimal(SQLDecimal(value).rescaled(to: type.scale) ?? SQLDecimal(value))
  }
}

extension StatementContext {
  /// The next number of a table's identity column. Throws 8115 when there is none left.
  mutating func nextIdentity(_ rules: TableRules, _ column: Int) throws(SQLError) -> Int64 {
    let type = rules.columns[column].type
    guard let next = storage.tables[rules.number]?.identity?.next, rules.holdsIdentity(next, column),
      let value = storage.nextIdentity(session.number, rules.number)
    else { throw .identityOverflow(type.name) }
    return value
  }

  mutating func newRowVersion(_ rules: TableRules) -> SQLValue {
    let version = storage.newRowVersion(rules.database)
    return .binary((0..<8).map { UInt8(truncatingIfNeeded: version >> (56 - 8 * UInt64($0))) })
  }

  /// The chunk with its computed columns, which were NULL so far.
  mutating func completed(
    _ chunk: RowChunk, _ rules: TableRules, _ operation: String
  ) throws(SQLError) -> RowChunk {
    guard !rules.computed.isEmpty else { return chunk }
    frames.append(RowFrame(sources: 1))
    defer { frames.removeLast() }
    var builder = RowChunkBuilder()
    for index in 0..<chunk.count {
      let row = ServerRow(key: RowKey(prefix: 0), chunk: chunk, row: index)
      frames[frames.count - 1].rows[0] = row
      var values = [SQLValue](repeating: .null, count: rules.computed.count)
      for place in values.indices { values[place] = try evaluate(rules.computed[place].value) }
      try row.withBytes { bytes throws(SQLError) in
        var (fields, next) = (StoredFields(bytes), 0)
        for column in rules.columns.indices {
          let field = fields.nextField()
          if next < values.count, rules.computed[next].column == column {
            let type = rules.computed[next].value.knownType
            try rules.append(
              values[next], of: type, to: column, operation, &evaluation, into: &builder.bytes)
            next += 1
          } else if let field {
            builder.append(field)
          } else {
            builder.appendNull()
          }
        }
      }
      builder.endRow()
    }
    return builder.finish()
  }

  /// Throws 547 for a row that a check constraint says false of.
  mutating func check(_ chunk: RowChunk, _ rules: TableRules, _ operation: String) throws(SQLError) {
    guard !rules.checks.isEmpty else { return }
    frames.append(RowFrame(sources: 1))
    defer { frames.removeLast() }
    for index in 0..<chunk.count {
      frames[frames.count - 1].rows[0] = ServerRow(key: RowKey(prefix: 0), chunk: chunk, row: index)
      for check in rules.checks where try evaluate(check.condition) == false {
        throw .constraintConflict(
          statement: operation, kind: "CHECK", constraint: check.name, database: rules.databaseName,
          table: rules.name.description, column: check.column)
      }
    }
  }
}

extension SQLType {
  /// What a value of another kind is made into first, so that what does not fit is noticed: dates, for
  /// example, are cut silently by CAST, but not by a column. Numbers have errors of their own.
  fileprivate func untruncated(_ source: SQLType) -> SQLType? {
    guard !isUnlimited, !source.isNumber else { return nil }
    if isText, !source.isText {
      let collation = collation ?? .standard
      return isNational
        ? .nvarchar(SQLType.unlimited, collation) : .varchar(SQLType.unlimited, collation)
    }
    if kind == .binary || kind == .varbinary, !source.isBinary { return .varbinary(SQLType.unlimited) }
    return nil
  }
}
