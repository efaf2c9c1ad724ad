extension Login {
  /// Reads the payload of a LOGIN7 message.
  package static func read(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> Login {
    var cursor = TDSCursor(bytes)
    let length = Int(try cursor.u32())
    guard length <= bytes.count else {
      throw MalformedTDS(at: 0, "LOGIN7 says that it has \(length) bytes, and \(bytes.count) came")
    }
    var login = Login(requestedVersion: try cursor.u32())
    login.packetSize = try cursor.u32()
    login.clientVersion = try cursor.u32()
    login.clientProcess = try cursor.u32()
    login.connection = try cursor.u32()
    login.options1 = Options1(rawValue: try cursor.u8())
    login.options2 = Options2(rawValue: try cursor.u8())
    login.typeFlags = TypeFlags(rawValue: try cursor.u8())
    login.options3 = Options3(rawValue: try cursor.u8())
    login.timeZone = try cursor.i32()
    login.locale = try cursor.u32()
    try login.readFields(&cursor)
    return login
  }

  private mutating func readFields(_ cursor: inout TDSCursor) throws(MalformedTDS) {
    hostName = try Login.text(&cursor)
    userName = try Login.text(&cursor)
    password = try Login.password(&cursor)
    applicationName = try Login.text(&cursor)
    serverName = try Login.text(&cursor)
    let ext = try Login.field(&cursor, unit: 1)
    libraryName = try Login.text(&cursor)
    language = try Login.text(&cursor)
    database = try Login.text(&cursor)
    clientID = try cursor.array(6)
    let sspiOffset = Int(try cursor.u16())
    var sspiLength = Int(try cursor.u16())
    attachedFile = try Login.text(&cursor)
    if requestedVersion >= TDSVersion.v72.rawValue {
      newPassword = try Login.password(&cursor)
      let long = Int(try cursor.u32())
      // The short length says that it is not long enough.
      if sspiLength == 0xFFFF, long > 0 { sspiLength = long }
    }
    if sspiLength > 0 {
      var value = TDSCursor(cursor.bytes, at: min(sspiOffset, cursor.bytes.count))
      sspi = try value.array(sspiLength)
    }
    if options3.contains(.hasExtension), ext.count >= 4 {
      var pointer = TDSCursor(cursor.bytes, at: ext.lowerBound)
      let offset = Int(try pointer.u32())
      var block = TDSCursor(cursor.bytes, at: min(offset, cursor.bytes.count))
      features = try Feature.readAll(&block)
    }
  }

  /// Where a field of variable length lies. The offset of an empty one says nothing.
  private static func field(_ cursor: inout TDSCursor, unit: Int) throws(MalformedTDS) -> Range<Int> {
    let offset = Int(try cursor.u16())
    let length = Int(try cursor.u16()) * unit
    if length == 0 { return 0..<0 }
    var value = TDSCursor(cursor.bytes, at: min(offset, cursor.bytes.count))
    return try value.take(length)
  }

  private static func text(_ cursor: inout TDSCursor) throws(MalformedTDS) -> String {
    let range = try field(&cursor, unit: 2)
    return String(utf16LE: UnsafeRawBufferPointer(rebasing: cursor.bytes[range]))
  }

  private static func password(_ cursor: inout TDSCursor) throws(MalformedTDS) -> Secret {
    let range = try field(&cursor, unit: 2)
    return Secret(String(utf16LE: reveal(UnsafeRawBufferPointer(rebasing: cursor.bytes[range]))))
  }
}

extension Feature {
  /// Reads features up to the byte that ends them.
  package static func readAll(_ cursor: inout TDSCursor) throws(MalformedTDS) -> [Feature] {
    var features: [Feature] = []
    while true {
      let id = try cursor.u8()
      if id == 0xFF { return features }
      let length = Int(try cursor.u32())
      features.append(Feature(id: id, data: try cursor.array(length)))
    }
  }
}
