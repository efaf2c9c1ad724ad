/// The types of constants. Those of text have no collation of their own: they take that of what they meet.
extension SQLType {
  /// As long as the text; (MAX) beyond 8000 or 4000 characters.
  package static func literal(text: [UInt16], isNational: Bool) -> SQLType {
    let isLong = text.count > (isNational ? 4000 : 8000)
    return SQLType(isNational ? .nvarchar : .varchar, length: isLong ? unlimited : max(1, text.count))
  }

  package static func literal(binary: [UInt8]) -> SQLType {
    .varbinary(binary.count > 8000 ? unlimited : max(1, binary.count))
  }

  /// A number with a point, or one that int does not hold: numeric with the digits that it has. Throws 1007
  /// beyond 38 digits.
  package static func literal(digits: String, scale: Int) throws(SQLError) -> (SQLValue, SQLType) {
    guard digits.utf8.count <= SQLDecimal.maxDigits, scale <= SQLDecimal.maxDigits,
      let magnitude = UInt128(digits)
    else { throw .numberOutOfRange(digits) }
    let value = SQLDecimal(magnitude: magnitude, scale: scale)
    return (.decimal(value), .numeric(max(digits.utf8.count, scale, 1), scale))
  }
}

extension LikePattern {
  /// How a text and a pattern of their types are matched: by which collation, and whether as national text.
  /// What is no text is matched as it prints.
  ///
  /// Throws 8116 for a type that LIKE does not take, 468 for two collations.
  package static func comparison(
    text: SQLType?, pattern: SQLType?
  ) throws(SQLError) -> (collation: Collation, isNational: Bool) {
    let types = [text, pattern]
    for index in types.indices { try TextTypes.require(types, argument: index, function: "like") }
    let collation = try SQLType.commonCollation(
      TextTypes.text(text), TextTypes.text(pattern), operation: "like")
    return (collation ?? .standard, types.contains { $0?.isNational == true })
  }
}

extension SQLValue {
  /// The value as LIKE and the functions of text read it; nil for NULL.
  package func units(of type: SQLType) throws(SQLError) -> [UInt16]? {
    if isNull { return nil }
    if case .text(let text) = self { return text }
    let target = SQLType(type.isBinary ? .varchar : .nvarchar, length: SQLType.unlimited)
    guard case .text(let text) = try converted(from: type, to: target) else { return nil }
    return text
  }
}
