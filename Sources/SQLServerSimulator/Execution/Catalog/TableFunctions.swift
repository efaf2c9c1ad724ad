/// Functions that ask for columns, indexes and identities.
enum TableFunctions {
  private typealias Functions = CatalogFunctions

  static let functions: [CatalogFunction] = ofColumns + ofIndexes + ofIdentities

  private static let ofColumns: [CatalogFunction] = [
    Functions.function("columnproperty", 3...3, .int) { arguments, context throws(SQLError) in
      let columns = try context.catalogColumns(ofObject: try arguments.int(0))
      let key = try arguments.text(1).lowercased()
      guard let position = columns.firstIndex(where: { $0.name.lowercased() == key }) else { return .null }
      let value = property(try arguments.text(2).lowercased(), of: columns[position], position)
      return value.map { .integer(Int64($0)) } ?? .null
    },
    Functions.function("col_name", 2...2, .sysname) { arguments, context throws(SQLError) in
      let columns = try context.catalogColumns(ofObject: try arguments.int(0))
      let id = try arguments.int(1)
      return columns.first { Int($0.id) == id }.map { .text($0.name) } ?? .null
    },
    Functions.function("col_length", 2...2, .smallint) { arguments, context throws(SQLError) in
      guard let (object, database) = try context.catalogObject(named: try arguments.text(0)) else {
        return .null
      }
      let columns = try context.catalogColumns(ofObject: Int(object.id), database: database)
      let key = try arguments.text(1).lowercased()
      let column = columns.first { $0.name.lowercased() == key }
      return column.map { .integer(Int64($0.type.maxLength)) } ?? .null
    },
  ]

  private static func property(_ name: String, of column: ColumnDescription, _ position: Int) -> Int? {
    let type = column.type
    switch name {
    case "allowsnull": return column.isNullable ? 1 : 0
    case "columnid": return Int(column.id)
    case "ordinal": return position + 1
    case "isidentity": return column.isIdentity ? 1 : 0
    case "iscomputed": return column.computed == nil ? 0 : 1
    case "isrowguidcol": return column.isRowGUID ? 1 : 0
    case "precision": return type.characterMaximumLength ?? type.catalogPrecision
    case "scale": return type.isNumber || type.isDateOrTime ? type.catalogScale : nil
    case "charmaxlen": return type.characterMaximumLength
    case "usesansitrim": return type.hasPadding ? 1 : nil
    case "isindexable": return type.isComparable && !type.isUnlimited ? 1 : 0
    case "isoutparam", "isfulltextindexed", "isidnotforrepl", "issparse", "iscolumnset", "ishidden",
      "isxmlindexable", "generatedalwaystype", "iscursortype":
      return 0
    default: return nil
    }
  }

  private static let ofIndexes: [CatalogFunction] = [
    Functions.function("indexproperty", 3...3, .int) { arguments, context throws(SQLError) in
      guard let table = try context.catalogTable(id: try arguments.int(0)) else { return .null }
      let key = try arguments.text(1).lowercased()
      let index = table.catalogIndexes.first { $0.about?.name.lowercased() == key }
      guard let index else { return .null }
      switch try arguments.text(2).lowercased() {
      case "indexid": return .integer(Int64(index.id))
      case "isclustered": return .integer(index.id == 1 ? 1 : 0)
      case "isunique": return .integer(index.about?.isUnique == true ? 1 : 0)
      case "isdisabled": return .integer(index.isDisabled ? 1 : 0)
      case "ishypothetical", "isstatistics", "isautostatistics", "ispadindex", "indexfillfactor",
        "ispagelockdisallowed", "isrowlockdisallowed", "iscolumnstore", "isfulltextkey":
        return .integer(0)
      default: return .null
      }
    },
    Functions.function("index_col", 3...3, .sysname) { arguments, context throws(SQLError) in
      guard let table = try context.catalogTable(named: try arguments.text(0)) else { return .null }
      let part = part(of: table, index: try arguments.int(1), key: try arguments.int(2))
      return part.map { .text(table.about.columns[$0.column].name) } ?? .null
    },
    Functions.function("indexkey_property", 4...4, .int) { arguments, context throws(SQLError) in
      guard let table = try context.catalogTable(id: try arguments.int(0)),
        let part = part(of: table, index: try arguments.int(1), key: try arguments.int(2))
      else { return .null }
      switch try arguments.text(3).lowercased() {
      case "columnid": return .integer(Int64(table.columnID(part.column)))
      case "isdescending": return .integer(part.isDescending ? 1 : 0)
      default: return .null
      }
    },
  ]

  private static func part(of table: ServerTable, index: Int, key: Int) -> KeyColumn? {
    let columns = table.catalogIndexes.first { Int($0.id) == index }?.about?.keys.columns ?? []
    return columns.indices.contains(key - 1) ? columns[key - 1] : nil
  }

  private static func identity(
    _ name: String, _ value: @escaping @Sendable (IdentityCounter) -> Int64
  ) -> CatalogFunction {
    Functions.function(name, 1...1, .numeric(38, 0)) { arguments, context throws(SQLError) in
      guard let table = try context.catalogTable(named: try arguments.text(0)), let identity = table.identity
      else { return .null }
      return .decimal(SQLDecimal(value(identity)))
    }
  }

  private static let ofIdentities: [CatalogFunction] = [
    identity("ident_current") { $0.last ?? $0.seed }, identity("ident_seed") { $0.seed },
    identity("ident_incr") { $0.increment },
  ]
}
