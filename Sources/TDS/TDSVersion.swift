/// The versions of TDS that are spoken here. What differs between them is asked of this type, and nowhere else.
///
/// The raw value is what LOGIN7 carries little endian and LOGINACK big endian.
package enum TDSVersion: UInt32, Comparable, CaseIterable, Sendable {
  /// SQL Server 2000.
  case v71 = 0x7100_0001
  /// SQL Server 2005.
  case v72 = 0x7209_0002
  /// SQL Server 2008.
  case v73A = 0x730A_0003
  /// SQL Server 2008, with rows that have a bitmap of their NULLs.
  case v73B = 0x730B_0003
  /// SQL Server 2012 and later.
  case v74 = 0x7400_0004

  /// The version that answers a client's wish: the same, or the next lower one. Nil for 7.0 and older, which
  /// have no collations, and for 8.0, which begins with TLS.
  package init?(requested: UInt32) {
    guard let version = TDSVersion.allCases.last(where: { $0.rawValue <= requested }) else {
      // 7.1 without the service pack whose revision the others carry.
      guard requested == 0x7100_0000 else { return nil }
      self = .v71
      return
    }
    self = version
  }

  package static func < (left: TDSVersion, right: TDSVersion) -> Bool { left.rawValue < right.rawValue }

  /// Requests begin with headers that say which transaction they are part of.
  package var hasHeaders: Bool { self >= .v72 }
  /// DONE's row count has 64 bits, an error's line and a column's user type have 32.
  package var hasWideFields: Bool { self >= .v72 }
  /// The table of a text column is named by its parts, each of its own.
  package var hasTableNameParts: Bool { self >= .v72 }
  /// varchar(max), nvarchar(max), varbinary(max), xml and types of the CLR.
  package var hasMaxTypes: Bool { self >= .v72 }
  /// The server says when a transaction begins and ends.
  package var hasTransactionChanges: Bool { self >= .v72 }
  /// date, time, datetime2 and datetimeoffset.
  package var hasDateTypes: Bool { self >= .v73A }
  /// NBCROW.
  package var hasNullBitmapRows: Bool { self >= .v73B }
  /// LOGIN7 may ask for features, and the reply may grant some.
  package var hasFeatures: Bool { self >= .v74 }
  /// RPCs of one message are divided by this byte.
  package var callSeparator: UInt8 { self >= .v72 ? 0xFF : 0x80 }
}

extension TDSVersion: CustomStringConvertible {
  package var description: String {
    switch self {
    case .v71: "7.1"
    case .v72: "7.2"
    case .v73A: "7.3A"
    case .v73B: "7.3B"
    case .v74: "7.4"
    }
  }
}
