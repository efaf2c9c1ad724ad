/// A column's or parameter's type, as TYPE_INFO describes it.
package struct TypeInfo: Hashable, Sendable {
  package var type: DataType
  /// Bytes that a value has at most: of intN and its like the width, of text and binary the declared length in
  /// bytes, or `unlimited`.
  package var size: Int
  package var precision: UInt8
  package var scale: UInt8
  package var collation: Collation
  /// Of typed xml database, schema and collection; of a CLR type database, schema, name and, where it is said,
  /// assembly.
  package var names: [String]

  package init(
    _ type: DataType, size: Int = 0, precision: UInt8 = 0, scale: UInt8 = 0, collation: Collation = .none,
    names: [String] = []
  ) {
    self.type = type
    self.size = type.fixedSize ?? size
    self.precision = precision
    self.scale = scale
    self.collation = collation
    self.names = names
  }

  /// The size of the (MAX) types.
  package static let unlimited = 0xFFFF

  /// varchar(max), nvarchar(max) and varbinary(max); xml and types of the CLR travel alike, but are none.
  package var isMax: Bool {
    (type == .varchar || type == .nvarchar || type == .varbinary) && size == TypeInfo.unlimited
  }

  /// Values come in pieces of any number (PLP).
  package var isChunked: Bool { isMax || type == .xml || type == .udt }

  // MARK: The usual ones, all of which take NULL

  package static let tinyint = TypeInfo(.intN, size: 1)
  package static let smallint = TypeInfo(.intN, size: 2)
  package static let int = TypeInfo(.intN, size: 4)
  package static let bigint = TypeInfo(.intN, size: 8)
  package static let bit = TypeInfo(.bitN, size: 1)
  package static let real = TypeInfo(.floatN, size: 4)
  package static let float = TypeInfo(.floatN, size: 8)
  package static let smallmoney = TypeInfo(.moneyN, size: 4)
  package static let money = TypeInfo(.moneyN, size: 8)
  package static let smalldatetime = TypeInfo(.datetimeN, size: 4)
  package static let datetime = TypeInfo(.datetimeN, size: 8)
  package static let date = TypeInfo(.date, size: 3)
  package static let guid = TypeInfo(.guid, size: 16)
  package static let image = TypeInfo(.image, size: 0x7FFF_FFFF)
  package static let xml = TypeInfo(.xml, size: unlimited)
  package static let variant = TypeInfo(.variant, size: 8009)
  /// rowversion's bytes; its column has the user type `Column.rowVersion`.
  package static let rowVersion = TypeInfo(.binary, size: 8)

  package static func decimal(_ precision: UInt8, _ scale: UInt8) -> TypeInfo {
    TypeInfo(.decimal, size: decimalSize(precision), precision: precision, scale: scale)
  }
  package static func numeric(_ precision: UInt8, _ scale: UInt8) -> TypeInfo {
    TypeInfo(.numeric, size: decimalSize(precision), precision: precision, scale: scale)
  }
  package static func time(_ scale: UInt8 = 7) -> TypeInfo {
    TypeInfo(.time, size: timeSize(scale), scale: scale)
  }
  package static func datetime2(_ scale: UInt8 = 7) -> TypeInfo {
    TypeInfo(.datetime2, size: timeSize(scale) + 3, scale: scale)
  }
  package static func datetimeoffset(_ scale: UInt8 = 7) -> TypeInfo {
    TypeInfo(.datetimeoffset, size: timeSize(scale) + 5, scale: scale)
  }
  package static func varchar(_ bytes: Int, _ collation: Collation = .sqlLatin1) -> TypeInfo {
    TypeInfo(.varchar, size: bytes, collation: collation)
  }
  package static func char(_ bytes: Int, _ collation: Collation = .sqlLatin1) -> TypeInfo {
    TypeInfo(.char, size: bytes, collation: collation)
  }
  /// Of so many UTF-16 units.
  package static func nvarchar(_ units: Int, _ collation: Collation = .sqlLatin1) -> TypeInfo {
    TypeInfo(.nvarchar, size: units * 2, collation: collation)
  }
  /// Of so many UTF-16 units.
  package static func nchar(_ units: Int, _ collation: Collation = .sqlLatin1) -> TypeInfo {
    TypeInfo(.nchar, size: units * 2, collation: collation)
  }
  package static func varbinary(_ bytes: Int) -> TypeInfo { TypeInfo(.varbinary, size: bytes) }
  package static func binary(_ bytes: Int) -> TypeInfo { TypeInfo(.binary, size: bytes) }
  package static let varbinaryMax = TypeInfo(.varbinary, size: unlimited)
  package static func varcharMax(_ collation: Collation = .sqlLatin1) -> TypeInfo {
    TypeInfo(.varchar, size: unlimited, collation: collation)
  }
  package static func nvarcharMax(_ collation: Collation = .sqlLatin1) -> TypeInfo {
    TypeInfo(.nvarchar, size: unlimited, collation: collation)
  }
  package static func text(_ collation: Collation = .sqlLatin1) -> TypeInfo {
    TypeInfo(.text, size: 0x7FFF_FFFF, collation: collation)
  }
  package static func ntext(_ collation: Collation = .sqlLatin1) -> TypeInfo {
    TypeInfo(.ntext, size: 0x7FFF_FFFE, collation: collation)
  }

  /// Bytes of a decimal's value: a sign and 4, 8, 12 or 16 bytes of magnitude.
  package static func decimalSize(_ precision: UInt8) -> Int {
    switch precision {
    case ...9: 5
    case ...19: 9
    case ...28: 13
    default: 17
    }
  }

  /// Bytes of a time of day.
  package static func timeSize(_ scale: UInt8) -> Int {
    switch scale {
    case ...2: 3
    case ...4: 4
    default: 5
    }
  }

  // MARK: Versions

  /// What a client of this version gets instead: dates and times as text, and large values as text, ntext and image.
  package func downgraded(for version: TDSVersion) -> TypeInfo {
    if !version.hasDateTypes {
      switch type {
      case .date: return .nvarchar(10)
      case .time: return .nvarchar(16)
      case .datetime2: return .nvarchar(27)
      case .datetimeoffset: return .nvarchar(34)
      default: break
      }
    }
    if !version.hasMaxTypes {
      switch type {
      case .varchar where isMax: return .text(collation)
      case .nvarchar where isMax: return .ntext(collation)
      case .xml: return .ntext(.sqlLatin1)
      case .varbinary where isMax: return .image
      case .udt: return .image
      default: break
      }
    }
    return self
  }
}
