/// Two types in one expression: which wins, and what the result is.
extension SQLType {
  /// The manual's order of precedence: the operand of lower precedence is converted to the type of the
  /// higher.
  package var precedence: Int { SQLType.precedences[Int(kind.rawValue)] }

  private static let precedences: [Int] = {
    let ascending: [Kind] = [
      .binary, .varbinary, .char, .varchar, .nchar, .nvarchar, .uniqueidentifier, .rowversion, .image, .text,
      .ntext,
      .bit, .tinyint, .smallint, .int, .bigint, .smallmoney, .money, .numeric, .decimal, .real, .float, .time,
      .date,
      .smalldatetime, .datetime, .datetime2, .datetimeoffset, .xml, .variant, .hierarchyid, .geometry,
      .geography,
    ]
    var precedences = [Int](repeating: 0, count: ascending.count)
    for (place, kind) in ascending.enumerated() { precedences[Int(kind.rawValue)] = place }
    return precedences
  }()

  /// The type that both are converted to for a comparison, UNION, CASE, COALESCE or IN.
  ///
  /// A text type without a collation (a literal, a variable) takes the other's. Throws 206 or 257 where the
  /// lower type does not convert by itself, 468 for two collations.
  package static func common(
    _ left: SQLType, _ right: SQLType, operation: String = "equal to"
  ) throws(SQLError) -> SQLType {
    if left == right { return left }
    let (winner, loser) = left.precedence >= right.precedence ? (left, right) : (right, left)
    if winner.kind != loser.kind { try loser.requireConversion(to: winner) }
    var result = winner
    switch winner.kind {
    case .decimal, .numeric:
      guard let other = loser.asDecimal() else { break }
      let scale = max(winner.scale, other.scale)
      let whole = max(winner.precision - winner.scale, other.precision - other.scale)
      result.precision = min(whole + scale, SQLDecimal.maxDigits)
      result.scale = min(scale, max(0, SQLDecimal.maxDigits - whole))
    case .char, .varchar, .nchar, .nvarchar:
      result.collation = try commonCollation(left, right, operation: operation)
      guard loser.isText || loser.isBinary else { break }
      result.length = winner.isUnlimited || loser.isUnlimited ? unlimited : max(winner.length, loser.length)
      if result.isUnlimited, result.isPadded { result.kind = result.isNational ? .nvarchar : .varchar }
      // Bytes in nchar take two to the character, but are not cut short for it.
      if result.isNational, !result.isUnlimited { result.length = min(result.length, 4000) }
    case .text, .ntext:
      result.collation = try commonCollation(left, right, operation: operation)
    case .binary, .varbinary:
      result.length = winner.isUnlimited || loser.isUnlimited ? unlimited : max(winner.length, loser.length)
      if result.isUnlimited { result.kind = .varbinary }
    case .time, .datetime2, .datetimeoffset:
      result.scale = max(winner.scale, loser.fractionDigits)
    default: break
    }
    return result
  }

  /// What of a second's fraction another type can have: three-hundredths need all digits.
  private var fractionDigits: Int {
    kind == .datetime ? 7 : kind == .time || kind == .datetime2 || kind == .datetimeoffset ? scale : 0
  }

  /// The collation of two texts in one expression; one without a collation takes the other's.
  package static func commonCollation(
    _ left: SQLType, _ right: SQLType, operation: String
  ) throws(SQLError) -> Collation? {
    guard let first = left.isText ? left.collation : nil else { return right.isText ? right.collation : nil }
    guard let second = right.isText ? right.collation : nil, first != second else { return first }
    throw .collationConflict(first.name, second.name, operation: operation)
  }

  /// The type that two operands of a comparison are converted to. Throws 402 for types that do not compare.
  package static func comparison(
    _ left: SQLType, _ right: SQLType, operation: String = "equal to"
  ) throws(SQLError) -> SQLType {
    for type in [left, right] where !type.isComparable {
      if type.kind == .xml { throw .xmlNotComparable }
      throw .incompatibleOperands(left.name, right.name, operation: operation)
    }
    return try common(left, right, operation: operation)
  }

  /// An exact number as a decimal: precision and scale. With `constant`, as many digits as a literal has.
  /// Nil for other types.
  func asDecimal(constant: Int64? = nil) -> SQLType? {
    switch kind {
    case .decimal, .numeric: self
    case .bit: .numeric(1, 0)
    case .tinyint, .smallint, .int, .bigint:
      .numeric(constant.map { SQLDecimal($0).digitCount } ?? catalogPrecision, 0)
    case .money, .smallmoney: .numeric(catalogPrecision, 4)
    default: nil
    }
  }
}
