/// A built-in function of values: known by name, typed by its arguments' types, evaluated on values.
///
/// Functions that ask for objects, sessions or the server are not here.
package struct ScalarFunction: Sendable {
  /// In lower case, as messages have it.
  package let name: String
  package let arguments: ClosedRange<Int>

  typealias Typing = @Sendable ([SQLType?]) throws(SQLError) -> SQLType
  typealias Evaluation =
    @Sendable (FunctionArguments, inout EvaluationContext) throws(SQLError) -> SQLValue

  private let typing: Typing
  private let evaluation: Evaluation
  /// NULL among the arguments makes NULL at once.
  private let isStrict: Bool

  init(
    _ name: String, _ arguments: ClosedRange<Int>, isStrict: Bool = true, _ typing: @escaping Typing,
    _ evaluation: @escaping Evaluation
  ) {
    self.name = name
    self.arguments = arguments
    self.isStrict = isStrict
    self.typing = typing
    self.evaluation = evaluation
  }

  /// A function by its name in any case. Throws 195 for a name that is none, and 40514 for a function of SQL
  /// Server that is not built here.
  package static func named(_ name: String) throws(SQLError) -> ScalarFunction {
    let key = name.lowercased()
    if let function = all[key] { return function }
    throw refused.contains(key) ? .unsupported(name.uppercased()) : .unknownFunction(name)
  }

  private static let all: [String: ScalarFunction] = {
    let groups = [
      TextFunctions.all, TextBuildingFunctions.all, CharacterFunctions.all, NumberFunctions.all,
      DateFunctions.all,
      DateBuildingFunctions.all, ChoiceFunctions.all,
    ]
    return Dictionary(uniqueKeysWithValues: groups.joined().map { ($0.name, $0) })
  }()

  private static let refused: Set<String> = [
    "format", "checksum", "binary_checksum", "hashbytes", "soundex", "difference", "newsequentialid",
    "string_escape",
    "parse", "try_parse", "compress", "decompress", "json_value", "json_query", "isjson", "timefromparts",
    "datetime2fromparts", "datetimeoffsetfromparts", "datetrunc", "date_bucket", "string_split", "greatest",
    "least",
    "encryptbypassphrase", "crypt_gen_random", "formatmessage",
  ]

  /// The type of the result. A nil type is that of the constant NULL, which has none.
  ///
  /// Throws 174 or 189 for a wrong number of arguments, 8116 for a type that the function does not take.
  package func result(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    guard arguments.contains(types.count) else {
      throw arguments.count == 1
        ? .functionRequires(arguments.lowerBound, name: name)
        : .functionRequires(arguments.lowerBound, to: arguments.upperBound, name: name)
    }
    return try typing(types)
  }

  /// The value of the type that `result` has found.
  package func evaluate(
    _ values: [SQLValue], _ types: [SQLType?], result: SQLType, in context: inout EvaluationContext
  ) throws(SQLError) -> SQLValue {
    if isStrict, values.contains(where: \.isNull) { return .null }
    let arguments = FunctionArguments(
      name: name, values: values, types: types, result: result, options: context.options)
    return try context.arithmetic { context throws(SQLError) in try evaluation(arguments, &context) }
  }
}

/// What a function was called with.
struct FunctionArguments {
  let name: String
  let values: [SQLValue]
  let types: [SQLType?]
  let result: SQLType
  let options: EvaluationContext.Options

  var count: Int { values.count }
  subscript(_ index: Int) -> SQLValue { values[index] }
  func type(_ index: Int) -> SQLType { types[index] ?? .int }

  func converted(_ index: Int, to type: SQLType) throws(SQLError) -> SQLValue {
    try values[index].converted(from: self.type(index), to: type, options: options)
  }

  /// As text of its own kind; of anything else, as it prints.
  func text(_ index: Int) throws(SQLError) -> [UInt16] {
    if case .text(let text) = values[index] { return text }
    let target = SQLType.nvarchar(SQLType.unlimited)
    let source = type(index)
    let isBytes = source.isBinary
    guard case .text(let text) = try converted(index, to: isBytes ? .varchar(SQLType.unlimited) : target)
    else { return [] }
    return text
  }

