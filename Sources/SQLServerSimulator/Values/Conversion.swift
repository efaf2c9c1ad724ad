/// Values as values of another type: CAST, CONVERT, and what happens by itself.
extension SQLValue {
  /// The value as one of `target`: text is cut and padded to the target's length, numbers are rounded or cut
  /// as SQL Server does. Whether the conversion is allowed at all has been asked of `ConversionMatrix`.
  ///
  /// - Parameter style: of CONVERT; nil for CAST, implicit conversions and CONVERT without one.
  package func converted(
    from source: SQLType, to target: SQLType, style: Int? = nil,
    options: EvaluationContext.Options = EvaluationContext.Options()
  ) throws(SQLError) -> SQLValue {
    if isNull || source == target && style == nil { return self }
    if case .variant(let type, let value) = self, target.kind != .variant {
      guard ConversionMatrix.permission(from: type.kind, to: target.kind) != .none else {
        throw .explicitConversionNotAllowed(type.name, to: target.name)
      }
      return try value.converted(from: type, to: target, style: style, options: options)
    }
    switch target.kind {
    case .bit, .tinyint, .smallint, .int, .bigint: return try integer(from: source, to: target)
    case .decimal, .numeric: return try decimal(from: source, to: target)
    case .smallmoney, .money: return try money(from: source, to: target)
    case .real, .float: return try float(from: source, to: target)
    case .date, .time, .smalldatetime, .datetime, .datetime2, .datetimeoffset:
      return try date(from: source, to: target, style: style, options: options)
    case .char, .varchar, .text, .nchar, .nvarchar, .ntext, .xml:
      return try text(from: source, to: target, style: style)
    case .binary, .varbinary, .image, .rowversion, .hierarchyid, .geography, .geometry:
      return try binary(from: source, to: target, style: style)
    case .uniqueidentifier: return try guid(from: source, to: target)
    case .variant:
      if case .variant = self { return self }
      guard !source.isUnlimited else { throw .operandTypeClash(source.declaration, target.name) }
      return .variant(source, self)
    }
  }

  /// The value as a column, a variable or a parameter of a type takes it. A column refuses what is too long:
  /// 2628, or silently cut with ANSI_WARNINGS off. Blanks that are cut do no harm.
  ///
  /// - Parameter column: the names for the message; nil for variables and parameters, which cut silently.
  package func assigned(
    from source: SQLType, to target: SQLType,
    options: EvaluationContext.Options = EvaluationContext.Options(),
    column: (table: String, name: String)? = nil
  ) throws(SQLError) -> SQLValue {
    let result = try converted(from: source, to: target, options: options)
    guard let column, options.ansiWarnings, !target.isUnlimited else { return result }
    switch (self, result) {
    case (.text(let whole), .text(let kept)) where target.isText:
      guard whole.count > kept.count || target.collation?.isUTF8 == true else { break }
      let isNational = target.isNational
      let fitted = isNational ? whole : CodePage.fitted(whole, isUTF8: target.collation?.isUTF8 ?? false)
      guard fitted.dropFirst(kept.count).contains(where: { $0 != 0x20 }) else { break }
      throw .wouldBeTruncated(
        table: column.table, column: column.name, value: String(decoding: kept, as: UTF16.self))
    case (.binary(let whole), .binary(let kept)) where target.isBinary && whole.count > kept.count:
      throw .wouldBeTruncated(table: column.table, column: column.name, value: "")
    default: break
    }
    return result
  }

  // MARK: Integers

  private func integer(from source: SQLType, to target: SQLType) throws(SQLError) -> SQLValue {
    switch self {
    case .bit(let bit): return target.kind == .bit ? self : .integer(bit ? 1 : 0)
    case .integer(let value):
      if target.holds(value) { return target.integer(value) }
      guard source.kind != .bigint, target.kind != .int else {
        throw .overflow(converting: "expression", to: target.name)
      }
      throw .overflow(of: target.name, value: value)
    case .decimal(let decimal):
      guard target.kind != .bit else { return .bit(!decimal.isZero) }
      guard let value = decimal.int64, target.holds(value) else {
        throw .overflow(converting: "expression", to: target.name)
      }
      return .integer(value)
    case .money(let money):
      guard target.kind != .bit else { return .bit(money != 0) }
      let value = Money.rounded(money)
      guard target.holds(value) else { throw .overflow(converting: "expression", to: target.name) }
      return .integer(value)
    case .real(let real): return try SQLValue.float(Double(real)).integer(from: source, to: target)
    case .float(let float):
      guard target.kind != .bit else { return .bit(float != 0) }
      guard let value = Int64(exactly: float.rounded(.towardZero)), target.holds(value) else {
        if target.kind == .bigint { throw .overflow(converting: "expression", to: target.name) }
        throw .overflow(of: target.name, value: FloatText.fixed(float, decimals: 6))
      }
      return .integer(value)
    case .datetime(let days, let ticks):
      let value = Int64(days) + (ticks >= SQLCalendar.datetimeTicksPerDay / 2 ? 1 : 0)
      guard target.holds(value) else { throw .overflow(converting: "expression", to: target.name) }
      return target.integer(value)
    case .text(let text): return try SQLText.integer(text, from: source, to: target)
    case .binary(let bytes):
      if target.kind == .bit { return .bit(bytes.last ?? 0 != 0) }
      return .integer(target.integer(bigEndian: bytes))
    default: throw .explicitConversionNotAllowed(source.name, to: target.name)
    }
  }

