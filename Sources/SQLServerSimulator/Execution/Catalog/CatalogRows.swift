/// The columns of a catalog view, from a text of names and types: `name sysname, principal_id int?`. A
/// question mark lets NULL in.
struct CatalogLayout: Sendable {
  let columns: [VirtualColumn]
  /// NULL where that is possible, and otherwise zero or nothing.
  let blank: [SQLValue]

  init(_ text: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    precondition(words.count.isMultiple(of: 2), "a layout has a type for each name")
    columns = stride(from: 0, to: words.count, by: 2).map { place in
      var type = words[place + 1]
      if type.hasSuffix(",") { type = type.dropLast() }
      let isNullable = type.hasSuffix("?")
      if isNullable { type = type.dropLast() }
      return VirtualColumn(
        String(words[place]), CatalogLayout.type(String(type)), isNullable: isNullable)
    }
    blank = columns.map { $0.isNullable ? .null : $0.type.blank }
  }

  func place(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }

  /// `nvarchar(60)`, `numeric(38,0)`, `varbinary(max)`, `sysname`.
  private static func type(_ text: String) -> SQLType {
    let parts = text.split(separator: "(", maxSplits: 1)
    var arguments: [SQLType.Argument] = []
    if parts.count > 1 {
      arguments = parts[1].dropLast().split(separator: ",").map { part in
        Int(part).map { .number($0) } ?? .max
      }
    }
    do throws(SQLError) {
      return try SQLType(name: String(parts[0]), arguments: arguments)
    } catch {
      preconditionFailure("the catalog has no type \(text)")
    }
  }
}

extension SQLType {
  fileprivate var blank: SQLValue {
    switch kind {
    case .bit: .bit(false)
    case .tinyint, .smallint, .int, .bigint: .integer(0)
    case .decimal, .numeric: .decimal(SQLDecimal(magnitude: 0, scale: scale))
    case .real: .real(0)
    case .float: .float(0)
    case .datetime: CatalogRows.created
    case .char, .nchar: .text([UInt16](repeating: 0x20, count: length))
    case .varbinary: .binary([])
    case .binary, .rowversion: .binary([UInt8](repeating: 0, count: length))
    case .uniqueidentifier: .guid(SQLGuid(high: 0, low: 0))
    default: .text("")
    }
  }
}

/// What a column of the catalog can be set to.
protocol CatalogValue {
  var catalogValue: SQLValue { get }
}

extension SQLValue: CatalogValue {
  var catalogValue: SQLValue { self }
}
extension Int: CatalogValue {
  var catalogValue: SQLValue { .integer(Int64(self)) }
}
extension Int32: CatalogValue {
  var catalogValue: SQLValue { .integer(Int64(self)) }
}
extension Int64: CatalogValue {
  var catalogValue: SQLValue { .integer(self) }
}
extension Bool: CatalogValue {
  var catalogValue: SQLValue { .bit(self) }
}
extension String: CatalogValue {
  var catalogValue: SQLValue { .text(self) }
}
extension Optional: CatalogValue where Wrapped: CatalogValue {
  var catalogValue: SQLValue { self?.catalogValue ?? .null }
}

/// Rows of a catalog view in the making. What is not set of a row stays as the layout's blank.
struct CatalogRows {
  private let layout: CatalogLayout
  private(set) var values: [[SQLValue]] = []
  /// Columns are set in their order, mostly: where to look for the next.
  private var next = 0

  /// When everything was made: nothing here keeps that. 2010-01-01.
  static let created = SQLValue.datetime(days: 40177, ticks: 0)

  init(_ layout: CatalogLayout) { self.layout = layout }

  mutating func begin() {
    values.append(layout.blank)
    next = 0
  }

  /// Sets a column of the row that was begun last.
  mutating func set(_ name: String, _ value: some CatalogValue) {
    let columns = layout.columns
    var place = next
    while columns[place].name != name {
      place = place + 1 < columns.count ? place + 1 : 0
      precondition(place != next, "the view has no column \(name)")
    }
    next = place + 1 < columns.count ? place + 1 : 0
    values[values.count - 1][place] = columns[place].type.fitted(value.catalogValue)
  }
}

extension SQLType {
  /// Text of a padded type with its blanks; flags and numbers as the column has them.
  fileprivate func fitted(_ value: SQLValue) -> SQLValue {
    switch value {
    case .text(let units) where isPadded && units.count < length:
      .text(units + [UInt16](repeating: 0x20, count: length - units.count))
    case .bit(let flag) where kind != .bit: .integer(flag ? 1 : 0)
    case .integer(let number) where kind == .bit: .bit(number != 0)
    default: value
    }
  }
}