  func int(_ index: Int) throws(SQLError) -> Int {
    guard case .integer(let value) = try converted(index, to: .bigint) else { return 0 }
    guard Int32(exactly: value) != nil else { throw .overflow(converting: "expression", to: "int") }
    return Int(value)
  }

  func float(_ index: Int) throws(SQLError) -> Double {
    guard case .float(let value) = try converted(index, to: .float) else { return 0 }
    return value
  }

  /// The text of the result's type.
  func finish(_ text: [UInt16]) throws(SQLError) -> SQLValue {
    let isNational = result.isNational
    let whole = SQLType(
      isNational ? .nvarchar : .varchar, length: SQLType.unlimited, collation: result.collation)
    return try SQLValue.text(text).converted(from: whole, to: result, options: options)
  }

  /// The collation by which two arguments compare, and whether they compare as national text.
  func comparison(_ left: Int, _ right: Int) throws(SQLError) -> (collation: Collation, isNational: Bool) {
    let first = TextTypes.text(types[left])
    let second = TextTypes.text(types[right])
    let collation = try SQLType.commonCollation(first, second, operation: name)
    return (collation ?? .standard, first.isNational || second.isNational)
  }
}

/// Result types of functions of text.
enum TextTypes {
  /// The type of an argument as text: of numbers, varchar that is long enough.
  static func text(_ type: SQLType?) -> SQLType {
    guard let type else { return SQLType(.varchar, length: 1) }
    if type.isText { return type }
    if type.kind == .xml { return .nvarchar(SQLType.unlimited) }
    let length = type.isUnlimited ? SQLType.unlimited : type.isBinary ? type.length : type.printedLength
    return SQLType(.varchar, length: length)
  }

  /// char becomes varchar, nchar nvarchar; text and ntext (MAX). `length` is in characters.
  static func varying(_ type: SQLType?, length: Int? = nil) -> SQLType {
    let text = text(type)
    var length = length ?? text.length
    let limit = text.isNational ? 4000 : 8000
    if text.isUnlimited { length = SQLType.unlimited }
    return SQLType(
      text.isNational ? .nvarchar : .varchar,
      length: length == SQLType.unlimited ? length : min(max(length, 1), limit),
      collation: text.collation)
  }

  /// The same text with as much room as the kind has without (MAX).
  static func widest(_ types: [SQLType?]) throws(SQLError) -> SQLType {
    var isNational = false
    var isUnlimited = false
    var collation: SQLType?
    for type in types {
      let text = text(type)
      isNational = isNational || text.isNational
      isUnlimited = isUnlimited || text.isUnlimited
      guard let before = collation else {
        collation = text
        continue
      }
      var merged = before.collation == nil ? text : before
      merged.collation = try SQLType.commonCollation(before, text, operation: "replace")
      collation = merged
    }
    let length = isUnlimited ? SQLType.unlimited : isNational ? 4000 : 8000
    return SQLType(isNational ? .nvarchar : .varchar, length: length, collation: collation?.collation)
  }

  /// Refuses types that a function of text does not take: 8116.
  static func require(_ types: [SQLType?], argument: Int, function: String) throws(SQLError) {
    guard let type = types[argument] else { return }
    if type.kind == .xml || type.kind == .variant || type.isRuntimeType || type.kind == .image {
      throw .invalidArgumentType(type.name, argument: argument + 1, function: function)
    }
  }
}

extension SQLType {
  /// The characters that a value of the type prints with at most, without a style.
  package var printedLength: Int {
    switch kind {
    case .bit: 1
    case .tinyint: 3
    case .smallint: 6
    case .int: 12
    case .bigint: 24
    case .decimal, .numeric: 41
    case .smallmoney, .money: 30
    case .real, .float: 23
    case .date: 10
    case .time: scale == 0 ? 8 : 9 + scale
    case .smalldatetime, .datetime: 19
    case .datetime2: scale == 0 ? 19 : 20 + scale
    case .datetimeoffset: scale == 0 ? 26 : 27 + scale
    case .uniqueidentifier: 36
    case .char, .varchar, .nchar, .nvarchar, .binary, .varbinary, .rowversion: length
    default: SQLType.unlimited
    }
  }
}
