/// The types of TDS, by their number in TYPE_INFO.
package enum DataType: UInt8, Sendable, CaseIterable {
  // Of one length, and never NULL.
  case tinyint = 0x30, bit = 0x32, smallint = 0x34, int = 0x38, bigint = 0x7F
  case real = 0x3B, float = 0x3E
  case smallmoney = 0x7A, money = 0x3C
  case smalldatetime = 0x3A, datetime = 0x3D
  // The same with a length before each value, 0 for NULL.
  case intN = 0x26, bitN = 0x68, floatN = 0x6D, moneyN = 0x6E, datetimeN = 0x6F
  case decimal = 0x6A, numeric = 0x6C
  case guid = 0x24
  case date = 0x28, time = 0x29, datetime2 = 0x2A, datetimeoffset = 0x2B
  // Of any length.
  case varchar = 0xA7, char = 0xAF, nvarchar = 0xE7, nchar = 0xEF, varbinary = 0xA5, binary = 0xAD
  case xml = 0xF1, udt = 0xF0
  case text = 0x23, ntext = 0x63, image = 0x22
  case variant = 0x62

  /// Text in UTF-16.
  package var isUTF16: Bool { self == .nvarchar || self == .nchar || self == .ntext || self == .xml }
  /// Text in a collation's code page.
  package var isCodePageText: Bool { self == .varchar || self == .char || self == .text }
  package var hasCollation: Bool { isCodePageText || self == .nvarchar || self == .nchar || self == .ntext }
  /// Large values of old: with a text pointer in a row, and the name of their table in its description.
  package var hasTextPointer: Bool { self == .text || self == .ntext || self == .image }
  package var hasScale: Bool { self == .time || self == .datetime2 || self == .datetimeoffset }

  /// Bytes of a value of a type that is never NULL; nil for the others.
  package var fixedSize: Int? {
    switch self {
    case .tinyint, .bit: 1
    case .smallint: 2
    case .int, .real, .smallmoney, .smalldatetime: 4
    case .bigint, .float, .money, .datetime: 8
    default: nil
    }
  }
}
