/// A type of SQL Server with what its declaration says of it.
package struct SQLType: Hashable, Sendable {
  package enum Kind: UInt8, CaseIterable, Sendable {
    case bit, tinyint, smallint, int, bigint
    case decimal, numeric, smallmoney, money, real, float
    case date, time, smalldatetime, datetime, datetime2, datetimeoffset
    case char, varchar, text, nchar, nvarchar, ntext
    case binary, varbinary, image, rowversion
    case uniqueidentifier, xml, variant
    case hierarchyid, geography, geometry
  }

  package var kind: Kind
  /// Of char, binary and their varying kinds: how much is declared, in bytes; of nchar and nvarchar, in
  /// UTF-16 units. `unlimited` for (MAX) and the large types. 0 for all others.
  package var length: Int
  /// Of decimal and numeric: digits altogether.
  package var precision: Int
  /// Of decimal and numeric: digits behind the point; of time, datetime2 and datetimeoffset: of seconds.
  package var scale: Int
  /// Of text only.
  package var collation: Collation?

  /// The length of (MAX).
  package static let unlimited = -1

  package init(
    _ kind: Kind, length: Int = 0, precision: Int = 0, scale: Int = 0, collation: Collation? = nil
  ) {
    self.kind = kind
    self.length = length
    self.precision = precision
    self.scale = scale
    self.collation = collation
  }

  package static let bit = SQLType(.bit)
  package static let tinyint = SQLType(.tinyint)
  package static let smallint = SQLType(.smallint)
  package static let int = SQLType(.int)
  package static let bigint = SQLType(.bigint)
  package static let smallmoney = SQLType(.smallmoney)
  package static let money = SQLType(.money)
  package static let real = SQLType(.real)
  package static let float = SQLType(.float)
  package static let date = SQLType(.date)
  package static let smalldatetime = SQLType(.smalldatetime)
  package static let datetime = SQLType(.datetime)
  package static let uniqueidentifier = SQLType(.uniqueidentifier)
  package static let rowversion = SQLType(.rowversion, length: 8)
  package static let variant = SQLType(.variant)
  package static let xml = SQLType(.xml, length: unlimited)
  package static let image = SQLType(.image, length: unlimited)
  /// What identifiers and names in catalogs have.
  package static let sysname = SQLType.nvarchar(128)

  package static func decimal(_ precision: Int, _ scale: Int) -> SQLType {
    SQLType(.decimal, precision: precision, scale: scale)
  }
  package static func numeric(_ precision: Int, _ scale: Int) -> SQLType {
    SQLType(.numeric, precision: precision, scale: scale)
  }
  package static func time(_ scale: Int) -> SQLType { SQLType(.time, scale: scale) }
  package static func datetime2(_ scale: Int) -> SQLType { SQLType(.datetime2, scale: scale) }
  package static func datetimeoffset(_ scale: Int) -> SQLType { SQLType(.datetimeoffset, scale: scale) }
  package static func char(_ length: Int, _ collation: Collation = .standard) -> SQLType {
    SQLType(.char, length: length, collation: collation)
  }
  package static func varchar(_ length: Int, _ collation: Collation = .standard) -> SQLType {
    SQLType(.varchar, length: length, collation: collation)
  }
  package static func nchar(_ length: Int, _ collation: Collation = .standard) -> SQLType {
    SQLType(.nchar, length: length, collation: collation)
  }
  package static func nvarchar(_ length: Int, _ collation: Collation = .standard) -> SQLType {
    SQLType(.nvarchar, length: length, collation: collation)
  }
  package static func text(_ collation: Collation = .standard) -> SQLType {
    SQLType(.text, length: unlimited, collation: collation)
  }
  package static func ntext(_ collation: Collation = .standard) -> SQLType {
    SQLType(.ntext, length: unlimited, collation: collation)
  }
  package static func binary(_ length: Int) -> SQLType { SQLType(.binary, length: length) }
  package static func varbinary(_ length: Int) -> SQLType { SQLType(.varbinary, length: length) }
}

extension SQLType {
  package var isInteger: Bool { kind.rawValue <= Kind.bigint.rawValue }
  package var isDecimal: Bool { kind == .decimal || kind == .numeric }
  package var isMoney: Bool { kind == .money || kind == .smallmoney }
  package var isApproximate: Bool { kind == .real || kind == .float }
  package var isNumber: Bool { kind.rawValue <= Kind.float.rawValue }
  package var isDateOrTime: Bool {
    Kind.date.rawValue <= kind.rawValue && kind.rawValue <= Kind.datetimeoffset.rawValue
  }
  /// char, varchar, text and their national kinds; not xml.
  package var isText: Bool { Kind.char.rawValue <= kind.rawValue && kind.rawValue <= Kind.ntext.rawValue }
  /// nchar, nvarchar and ntext.
  package var isNational: Bool { kind == .nchar || kind == .nvarchar || kind == .ntext }
  /// binary, varbinary, image and rowversion.
  package var isBinary: Bool {
    Kind.binary.rawValue <= kind.rawValue && kind.rawValue <= Kind.rowversion.rawValue
  }
  /// text, ntext and image: deprecated, and with few operations.
  package var isLargeObject: Bool { kind == .text || kind == .ntext || kind == .image }
  /// (MAX), text, ntext, image and xml.
  package var isUnlimited: Bool { length == SQLType.unlimited }
  /// Types that have a length of their own choosing are padded to it.
  package var isPadded: Bool { kind == .char || kind == .nchar || kind == .binary }
  /// Whether =, ORDER BY, GROUP BY and keys know the type.
  package var isComparable: Bool {
    !isLargeObject && kind != .xml && kind != .geography && kind != .geometry
  }
  /// Stored by its common language runtime's name; its values are opaque bytes here.
  package var isRuntimeType: Bool { kind == .hierarchyid || kind == .geography || kind == .geometry }
}
