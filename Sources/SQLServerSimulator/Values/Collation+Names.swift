extension Collation {
  package var name: String {
    var name =
      switch family {
      case .sqlLatin1: "SQL_Latin1_General_CP1"
      case .latin1: "Latin1_General"
      case .latin1Version100: "Latin1_General_100"
      }
    if options.contains(.binary) {
      name += "_BIN"
    } else if options.contains(.binary2) {
      name += "_BIN2"
    } else {
      name += options.contains(.caseSensitive) ? "_CS" : "_CI"
      name += options.contains(.accentSensitive) ? "_AS" : "_AI"
      if options.contains(.kanaSensitive) { name += "_KS" }
      if options.contains(.widthSensitive) { name += "_WS" }
      if options.contains(.supplementary) { name += "_SC" }
    }
    return options.contains(.utf8) ? name + "_UTF8" : name
  }

  /// A collation by its name in any case. Throws 448 for one that is not known here.
  package init(name: String) throws(SQLError) {
    guard let collation = Collation.names[name.lowercased()] else { throw .invalidCollation(name) }
    self = collation
  }

  /// All collations that are known, by name.
  package static let all: [Collation] = {
    var all: [Collation] = [
      Collation(.sqlLatin1, .accentSensitive), Collation(.sqlLatin1, []),
      Collation(.sqlLatin1, [.accentSensitive, .caseSensitive]),
    ]
    for family in [Family.latin1, .latin1Version100] {
      all.append(Collation(family, .binary))
      all.append(Collation(family, .binary2))
      for bits in UInt8(0)..<16 { all.append(Collation(family, Options(rawValue: bits))) }
    }
    for bits in UInt8(0)..<16 {
      all.append(Collation(.latin1Version100, [Options(rawValue: bits), .supplementary]))
      all.append(Collation(.latin1Version100, [Options(rawValue: bits), .supplementary, .utf8]))
    }
    all.append(Collation(.latin1Version100, [.binary2, .utf8]))
    return all.sorted { $0.name < $1.name }
  }()

  private static let names = Dictionary(uniqueKeysWithValues: all.map { ($0.name.lowercased(), $0) })

  /// The collation on the wire: locale (20 bits), flags and version as a little-endian number, then the
  /// number of the sort order of an SQL_ collation (MS-TDS 2.2.5.1.2).
  package var bytes: [UInt8] {
    var flags: UInt32 = 0
    if !isBinary {
      if !options.contains(.caseSensitive) { flags |= 0x01 }
      if !options.contains(.accentSensitive) { flags |= 0x02 }
      if !options.contains(.kanaSensitive) { flags |= 0x04 }
      if !options.contains(.widthSensitive) { flags |= 0x08 }
    }
    if options.contains(.binary) { flags |= 0x10 }
    if options.contains(.binary2) { flags |= 0x20 }
    if options.contains(.utf8) { flags |= 0x40 }
    let version: UInt32 = family == .latin1Version100 ? 2 : 0
    let number = UInt32(Collation.lcid) | flags << 20 | version << 28
    return [
      UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8),
      UInt8(truncatingIfNeeded: number >> 16), UInt8(truncatingIfNeeded: number >> 24), sortOrder,
    ]
  }

  /// Five bytes of the wire; nil for a collation that is not known here. Supplementary characters are not
  /// told on the wire, except by UTF-8.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 5 else { return nil }
    let wanted = Array(bytes)
    guard let collation = Collation.all.first(where: { $0.bytes == wanted }) else { return nil }
    self = collation
  }

  /// The number of the sort order on the wire: 51, 52 and 54 for the SQL_ collations.
  private var sortOrder: UInt8 {
    guard family == .sqlLatin1 else { return 0 }
    return options.contains(.caseSensitive) ? 51 : options.contains(.accentSensitive) ? 52 : 54
  }
}