  // MARK: Decimals, money and floating point

  private func decimal(from source: SQLType, to target: SQLType) throws(SQLError) -> SQLValue {
    var exact: SQLDecimal?
    switch self {
    case .bit(let bit): exact = SQLDecimal(bit ? 1 : 0)
    case .integer(let value): exact = SQLDecimal(value)
    case .decimal(let value): exact = value
    case .money(let value): exact = Money.decimal(value)
    case .real(let value):
      // A real has seven digits that count; its neighbours in double have not.
      exact = SQLDecimal(Double(value), scale: target.scale, precision: target.precision)
    case .float(let value): exact = SQLDecimal(value, scale: target.scale, precision: target.precision)
    case .datetime:
      exact = SQLDecimal(SQLMoment.days(self), scale: target.scale, precision: target.precision)
    case .text(let text):
      do {
        exact = try SQLDecimal(text: SQLText.trimmed(text), scale: target.scale, precision: target.precision)
      } catch {
        switch error {
        case .notANumber: throw .errorConverting(source.name, to: "numeric")
        case .tooManyDigits: throw .overflow(converting: source.name, to: "numeric")
        }
      }
    case .binary: throw .errorConverting(source.name, to: "numeric")
    default: throw .explicitConversionNotAllowed(source.name, to: target.name)
    }
    guard let result = exact?.rescaled(to: target.scale, precision: target.precision) else {
      throw .overflow(converting: source.isDecimal ? "numeric" : source.name, to: "numeric")
    }
    return .decimal(result)
  }

  private func money(from source: SQLType, to target: SQLType) throws(SQLError) -> SQLValue {
    let value: Int64?
    switch self {
    case .bit(let bit): value = bit ? 10_000 : 0
    case .integer(let integer):
      let product = integer.multipliedReportingOverflow(by: 10_000)
      value = product.overflow ? nil : product.partialValue
    case .decimal(let decimal): value = Money.value(decimal)
    case .money(let money): value = money
    case .real(let real): value = Money.value(SQLDecimal(Double(real), scale: 4, precision: 38))
    case .float(let float): value = Money.value(SQLDecimal(float, scale: 4, precision: 38))
    case .datetime: value = Money.value(SQLDecimal(SQLMoment.days(self), scale: 4, precision: 38))
    case .text(let text): return .money(try Money.parse(text, isSmall: target.kind == .smallmoney))
    case .binary(let bytes): value = target.integer(bigEndian: bytes)
    default: throw .explicitConversionNotAllowed(source.name, to: target.name)
    }
    guard let value, target.kind == .money || Int32(exactly: value) != nil else {
      throw .overflow(converting: "expression", to: target.name)
    }
    return .money(value)
  }

  private func float(from source: SQLType, to target: SQLType) throws(SQLError) -> SQLValue {
    let value: Double
    switch self {
    case .bit(let bit): value = bit ? 1 : 0
    case .integer(let integer): value = Double(integer)
    case .decimal(let decimal): value = decimal.double
    case .money(let money): value = Money.decimal(money).double
    case .real(let real): value = Double(real)
    case .float(let float): value = float
    case .datetime: value = SQLMoment.days(self)
    case .text(let text):
      let digits = SQLText.trimmed(text)
      guard let parsed = digits.isEmpty ? 0 : FloatText.parse(digits) else {
        throw .errorConverting(source.name, to: target.name)
      }
      guard parsed.isFinite else { throw .overflow(converting: source.name, to: target.name) }
      value = parsed
    default: throw .explicitConversionNotAllowed(source.name, to: target.name)
    }
    guard target.kind == .real else { return .float(value) }
    let real = Float(value)
    guard real.isFinite else { throw .overflow(of: "real", value: FloatText.fixed(value, decimals: 6)) }
    return .real(real)
  }
}

extension SQLType {
  /// Whether an integer type reaches a value.
  package func holds(_ value: Int64) -> Bool {
    switch kind {
    case .tinyint: UInt8(exactly: value) != nil
    case .smallint: Int16(exactly: value) != nil
    case .int: Int32(exactly: value) != nil
    default: true
    }
  }

  /// The value of an integer type, bit among them.
  func integer(_ value: Int64) -> SQLValue { kind == .bit ? .bit(value != 0) : .integer(value) }

  /// The last bytes that the type has room for, as a big-endian number with the type's sign.
  func integer(bigEndian bytes: [UInt8]) -> Int64 {
    let number = bytes.suffix(maxLength).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch kind {
    case .tinyint: return Int64(UInt8(truncatingIfNeeded: number))
    case .smallint: return Int64(Int16(truncatingIfNeeded: number))
    case .int, .smallmoney: return Int64(Int32(truncatingIfNeeded: number))
    default: return Int64(bitPattern: number)
    }
  }
}
