/// The tokens of a reply that have no file of their own.
extension TDSWriter {
  /// Begins a ROW; one value for each column follows.
  package mutating func beginRow() { u8(Token.row.rawValue) }

  /// Begins an NBCROW: `markNull` says which columns are NULL, and only the others' values follow.
  package mutating func beginNullBitmapRow(columns: Int) {
    u8(Token.nullBitmapRow.rawValue)
    bitmapStart = count
    let size = (columns + 7) / 8
    extend(by: size).initializeMemory(as: UInt8.self, repeating: 0, count: size)
  }

  /// A column of the NBCROW that was begun last, counted from 0.
  package mutating func markNull(_ column: Int) {
    let at = bitmapStart + column / 8
    set(byte(at: at) | 1 << UInt8(column % 8), at: at)
  }

  /// ORDER: the columns that rows are ordered by, counted from 1; 0 for what is not selected.
  package mutating func order(_ columns: [Int]) {
    u8(Token.order.rawValue)
    u16(UInt16(columns.count * 2))
    for column in columns { u16(UInt16(column)) }
  }

  package mutating func returnStatus(_ status: Int32) {
    u8(Token.returnStatus.rawValue)
    i32(status)
  }

  /// RETURNVALUE up to its value, which follows with the type's layout as a parameter.
  package mutating func beginReturnValue(_ value: ReturnValue) {
    u8(Token.returnValue.rawValue)
    u16(value.ordinal)
    shortText(value.name)
    u8(value.status)
    userType(value.userType)
    u16(value.flags.rawValue)
    typeInfo(value.type, in: .parameter)
  }

  /// FEATUREEXTACK: what was granted.
  package mutating func featureAck(_ granted: [Feature]) {
    u8(Token.featureAck.rawValue)
    features(granted)
  }

  package mutating func loginAck(_ ack: LoginAck) {
    u8(Token.loginAck.rawValue)
    let start = count
    u16(0)
    u8(ack.interface)
    u32BE(ack.version)
    shortText(ack.program)
    u8(ack.programVersion.major)
    u8(ack.programVersion.minor)
    u16BE(ack.programVersion.build)
    set(UInt16(count - start - 2), at: start)
  }
}

/// What stands before a returned value.
package struct ReturnValue: Sendable, Hashable {
  package static let output: UInt8 = 0x01
  package static let userDefinedFunction: UInt8 = 0x02

  package var ordinal: UInt16
  package var name: String
  package var status: UInt8
  package var userType: UInt32
  package var flags: Column.Flags
  package var type: TypeInfo

  package init(
    ordinal: UInt16 = 0, name: String = "", status: UInt8 = ReturnValue.output, userType: UInt32 = 0,
    flags: Column.Flags = [], type: TypeInfo
  ) {
    self.ordinal = ordinal
    self.name = name
    self.status = status
    self.userType = userType
    self.flags = flags
    self.type = type
  }
}

/// LOGINACK: the client is in.
package struct LoginAck: Sendable, Hashable {
  /// 1 for T-SQL.
  package var interface: UInt8
  /// As the raw value of TDSVersion.
  package var version: UInt32
  /// FreeTDS looks for "Microsoft" in it; the real one ends with two NULs.
  package var program: String
  package var programVersion: Prelogin.Version

  package init(
    version: TDSVersion, program: String = "Microsoft SQL Server\0\0",
    programVersion: Prelogin.Version = .sqlServer2019
  ) {
    interface = 1
    self.version = version.rawValue
    self.program = program
    self.programVersion = programVersion
  }

  init(interface: UInt8, version: UInt32, program: String, programVersion: Prelogin.Version) {
    self.interface = interface
    self.version = version
    self.program = program
    self.programVersion = programVersion
  }
}

extension TDSCursor {
  /// LOGINACK behind its first byte.
  package mutating func loginAck() throws(MalformedTDS) -> LoginAck {
    let length = Int(try u16())
    let end = offset + length
    let ack = LoginAck(
      interface: try u8(), version: try u32BE(), program: try shortText(),
      programVersion: Prelogin.Version(major: try u8(), minor: try u8(), build: try u16BE()))
    try finish(at: end)
    return ack
  }

  /// RETURNVALUE behind its first byte and up to its value.
  package mutating func returnValue(_ version: TDSVersion) throws(MalformedTDS) -> ReturnValue {
    let ordinal = try u16()
    let name = try shortText()
    let status = try u8()
    let userType = version.hasWideFields ? try u32() : UInt32(try u16())
    let flags = Column.Flags(rawValue: try u16())
    return ReturnValue(
      ordinal: ordinal, name: name, status: status, userType: userType, flags: flags,
      type: try typeInfo(in: .parameter))
  }
}
