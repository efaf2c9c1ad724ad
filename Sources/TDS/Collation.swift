/// The five bytes that say how text is compared, and in which code page its bytes are.
package struct Collation: Hashable, Sendable {
  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let ignoreCase = Flags(rawValue: 0x01)
    package static let ignoreAccent = Flags(rawValue: 0x02)
    package static let ignoreKana = Flags(rawValue: 0x04)
    package static let ignoreWidth = Flags(rawValue: 0x08)
    package static let binary = Flags(rawValue: 0x10)
    package static let binary2 = Flags(rawValue: 0x20)
    package static let utf8 = Flags(rawValue: 0x40)
  }

  /// Locale in 20 bits, flags in 8, version in 4.
  package var bits: UInt32
  /// The number of an SQL collation's order; 0 for a Windows collation.
  package var sortID: UInt8

  package init(bits: UInt32, sortID: UInt8 = 0) {
    self.bits = bits
    self.sortID = sortID
  }

  package init(locale: UInt32, flags: Flags, version: UInt8 = 0, sortID: UInt8 = 0) {
    bits = locale & 0xF_FFFF | UInt32(flags.rawValue) << 20 | UInt32(version & 0xF) << 28
    self.sortID = sortID
  }

  package var locale: UInt32 { bits & 0xF_FFFF }
  package var flags: Flags { Flags(rawValue: UInt8(truncatingIfNeeded: bits >> 20)) }
  package var version: UInt8 { UInt8(bits >> 28) }

  package var isCaseSensitive: Bool { !flags.contains(.ignoreCase) }
  /// Text is compared by its bytes or code points.
  package var isBinary: Bool { !flags.isDisjoint(with: [.binary, .binary2]) }

  /// What the types without a collation of their own carry.
  package static let none = Collation(bits: 0)
  /// SQL_Latin1_General_CP1_CI_AS, the default of servers installed in English.
  package static let sqlLatin1 = Collation(bits: 0x00D0_0409, sortID: 52)
  /// Latin1_General_CI_AS.
  package static let latin1 = Collation(bits: 0x00D0_0409)

  package var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } + [sortID] }

  /// From five bytes, as ENVCHANGE carries them; nil for another number of bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 5 else { return nil }
    bits = bytes[..<4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    sortID = bytes[4]
  }

  /// The code page of char, varchar and text.
  package var codePage: Int {
    if flags.contains(.utf8) { return 65001 }
    if let page = Collation.page(ofSortID: sortID) { return page }
    return Collation.page(ofLocale: locale)
  }

  private static func page(ofSortID sortID: UInt8) -> Int? {
    switch sortID {
    case 30...35: 437
    case 40...49, 55...61: 850
    case 50...54, 71...75, 183...186, 210...217: 1252
    case 80...98: 1250
    case 104...108: 1251
    case 112...124: 1253
    case 128...130: 1254
    case 136...138: 1255
    case 144...146: 1256
    case 152...160: 1257
    case 192, 193, 200: 932
    case 194, 195, 201: 949
    case 196, 197, 202: 950
    case 198, 199, 203: 936
    case 204...206: 874
    default: nil
    }
  }

  /// By the locale's language, and its country where writing systems differ. Windows' national language support.
  private static func page(ofLocale locale: UInt32) -> Int {
    switch locale & 0xFFFF {
    case 0x0404, 0x0C04, 0x1404: return 950
    case 0x0804, 0x1004: return 936
    // Serbian, Bosnian: Cyrillic in these countries, Latin in the others.
    case 0x0C1A, 0x1C1A, 0x201A: return 1251
    // Azeri and Uzbek in Cyrillic.
    case 0x082C, 0x0843: return 1251
    default: break
    }
    switch locale & 0x3FF {
    case 0x11: return 932
    case 0x12: return 949
    case 0x05, 0x0E, 0x15, 0x18, 0x1A, 0x1B, 0x1C, 0x24, 0x42: return 1250
    case 0x02, 0x19, 0x22, 0x23, 0x2F, 0x3F, 0x40, 0x44, 0x50, 0x28, 0x6D, 0x85: return 1251
    case 0x08: return 1253
    case 0x1F, 0x2C, 0x43: return 1254
    case 0x0D: return 1255
    case 0x01, 0x20, 0x29, 0x80, 0x8C: return 1256
    case 0x25, 0x26, 0x27: return 1257
    case 0x1E: return 874
    case 0x2A: return 1258
    default: return 1252
    }
  }
}

extension TDSCursor {
  package mutating func collation() throws(MalformedTDS) -> Collation {
    Collation(bits: try u32(), sortID: try u8())
  }
}

extension TDSWriter {
  package mutating func collation(_ collation: Collation) {
    u32(collation.bits)
    u8(collation.sortID)
  }
}
