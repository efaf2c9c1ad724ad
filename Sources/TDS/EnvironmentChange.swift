/// ENVCHANGE: something about the session is now different.
package enum EnvironmentChange: Sendable, Hashable {
  case database(String, old: String)
  case language(String, old: String)
  case characterSet(String, old: String)
  /// In force from the message after this one on.
  case packetSize(Int, old: Int)
  case collation(Collation, old: Collation?)
  /// A transaction of this descriptor has begun, been committed or rolled back.
  case beginTransaction(UInt64)
  case commitTransaction(UInt64)
  case rollbackTransaction(UInt64)
  /// The database's mirror.
  case mirrorPartner(String)
  /// The session is as after its login.
  case reset
  case userInstance(String)
  /// The client is to log in there instead.
  case routing(host: String, port: UInt16)
  /// A kind of which nobody here knows more, behind its number.
  case other(UInt8, [UInt8])

  package var number: UInt8 {
    switch self {
    case .database: 1
    case .language: 2
    case .characterSet: 3
    case .packetSize: 4
    case .collation: 7
    case .beginTransaction: 8
    case .commitTransaction: 9
    case .rollbackTransaction: 10
    case .mirrorPartner: 13
    case .reset: 18
    case .userInstance: 19
    case .routing: 20
    case .other(let number, _): number
    }
  }

  /// Clients before 7.2 know nothing of transactions and what came later; of routing, FreeTDS does.
  package func isKnown(to version: TDSVersion) -> Bool {
    version.hasTransactionChanges || number < 8 || number == 20
  }
}

extension TDSWriter {
  /// ENVCHANGE; nothing if the version does not know the kind.
  package mutating func environmentChange(_ change: EnvironmentChange) {
    guard change.isKnown(to: version) else { return }
    u8(Token.environmentChange.rawValue)
    let start = count
    u16(0)
    u8(change.number)
    switch change {
    case .database(let new, let old), .language(let new, let old), .characterSet(let new, let old):
      shortText(new)
      shortText(old)
    case .packetSize(let new, let old):
      shortText("\(new)")
      shortText("\(old)")
    case .collation(let new, let old):
      shortBytes(new.bytes)
      shortBytes(old?.bytes ?? [])
    case .beginTransaction(let descriptor):
      u8(8)
      u64(descriptor)
      u8(0)
    case .commitTransaction(let descriptor), .rollbackTransaction(let descriptor):
      u8(0)
      u8(8)
      u64(descriptor)
    case .mirrorPartner(let name), .userInstance(let name):
      shortText(name)
      u8(0)
    case .reset: u16(0)
    case .routing(let host, let port):
      let value = count
      u16(0)
      u8(0)
      u16(port)
      text(host, limit: 1024)
      set(UInt16(count - value - 2), at: value)
      u16(0)
    case .other(_, let body): bytes(body)
    }
    set(UInt16(count - start - 2), at: start)
  }
}

extension TDSCursor {
  /// ENVCHANGE behind its first byte.
  package mutating func environmentChange() throws(MalformedTDS) -> EnvironmentChange {
    let length = Int(try u16())
    let end = offset + length
    guard length > 0, end <= bytes.count else {
      throw malformed("ENVCHANGE says that it has \(length) bytes")
    }
    let number = try u8()
    let body = offset
    // A body of another form than expected is kept as it is.
    if let change = try? knownChange(number), offset <= end {
      try finish(at: end)
      return change
    }
    self = TDSCursor(bytes, at: body)
    return .other(number, try array(end - body))
  }

  private mutating func knownChange(_ number: UInt8) throws(MalformedTDS) -> EnvironmentChange? {
    switch number {
    case 1: return .database(try shortText(), old: try shortText())
    case 2: return .language(try shortText(), old: try shortText())
    case 3: return .characterSet(try shortText(), old: try shortText())
    case 4:
      guard let new = Int(try shortText()), let old = Int(try shortText()) else { return nil }
      return .packetSize(new, old: old)
    case 7:
      guard let new = Collation(bytes: try shortBytes()) else { return nil }
      return .collation(new, old: Collation(bytes: try shortBytes()))
    case 8:
      guard try u8() == 8 else { return nil }
      return .beginTransaction(try u64())
    case 9, 10:
      guard try u8() == 0, try u8() == 8 else { return nil }
      let descriptor = try u64()
      return number == 9 ? .commitTransaction(descriptor) : .rollbackTransaction(descriptor)
    case 13: return .mirrorPartner(try shortText())
    case 18: return .reset
    case 19: return .userInstance(try shortText())
    case 20:
      guard try u16() >= 5, try u8() == 0 else { return nil }
      let port = try u16()
      return .routing(host: try text(), port: port)
    default: return nil
    }
  }
}
