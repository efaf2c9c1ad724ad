/// Where a type and its values stand, which decides about the forms of old large values and some names.
package enum TypePlace: Sendable, Hashable {
  /// A result's column and its rows.
  case column
  /// A parameter of an RPC, or a value that is returned.
  case parameter
  /// A column and its rows of a bulk load, as FreeTDS, go-mssqldb and .NET write them.
  case bulkLoad
}

extension TDSWriter {
  package mutating func typeInfo(_ info: TypeInfo, in place: TypePlace = .column) {
    u8(info.type.rawValue)
    switch info.type {
    case .tinyint, .bit, .smallint, .int, .bigint, .real, .float, .smallmoney, .money, .smalldatetime,
      .datetime, .date:
      break
    case .intN, .bitN, .floatN, .moneyN, .datetimeN, .guid: u8(UInt8(info.size))
    case .decimal, .numeric:
      u8(UInt8(info.size))
      u8(info.precision)
      u8(info.scale)
    case .time, .datetime2, .datetimeoffset: u8(info.scale)
    case .varchar, .char, .nvarchar, .nchar:
      u16(UInt16(info.size))
      collation(info.collation)
    case .varbinary, .binary: u16(UInt16(info.size))
    case .text, .ntext:
      u32(UInt32(info.size))
      collation(info.collation)
    case .image, .variant: u32(UInt32(info.size))
    case .xml:
      u8(info.names.isEmpty ? 0 : 1)
      guard info.names.count == 3 else { return }
      shortText(info.names[0])
      shortText(info.names[1])
      text(info.names[2])
    case .udt:
      if place != .parameter { u16(UInt16(info.size)) }
      for index in 0..<3 { shortText(index < info.names.count ? info.names[index] : "") }
      if place != .parameter { text(info.names.count > 3 ? info.names[3] : "") }
    }
  }
}

extension TDSCursor {
  package mutating func typeInfo(in place: TypePlace = .column) throws(MalformedTDS) -> TypeInfo {
    let number = try u8()
    guard let type = DataType(rawValue: number) else {
      throw MalformedTDS(at: offset - 1, "no type has the number 0x\(String(number, radix: 16))")
    }
    var info = TypeInfo(type)
    switch type {
    case .tinyint, .bit, .smallint, .int, .bigint, .real, .float, .smallmoney, .money, .smalldatetime,
      .datetime:
      break
    case .date: info.size = 3
    case .intN: info.size = try size(of: type, among: [1, 2, 4, 8])
    case .bitN: info.size = try size(of: type, among: [1])
    case .floatN, .moneyN, .datetimeN: info.size = try size(of: type, among: [4, 8])
    case .guid: info.size = try size(of: type, among: [16])
    case .decimal, .numeric:
      info.size = try size(of: type, among: Array(2...17))
      info.precision = try u8()
      info.scale = try u8()
      guard 1...38 ~= info.precision, info.scale <= info.precision else {
        throw malformed("no decimal has precision \(info.precision) and scale \(info.scale)")
      }
    case .time, .datetime2, .datetimeoffset:
      info.scale = try u8()
      guard info.scale <= 7 else { throw malformed("no time has scale \(info.scale)") }
      info.size = TypeInfo.timeSize(info.scale) + (type == .time ? 0 : type == .datetime2 ? 3 : 5)
    case .varchar, .char, .nvarchar, .nchar:
      info.size = Int(try u16())
      info.collation = try collation()
    case .varbinary, .binary: info.size = Int(try u16())
    case .text, .ntext:
      info.size = Int(try u32())
      info.collation = try collation()
    case .image, .variant: info.size = Int(try u32())
    case .xml: try readXML(&info, in: place)
    case .udt:
      info.size = place == .parameter ? TypeInfo.unlimited : Int(try u16())
      info.names = [try shortText(), try shortText(), try shortText()]
      if place != .parameter { info.names.append(try text()) }
    }
    return info
  }

  private mutating func size(of type: DataType, among sizes: [Int]) throws(MalformedTDS) -> Int {
    let size = Int(try u8())
    guard sizes.contains(size) else { throw malformed("no \(type) has \(size) bytes") }
    return size
  }

  private mutating func readXML(_ info: inout TypeInfo, in place: TypePlace) throws(MalformedTDS) {
    info.size = TypeInfo.unlimited
    let hasSchema = try u8()
    if hasSchema == 0 { return }
    // FreeTDS's bcp, which cannot load xml, describes it by the length of a (MAX) type.
    if place == .bulkLoad, hasSchema == 0xFF, peek == 0xFF { return try skip(1) }
    info.names = [try shortText(), try shortText(), try text()]
  }
}
