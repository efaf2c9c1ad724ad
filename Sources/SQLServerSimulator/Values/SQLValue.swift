/// A value of an expression. Its SQL type stands beside it, in the expression: a NULL alone does not tell.
///
/// For expressions only: plain columns and bulk loads copy stored bytes and never come here.
package enum SQLValue: Equatable, Sendable {
  case null
  case bit(Bool)
  /// tinyint, smallint, int and bigint.
  case integer(Int64)
  /// decimal and numeric.
  case decimal(SQLDecimal)
  /// money and smallmoney, in ten-thousandths.
  case money(Int64)
  case real(Float)
  case float(Double)
  /// Days since 0001-01-01.
  case date(Int32)
  /// 100 ns ticks since midnight.
  case time(Int64)
  /// smalldatetime and datetime: days since 1900-01-01 and 1/300 s since midnight.
  case datetime(days: Int32, ticks: Int32)
  /// Days since 0001-01-01 and 100 ns ticks since midnight.
  case datetime2(days: Int32, ticks: Int64)
  /// UTC as `datetime2`, and minutes that its clock is ahead of UTC.
  case datetimeoffset(days: Int32, ticks: Int64, offset: Int16)
  /// char, varchar, text, nchar, nvarchar, ntext and xml: UTF-16 units, lone surrogates included. A value of
  /// a char type has only what its code page has.
  case text([UInt16])
  /// binary, varbinary, image, rowversion, hierarchyid and the spatial types.
  case binary([UInt8])
  /// Sixteen bytes in the order of the wire: the first three groups little-endian.
  case guid(SQLGuid)
  /// sql_variant: a value that is not NULL, with its own type.
  indirect case variant(SQLType, SQLValue)

  package var isNull: Bool {
    if case .null = self { return true }
    return false
  }

  package static func text(_ string: String) -> SQLValue { .text(Array(string.utf16)) }
}

/// The sixteen bytes of a uniqueidentifier in the order of the wire.
package struct SQLGuid: Hashable, Sendable {
  package var low: UInt64
  package var high: UInt64

  /// The first eight bytes and the last eight, each as a big-endian number.
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Sixteen bytes.
  package init(_ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == 16, "a uniqueidentifier has sixteen bytes")
    high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  package func byte(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: index < 8 ? high >> (56 - 8 * index) : low >> (120 - 8 * index))
  }
}
