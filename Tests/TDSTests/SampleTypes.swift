import Runtime
import TDS

/// Every type of the protocol, in the forms that it has.
enum SampleTypes {
  static let fixed = DataType.allCases.filter { $0.fixedSize != nil }.map { TypeInfo($0) }

  static let all: [TypeInfo] =
    fixed + [
      .tinyint, .smallint, .int, .bigint, .bit, .real, .float, .smallmoney, .money, .smalldatetime, .datetime,
      .date, .guid, .image, .xml, .variant, .rowVersion, .varbinaryMax, .varcharMax(), .nvarcharMax(),
      .text(), .ntext(), .decimal(9, 2), .decimal(19, 0), .decimal(28, 28), .decimal(38, 10), .numeric(18, 4),
      .varchar(100), .char(10), .nvarchar(50), .nchar(5), .varbinary(30), .binary(4),
      TypeInfo(.xml, size: TypeInfo.unlimited, names: ["db", "dbo", "collection"]),
      TypeInfo(.udt, size: TypeInfo.unlimited, names: ["db", "sys", "geography", "Types, Version=1"]),
    ] + (0...7).flatMap { [.time($0), .datetime2($0), .datetimeoffset($0)] }

  /// What a client of the version can be sent.
  static func of(_ version: TDSVersion) -> [TypeInfo] { all.filter { $0.downgraded(for: version) == $0 } }
}

extension Seed {
  /// A value's bytes as the type has them; nil for NULL.
  mutating func value(_ type: TypeInfo) -> [UInt8]? {
    if let size = type.type.fixedSize { return bytes(size...size) }
    if number(0...4) == 0 { return nil }
    switch type.type {
    case .intN, .floatN, .moneyN, .datetimeN, .guid, .date, .time, .datetime2, .datetimeoffset, .decimal,
      .numeric:
      return bytes(type.size...type.size)
    case .bitN: return [UInt8(number(0...1))]
    case .nvarchar, .nchar, .ntext, .xml: return text(0...20).utf16LE
    case .variant:
      let text = text(1...10).utf16LE
      let variant = written { writer in
        let start = writer.beginVariant(.nvarchar(50))
        writer.bytes(text)
        writer.endVariant(start)
      }
      return Array(variant.dropFirst(4))
    default: return bytes(0...min(type.size, 40))
    }
  }
}

extension TDSWriter {
  /// A value from its bytes, in one of the forms that chunked values have.
  mutating func sample(_ value: [UInt8]?, _ layout: ValueLayout, _ seed: inout Seed) {
    guard let value else { return null(layout) }
    switch layout.prefix {
    case .chunks where seed.number(0...1) == 0:
      beginChunks(total: seed.number(0...1) == 0 ? UInt64(value.count) : nil)
      for piece in seed.pieces(value, most: 7) {
        u32(UInt32(piece.count))
        bytes(piece)
      }
      endChunks()
    default: bytes(value, layout)
    }
  }
}
