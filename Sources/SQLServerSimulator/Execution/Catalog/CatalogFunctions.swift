/// Functions that ask for objects of the catalog.
enum CatalogFunctions {
  static let all: [String: CatalogFunction] = {
    let groups = [
      ofObjects, ofTypes, ofSchemas, ObjectProperties.functions, TableFunctions.functions,
      ServerFunctions.functions, ApplicationLockFunctions.functions,
    ]
    return Dictionary(uniqueKeysWithValues: groups.joined().map { ($0.name, $0) })
  }()

  typealias Body =
    @Sendable (CatalogArguments, inout StatementContext) throws(SQLError) -> SQLValue

  /// A function that is NULL if one of its arguments is, unless it is told not to be.
  static func function(
    _ name: String, _ count: ClosedRange<Int>, _ type: SQLType, isStrict: Bool = true, _ body: @escaping Body
  ) -> CatalogFunction {
    CatalogFunction(name, count, type) { values, types, context throws(SQLError) in
      if isStrict, values.contains(where: \.isNull) { return .null }
      return try body(CatalogArguments(values: values, types: types), &context)
    }
  }

  private static let ofObjects: [CatalogFunction] = [
    function("object_id", 1...2, .int) { arguments, context throws(SQLError) in
      let kind = arguments.count > 1 ? try arguments.text(1) : nil
      guard let found = try context.catalogObject(named: try arguments.text(0)),
        kind == nil || kind?.trimmed.uppercased() == found.object.kind.rawValue
      else { return .null }
      return .integer(Int64(found.object.id))
    },
    function("object_name", 1...2, .sysname) { arguments, context throws(SQLError) in
      let object = try context.catalogObject(
        id: arguments.int(0), database: try arguments.database(1, context))
      return object.map { .text($0.name) } ?? .null
    },
    function("object_schema_name", 1...2, .sysname) { arguments, context throws(SQLError) in
      let object = try context.catalogObject(
        id: arguments.int(0), database: try arguments.database(1, context))
      return object.map { .text($0.schema) } ?? .null
    },
    function("object_definition", 1...1, .nvarchar(SQLType.unlimited)) {
      arguments, context throws(SQLError) in
      let text = try context.definition(ofObject: arguments.int(0))
      return text.map { .text($0) } ?? .null
    },
  ]

  private static let ofTypes: [CatalogFunction] = [
    function("type_name", 1...1, .sysname) { arguments, _ throws(SQLError) in
      let id = try arguments.int(0)
      return NamedType.all.first { $0.id == id }.map { .text($0.name) } ?? .null
    },
    function("type_id", 1...1, .int) { arguments, _ throws(SQLError) in
      guard let parts = NameParts.split(try arguments.text(0)), let name = parts.last,
        parts.count == 1 || parts[0].lowercased() == "sys"
      else { return .null }
      return NamedType.named(name).map { .integer(Int64($0.id)) } ?? .null
    },
    function("typeproperty", 2...2, .int) { arguments, _ throws(SQLError) in
      guard let parts = NameParts.split(try arguments.text(0)),
        let named = parts.last.flatMap(NamedType.named)
      else { return .null }
      switch try arguments.text(1).lowercased() {
      case "allowsnull": return .integer(named.name == "sysname" ? 0 : 1)
      case "ownerid": return .integer(4)
      case "precision":
        let type = named.type
        return .integer(Int64(type.isText || type.isBinary ? type.length : type.catalogPrecision))
      case "scale": return named.type.isNumber ? .integer(Int64(named.type.catalogScale)) : .null
      case "usesansitrim": return named.type.hasPadding ? .integer(1) : .null
      default: return .null
      }
    },
  ]

  private static let ofSchemas: [CatalogFunction] = [
    function("schema_id", 0...1, .int) { arguments, context throws(SQLError) in
      guard arguments.count > 0 else { return .integer(1) }
      let database = context.storage.databases[context.session.database]
      return database?.schemaID(try arguments.text(0)).map { .integer(Int64($0)) } ?? .null
    },
    function("schema_name", 0...1, .sysname) { arguments, context throws(SQLError) in
      let id = arguments.count > 0 ? try arguments.int(0) : 1
      let schemas = context.storage.databases[context.session.database]?.allSchemas
      return schemas?.first { $0.id == id }.map { .text($0.name) } ?? .null
    },
  ]
}

/// What a function of the catalog was called with.
struct CatalogArguments {
  let values: [SQLValue]
  let types: [SQLType?]

  var count: Int { values.count }

  func text(_ index: Int) throws(SQLError) -> String {
    guard let units = try values[index].units(of: types[index] ?? .sysname) else { return "" }
    return String(decoding: units, as: UTF16.self)
  }

  func int(_ index: Int) throws(SQLError) -> Int {
    guard case .integer(let number) = try values[index].converted(from: types[index] ?? .int, to: .int) else {
      return 0
    }
    return Int(number)
  }

  /// The database of an argument that need not be there: the current one then. 0 is none.
  func database(_ index: Int, _ context: StatementContext) throws(SQLError) -> Int {
    guard index < count else { return context.session.database }
    let id = try int(index)
    return context.storage.databases.indices.contains(id) && context.storage.databases[id] != nil ? id : 0
  }
}

extension String {
  var trimmed: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    while text.first == " " { text.removeFirst() }
    return String(text)
  }
}

/// Names in a string, as functions take them: parts may have brackets or quotes, and be empty.
enum NameParts {
  /// Nil for what is no name.
  static func split(_ text: String) -> [String]? {
    var parts = [""]
    var rest = text.trimmed[...]
    while let first = rest.first {
      if first == "." {
        parts.append("")
        rest.removeFirst()
      } else if first == "[" || first == "\"" {
        guard parts[parts.count - 1].isEmpty, let (part, behind) = quoted(rest) else { return nil }
        parts[parts.count - 1] = part
        rest = behind
        if let next = rest.first, next != "." { return nil }
      } else {
        parts[parts.count - 1].append(first)
        rest.removeFirst()
      }
    }
    return parts.count <= 4 && parts.last?.isEmpty == false ? parts : nil
  }

  private static func quoted(_ text: Substring) -> (String, Substring)? {
    let end: Character = text.first == "[" ? "]" : "\""
    var rest = text.dropFirst()
    var part = ""
    while let next = rest.popFirst() {
      guard next == end else {
        part.append(next)
        continue
      }
      guard rest.first == end else { return (part, rest) }
      rest.removeFirst()
      part.append(next)
    }
    return nil
  }
}
