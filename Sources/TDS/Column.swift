/// A column of a result or of a bulk load.
package struct Column: Sendable, Hashable {
  package struct Flags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let nullable = Flags(rawValue: 0x0001)
    package static let caseSensitive = Flags(rawValue: 0x0002)
    package static let writable = Flags(rawValue: 0x0004)
    /// Nobody knows whether it can be written: what columns of tables say.
    package static let perhapsWritable = Flags(rawValue: 0x0008)
    package static let identity = Flags(rawValue: 0x0010)
    /// An expression, or a column that is computed.
    package static let computed = Flags(rawValue: 0x0020)
    package static let sparse = Flags(rawValue: 0x0400)
    package static let encrypted = Flags(rawValue: 0x0800)
    package static let hidden = Flags(rawValue: 0x2000)
    package static let key = Flags(rawValue: 0x4000)
    package static let perhapsNullable = Flags(rawValue: 0x8000)
  }

  /// The user type of rowversion's column.
  package static let rowVersion: UInt32 = 0x50

  package var name: String
  package var type: TypeInfo
  package var flags: Flags
  package var userType: UInt32
  /// Of text, ntext and image: the table's name in its parts, the last one last.
  package var tableName: [String]

  package init(
    _ name: String, _ type: TypeInfo, flags: Flags = .nullable, userType: UInt32 = 0, tableName: [String] = []
  ) {
    self.name = name
    self.type = type
    self.flags = flags
    self.userType = userType
    self.tableName = tableName
  }

  /// As a client of this version gets it.
  package func downgraded(for version: TDSVersion) -> Column {
    var column = self
    column.type = type.downgraded(for: version)
    return column
  }
}

extension TDSWriter {
  /// COLMETADATA. The types must be of the version: `downgraded(for:)` makes them.
  package mutating func columns(_ columns: [Column], in place: TypePlace = .column) {
    u8(Token.columns.rawValue)
    u16(UInt16(columns.count))
    for column in columns {
      userType(column.userType)
      u16(column.flags.rawValue)
      typeInfo(column.type, in: place)
      if column.type.type.hasTextPointer { tableName(column.tableName, in: place) }
      shortText(column.name)
    }
  }

  /// COLMETADATA that says that there is none.
  package mutating func noColumns() {
    u8(Token.columns.rawValue)
    u16(0xFFFF)
  }

  mutating func userType(_ number: UInt32) {
    if version.hasWideFields { u32(number) } else { u16(UInt16(truncatingIfNeeded: number)) }
  }

  private mutating func tableName(_ parts: [String], in place: TypePlace) {
    guard version.hasTableNameParts, place == .column else { return text(parts.joined(separator: ".")) }
    let parts = parts.suffix(4)
    u8(UInt8(parts.count))
    for part in parts { text(part) }
  }
}

extension TDSCursor {
  /// COLMETADATA behind its first byte; nil if it says that there is none.
  package mutating func columns(
    _ version: TDSVersion, in place: TypePlace = .column
  ) throws(MalformedTDS) -> [Column]? {
    let count = Int(try u16())
    if count == 0xFFFF { return nil }
    var columns: [Column] = []
    // A column has four bytes at least: no count makes this reserve more than what has come.
    columns.reserveCapacity(min(count, rest / 4))
    for _ in 0..<count { columns.append(try column(version, in: place)) }
    return columns
  }

  /// One column's description.
  mutating func column(_ version: TDSVersion, in place: TypePlace) throws(MalformedTDS) -> Column {
    let userType = version.hasWideFields ? try u32() : UInt32(try u16())
    let flags = Column.Flags(rawValue: try u16())
    let type = try typeInfo(in: place)
    let table = type.type.hasTextPointer ? try tableName(version, in: place) : []
    return Column(try shortText(), type, flags: flags, userType: userType, tableName: table)
  }

  private mutating func tableName(
    _ version: TDSVersion, in place: TypePlace
  ) throws(MalformedTDS) -> [String] {
    guard version.hasTableNameParts, place == .column else {
      let name = try text()
      return name.isEmpty ? [] : [name]
    }
    var parts: [String] = []
    for _ in 0..<(try u8()) { parts.append(try text()) }
    return parts
  }
}
