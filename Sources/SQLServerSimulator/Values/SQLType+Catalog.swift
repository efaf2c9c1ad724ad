/// What `sys.types`, `sys.columns` and INFORMATION_SCHEMA say of a type.
extension SQLType.Kind {
  /// `system_type_id`: the type's byte in TDS.
  package var systemTypeID: Int {
    switch self {
    case .image: 34
    case .text: 35
    case .uniqueidentifier: 36
    case .date: 40
    case .time: 41
    case .datetime2: 42
    case .datetimeoffset: 43
    case .tinyint: 48
    case .smallint: 52
    case .int: 56
    case .smalldatetime: 58
    case .real: 59
    case .money: 60
    case .datetime: 61
    case .float: 62
    case .variant: 98
    case .ntext: 99
    case .bit: 104
    case .decimal: 106
    case .numeric: 108
    case .smallmoney: 122
    case .bigint: 127
    case .varbinary: 165
    case .varchar: 167
    case .binary: 173
    case .char: 175
    case .rowversion: 189
    case .nvarchar: 231
    case .nchar: 239
    case .hierarchyid, .geography, .geometry: 240
    case .xml: 241
    }
  }

  /// `user_type_id`: differs from `system_type_id` for the types of the common language runtime; sysname's
  /// is 256.
  package var userTypeID: Int {
    switch self {
    case .hierarchyid: 128
    case .geometry: 129
    case .geography: 130
    default: systemTypeID
    }
  }
}

extension SQLType {
  /// `max_length`: the bytes of a value, -1 for (MAX) and xml, 16 for text, ntext and image.
  package var maxLength: Int {
    switch kind {
    case .bit, .tinyint: 1
    case .smallint: 2
    case .int, .real, .smallmoney, .smalldatetime: 4
    case .bigint, .float, .money, .datetime, .rowversion: 8
    case .decimal, .numeric: 1 + magnitudeLength
    case .date: 3
    case .time: timeLength
    case .datetime2: timeLength + 3
    case .datetimeoffset: timeLength + 5
    case .char, .varchar, .binary, .varbinary: length
    case .nchar, .nvarchar: isUnlimited ? -1 : 2 * length
    case .text, .ntext, .image, .uniqueidentifier: 16
    case .xml, .geography, .geometry: -1
    case .variant: 8016
    case .hierarchyid: 892
    }
  }

  /// `precision` of `sys.columns`.
  package var catalogPrecision: Int {
    switch kind {
    case .bit: 1
    case .tinyint: 3
    case .smallint: 5
    case .int, .smallmoney, .date: 10
    case .bigint, .money: 19
    case .decimal, .numeric: precision
    case .real: 24
    case .float: 53
    case .smalldatetime: 16
    case .datetime: 23
    case .time: scale == 0 ? 8 : 9 + scale
    case .datetime2: scale == 0 ? 19 : 20 + scale
    case .datetimeoffset: scale == 0 ? 26 : 27 + scale
    default: 0
    }
  }

  /// `scale` of `sys.columns`.
  package var catalogScale: Int {
    switch kind {
    case .smallmoney, .money: 4
    case .datetime: 3
    default: scale
    }
  }

  /// INFORMATION_SCHEMA's CHARACTER_MAXIMUM_LENGTH; nil for types that are neither text nor bytes.
  package var characterMaximumLength: Int? {
    switch kind {
    case .char, .varchar, .nchar, .nvarchar, .binary, .varbinary: length
    case .text, .image: 2_147_483_647
    case .ntext: 1_073_741_823
    case .xml: -1
    default: nil
    }
  }

  /// INFORMATION_SCHEMA's CHARACTER_OCTET_LENGTH.
  package var characterOctetLength: Int? {
    switch kind {
    case .nchar, .nvarchar: maxLength
    case .ntext: 2_147_483_646
    default: characterMaximumLength
    }
  }

  /// INFORMATION_SCHEMA's NUMERIC_PRECISION, its radix and NUMERIC_SCALE; nil for what is no number, and for
  /// bit.
  package var numericPrecision: (precision: Int, radix: Int, scale: Int?)? {
    guard isNumber, kind != .bit else { return nil }
    return isApproximate ? (catalogPrecision, 2, nil) : (catalogPrecision, 10, catalogScale)
  }

  /// INFORMATION_SCHEMA's DATETIME_PRECISION.
  package var datetimePrecision: Int? {
    guard isDateOrTime else { return nil }
    return kind == .date || kind == .smalldatetime ? 0 : catalogScale
  }

  /// The bytes of a decimal's digits: 4, 8, 12 or 16 by precision.
  package var magnitudeLength: Int { precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16 }

  /// The bytes of a time of day: 3, 4 or 5 by scale.
  package var timeLength: Int { scale <= 2 ? 3 : scale <= 4 ? 4 : 5 }
}
