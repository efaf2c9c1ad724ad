import TDS

/// SQL types as TDS describes them.
extension SQLType {
  /// As a column or output parameter that takes NULL.
  var wire: TypeInfo {
    let own = collation.map(TDS.Collation.init) ?? .sqlLatin1
    switch kind {
    case .bit: return .bit
    case .tinyint: return .tinyint
    case .smallint: return .smallint
    case .int: return .int
    case .bigint: return .bigint
    case .decimal: return .decimal(UInt8(precision), UInt8(scale))
    case .numeric: return .numeric(UInt8(precision), UInt8(scale))
    case .smallmoney: return .smallmoney
    case .money: return .money
    case .real: return .real
    case .float: return .float
    case .date: return .date
    case .time: return .time(UInt8(scale))
    case .smalldatetime: return .smalldatetime
    case .datetime: return .datetime
    case .datetime2: return .datetime2(UInt8(scale))
    case .datetimeoffset: return .datetimeoffset(UInt8(scale))
    case .char: return .char(max(length, 1), own)
    case .varchar: return isUnlimited ? .varcharMax(own) : .varchar(max(length, 1), own)
    case .text: return .text(own)
    case .nchar: return .nchar(max(length, 1), own)
    case .nvarchar: return isUnlimited ? .nvarcharMax(own) : .nvarchar(max(length, 1), own)
    case .ntext: return .ntext(own)
    case .binary: return .binary(max(length, 1))
    case .varbinary: return isUnlimited ? .varbinaryMax : .varbinary(max(length, 1))
    case .image: return .image
    case .rowversion: return .rowVersion
    case .uniqueidentifier: return .guid
    case .xml: return .xml
    case .variant: return .variant
    case .hierarchyid: return TypeInfo(.udt, size: 892, names: ["", "sys", "hierarchyid", ""])
    case .geography: return TypeInfo(.udt, size: TypeInfo.unlimited, names: ["", "sys", "geography", ""])
    case .geometry: return TypeInfo(.udt, size: TypeInfo.unlimited, names: ["", "sys", "geometry", ""])
    }
  }

  /// The type that a client has described. Throws 8009-like refusals for what no column or parameter can be.
  init(_ wire: TypeInfo) throws(SQLError) {
    let known = wire.collation.known
    func length(_ unit: Int) -> Int { wire.isMax ? SQLType.unlimited : max(wire.size / unit, 1) }
    switch wire.type {
    case .tinyint: self = .tinyint
    case .smallint: self = .smallint
    case .int: self = .int
    case .bigint: self = .bigint
    case .intN:
      switch wire.size {
      case 1: self = .tinyint
      case 2: self = .smallint
      case 4: self = .int
      default: self = .bigint
      }
    case .bit, .bitN: self = .bit
    case .real: self = .real
    case .float: self = .float
    case .floatN: self = wire.size == 4 ? .real : .float
    case .smallmoney: self = .smallmoney
    case .money: self = .money
    case .moneyN: self = wire.size == 4 ? .smallmoney : .money
    case .smalldatetime: self = .smalldatetime
    case .datetime: self = .datetime
    case .datetimeN: self = wire.size == 4 ? .smalldatetime : .datetime
    case .decimal: self = .decimal(Int(wire.precision), Int(wire.scale))
    case .numeric: self = .numeric(Int(wire.precision), Int(wire.scale))
    case .guid: self = .uniqueidentifier
    case .date: self = .date
    case .time: self = .time(Int(wire.scale))
    case .datetime2: self = .datetime2(Int(wire.scale))
    case .datetimeoffset: self = .datetimeoffset(Int(wire.scale))
    case .char: self = .char(length(1), known)
    case .varchar: self = .varchar(length(1), known)
    case .text: self = .text(known)
    case .nchar: self = .nchar(length(2), known)
    case .nvarchar: self = .nvarchar(length(2), known)
    case .ntext: self = .ntext(known)
    case .binary: self = .binary(length(1))
    case .varbinary: self = .varbinary(length(1))
    case .image: self = .image
    case .xml: self = .xml
    case .variant: self = .variant
    case .udt: throw .unsupported("a type of the user's")
    }
    guard !isDecimal || 1...38 ~= precision && scale <= precision, !isDateOrTime || scale <= 7 else {
      throw .unsupported("a \(name) of precision \(precision) and scale \(scale)")
    }
  }
}

extension TDS.Collation {
  init(_ collation: Collation) { self = TDS.Collation(bytes: collation.bytes) ?? .sqlLatin1 }

  /// The one that is known here; some clients describe text with none.
  fileprivate var known: Collation {
    bytes.withUnsafeBytes { Collation(bytes: $0) } ?? .standard
  }
}

extension OutputColumn {
  /// As COLMETADATA has it.
  func wire(tableName: [String]) -> Column {
    let type = declared
    var flags: Column.Flags = isNullable ? .nullable : []
    flags.insert(isExpression ? .computed : .writable)
    if isIdentity { flags.insert(.identity) }
    if type.collation?.isCaseSensitive == true { flags.insert(.caseSensitive) }
    if type.kind == .rowversion { flags.remove(.writable) }
    return Column(
      name, type.wire, flags: flags, userType: type.kind == .rowversion ? Column.rowVersion : 0,
      tableName: tableName)
  }
}
