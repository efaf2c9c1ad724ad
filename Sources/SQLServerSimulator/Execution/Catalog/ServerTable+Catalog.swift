/// An index as the catalog shows it. A heap is one too.
struct CatalogIndex: Sendable {
  /// 0 for a heap, 1 for the clustered key.
  var id: Int32
  /// Nil for a heap.
  var about: IndexDescription?
  var isDisabled = false
  /// How many rows it has.
  var count: Int

  var typeDescription: String { id == 0 ? "HEAP" : id == 1 ? "CLUSTERED" : "NONCLUSTERED" }
}

/// A table as the catalog shows it.
extension ServerTable {
  /// Temporary tables have their session behind their name, and table variables another name.
  var catalogName: String {
    let hex = { (number: Int, width: Int) -> String in
      let digits = String(number, radix: 16, uppercase: true)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    if name.name.hasPrefix("@") { return "#" + hex(Int(objectID), 8) }
    guard name.name.hasPrefix("#"), !name.name.hasPrefix("##"), owner != nil else { return name.name }
    let blanks = max(0, 116 - name.name.utf16.count)
    return name.name + String(repeating: "_", count: blanks) + hex(number + 1, 12)
  }

  /// With its heap or clustered key first.
  var catalogIndexes: [CatalogIndex] {
    [CatalogIndex(id: clustered == nil ? 0 : 1, about: clustered, count: rows.count)]
      + indexes.map {
        CatalogIndex(id: $0.id, about: $0.about, isDisabled: $0.isDisabled, count: $0.entries.count)
      }
  }

  func columnID(_ position: Int) -> Int32 { about.columns[position].id }

  /// The column of a column_id.
  func column(id: Int32) -> ColumnDescription? { about.columns.first { $0.id == id } }

  /// The table and its constraints.
  func objects(_ database: ServerDatabase) -> [CatalogObject] {
    let schema = name.schema
    let schemaID = database.schemaID(schema) ?? 1
    var objects = [
      CatalogObject(name: catalogName, id: objectID, schema: schema, schemaID: schemaID, kind: .table)
    ]
    for constraint in about.constraints {
      objects.append(
        CatalogObject(
          name: constraint.name, id: constraint.objectID, schema: schema, schemaID: schemaID,
          parent: objectID, kind: constraint.objectKind))
    }
    for column in about.columns {
      guard let value = column.defaultValue else { continue }
      objects.append(
        CatalogObject(
          name: value.name, id: value.objectID, schema: schema, schemaID: schemaID, parent: objectID,
          kind: .defaultValue))
    }
    return objects
  }

  /// The columns of a check constraint's text, by position: names stand in brackets there.
  func columns(ofCheck text: String) -> [Int] {
    let units = Array(text.utf16)
    var found: [Int] = []
    for token in (try? Lexer.tokens(of: units)) ?? [] where token.kind == .bracketed {
      let name = String(decoding: units[token.range].dropFirst().dropLast(), as: UTF16.self)
      guard let column = about.column(name.replacing("]]", with: "]")), !found.contains(column) else {
        continue
      }
      found.append(column)
    }
    return found.sorted()
  }
}

extension ConstraintDescription {
  var objectKind: CatalogObject.Kind {
    switch kind {
    case .primaryKey: .primaryKey
    case .unique: .unique
    case .foreignKey: .foreignKey
    case .check: .check
    }
  }

  var foreignKey: Reference? {
    if case .foreignKey(let reference) = kind { reference } else { nil }
  }

  var check: String? {
    if case .check(let text) = kind { text } else { nil }
  }

  /// The number of the index of a key.
  var keyIndex: Int32? {
    switch kind {
    case .primaryKey(let index), .unique(let index): index
    default: nil
    }
  }
}

extension ConstraintDescription.Action {
  var number: Int {
    switch self {
    case .noAction: 0
    case .cascade: 1
    case .setNull: 2
    case .setDefault: 3
    }
  }

  /// As INFORMATION_SCHEMA has it.
  var rule: String {
    switch self {
    case .noAction: "NO ACTION"
    case .cascade: "CASCADE"
    case .setNull: "SET NULL"
    case .setDefault: "SET DEFAULT"
    }
  }

  /// As sys.foreign_keys has it.
  var description: String { rule.replacing(" ", with: "_") }
}

extension ColumnDescription {
  /// SQL Server's own names of defaults begin so.
  var hasSystemNamedDefault: Bool { defaultValue?.name.uppercased().hasPrefix("DF__") == true }
}
