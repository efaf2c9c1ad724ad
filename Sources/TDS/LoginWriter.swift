extension TDSWriter {
  /// LOGIN7, in the form that the login's version has. Texts and bytes together have 64 KiB at most.
  package mutating func login(_ login: Login) {
    let start = count
    let hasLongForm = login.requestedVersion >= TDSVersion.v72.rawValue
    let fixedPart = Login.fixedPart(of: login.requestedVersion)
    u32(0)
    u32(login.requestedVersion)
    u32(login.packetSize)
    u32(login.clientVersion)
    u32(login.clientProcess)
    u32(login.connection)
    u8(login.options1.rawValue)
    u8(login.options2.rawValue)
    u8(login.typeFlags.rawValue)
    u8((login.features.isEmpty ? login.options3 : login.options3.union(.hasExtension)).rawValue)
    i32(login.timeZone)
    u32(login.locale)

    var data: [UInt8] = []
    func place(_ bytes: [UInt8], unit: Int, in writer: inout TDSWriter) {
      writer.u16(UInt16(fixedPart + data.count))
      writer.u16(UInt16(bytes.count / unit))
      data += bytes
    }
    place(login.hostName.utf16LE, unit: 2, in: &self)
    place(login.userName.utf16LE, unit: 2, in: &self)
    place(Login.hide(login.password.text.utf16LE), unit: 2, in: &self)
    place(login.applicationName.utf16LE, unit: 2, in: &self)
    place(login.serverName.utf16LE, unit: 2, in: &self)
    // The pointer to the features is filled in when their place is known.
    let pointer = data.count
    place(login.features.isEmpty ? [] : [0, 0, 0, 0], unit: 1, in: &self)
    place(login.libraryName.utf16LE, unit: 2, in: &self)
    place(login.language.utf16LE, unit: 2, in: &self)
    place(login.database.utf16LE, unit: 2, in: &self)
    bytes(login.clientID)
    place(login.sspi, unit: 1, in: &self)
    place(login.attachedFile.utf16LE, unit: 2, in: &self)
    if hasLongForm {
      place(Login.hide(login.newPassword.text.utf16LE), unit: 2, in: &self)
      u32(0)
    }
    bytes(data)
    if !login.features.isEmpty {
      set(UInt32(count - start), at: start + fixedPart + pointer)
      features(login.features)
    }
    set(UInt32(count - start), at: start)
  }

  /// Features and the byte that ends them.
  mutating func features(_ features: [Feature]) {
    for feature in features {
      u8(feature.id)
      u32(UInt32(feature.data.count))
      bytes(feature.data)
    }
    u8(0xFF)
  }
}
