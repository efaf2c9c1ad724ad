/// Types by name, as declarations spell them.
extension SQLType.Kind {
  /// The name that the catalog has, and that messages show.
  package var name: String {
    switch self {
    case .rowversion: "timestamp"
    case .variant: "sql_variant"
    default: "\(self)"
    }
  }

  /// A name of a type, in any case. Two words are separated by one blank.
  package init?(name: String) {
    let name = name.lowercased()
    if let kind = SQLType.Kind.names[name] { self = kind } else { return nil }
  }

  private static let names: [String: SQLType.Kind] = {
    var names = Dictionary(uniqueKeysWithValues: SQLType.Kind.allCases.map { ($0.name, $0) })
    // The synonyms of the manual's list.
    for (name, kind) in [
      ("rowversion", .rowversion), ("integer", .int), ("dec", .decimal), ("double precision", .float),
      ("character", .char), ("char varying", .varchar), ("character varying", .varchar),
      ("national char", .nchar), ("national character", .nchar), ("national char varying", .nvarchar),
      ("national character varying", .nvarchar), ("national text", .ntext), ("binary varying", .varbinary),
    ] as [(String, SQLType.Kind)] { names[name] = kind }
    return names
  }()
}

extension SQLType {
  /// The kind's name without arguments, as most messages show it.
  package var name: String { kind.name }

  /// The type as a declaration writes it: `decimal(18,4)`, `nvarchar(max)`.
  package var declaration: String {
    switch kind {
    case .decimal, .numeric: "\(name)(\(precision),\(scale))"
    case .time, .datetime2, .datetimeoffset: "\(name)(\(scale))"
    case .char, .varchar, .nchar, .nvarchar, .binary, .varbinary:
      "\(name)(\(isUnlimited ? "max" : String(length)))"
    default: name
    }
  }

  /// An argument of a type's name.
  package enum Argument: Equatable, Sendable {
    case number(Int)
    case max
  }

  /// What a type without a length means: 1 in declarations, 30 in CAST and CONVERT.
  package enum Use: Sendable {
    case declaration
    case cast
  }

  /// The type of a name and its arguments, as column definitions, CAST, INSERT BULK and parameter
  /// declarations write it. `position` is the column's, parameter's or variable's number, for messages.
  ///
  /// Throws 2715 or 243 for an unknown name, 2716 for arguments that the type does not have, and 131, 192,
  /// 1001, 1002 or 2750 for arguments that are out of range.
  package init(
    name: String, arguments: [Argument] = [], use: Use = .declaration, collation: Collation = .standard,
    position: Int = 1, line: Int = 1
  ) throws(SQLError) {
    if name.lowercased() == "sysname", arguments.isEmpty {
      self = .nvarchar(128, collation)
      return
    }
    guard let kind = Kind(name: name) else {
      throw use == .cast ? .unknownSystemType(name) : .unknownType(name, column: position)
    }
    self.init(kind)
    switch kind {
    case .decimal, .numeric:
      try setDecimal(arguments, position: position, line: line)
    case .float:
      try setFloat(arguments, position: position, line: line)
    case .time, .datetime2, .datetimeoffset:
      scale = 7
      guard let argument = arguments.first else { break }
      guard case .number(let digits) = argument, arguments.count == 1, digits <= 7 else {
        throw .invalidScale(SQLType.number(argument), line: line)
      }
      scale = digits
    case .char, .varchar, .nchar, .nvarchar, .binary, .varbinary:
      try setLength(arguments, use: use, position: position, line: line)
      if isText { self.collation = collation }
    default:
      guard arguments.isEmpty else { throw .typeHasNoWidth(kind.name, column: position) }
      if kind == .text || kind == .ntext { self.collation = collation }
      if isLargeObject || kind == .xml || kind == .geography || kind == .geometry {
        length = SQLType.unlimited
      }
      if kind == .rowversion { length = 8 }
      if kind == .hierarchyid { length = 892 }
    }
  }

  private mutating func setDecimal(_ arguments: [Argument], position: Int, line: Int) throws(SQLError) {
    precision = 18
    if let first = arguments.first { precision = SQLType.number(first) }
    if arguments.count > 1 { scale = SQLType.number(arguments[1]) }
    guard arguments.count <= 2, precision >= 1 else { throw .invalidLength(precision, line: line) }
    guard precision <= SQLDecimal.maxDigits else {
      throw .precisionTooLarge(precision, maximum: SQLDecimal.maxDigits, column: position)
    }
    guard scale >= 0, scale <= precision else { throw .scaleExceedsPrecision }
  }

  private mutating func setFloat(_ arguments: [Argument], position: Int, line: Int) throws(SQLError) {
    guard let first = arguments.first else { return }
    let bits = SQLType.number(first)
    guard arguments.count == 1, bits >= 1 else { throw .invalidLength(bits, line: line) }
    guard bits <= 53 else { throw .precisionTooLarge(bits, maximum: 53, column: position) }
    if bits <= 24 { kind = .real }
  }

  private mutating func setLength(
    _ arguments: [Argument], use: Use, position: Int, line: Int
  ) throws(SQLError) {
    guard let first = arguments.first else {
      length = use == .cast ? 30 : 1
      return
    }
    guard arguments.count == 1 else { throw .typeHasNoWidth(name, column: position) }
    switch first {
    case .max:
      guard !isPadded else { throw .incorrectSyntax(near: "max") }
      length = SQLType.unlimited
    case .number(let count):
      guard count >= 1 else { throw .invalidLength(count, line: line) }
      let maximum = isNational ? 4000 : 8000
      guard count <= maximum else {
        throw .sizeExceedsMaximum(count, of: use == .cast ? "type" : "column", name: name, maximum: maximum)
      }
      length = count
    }
  }

  private static func number(_ argument: Argument) -> Int {
    if case .number(let number) = argument { return number }
    return unlimited
  }
}
