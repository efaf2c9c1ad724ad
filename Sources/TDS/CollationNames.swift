extension Collation {
  /// From the name of a collation: the families of the languages that are listed here, with any suffixes. Nil for
  /// a name that is not known.
  package init?(name: String) {
    var words = name.lowercased().split(separator: "_").map(String.init)
    if words.first == "sql" {
      guard let known = Collation.sqlCollations.first(where: { $0.name == words.joined(separator: "_") })
      else {
        return nil
      }
      self = known.collation
      return
    }
    guard let family = Collation.families.first(where: { words.starts(with: $0.words) }) else { return nil }
    words.removeFirst(family.words.count)
    var version: UInt8 = 0
    if let number = words.first, let found = Collation.versions[number] {
      version = found
      words.removeFirst()
    }
    // What is not said to be sensitive is not.
    var flags: Flags = [.ignoreKana, .ignoreWidth]
    guard !words.isEmpty else { return nil }
    for word in words {
      switch word {
      case "ci": flags.insert(.ignoreCase)
      case "ai": flags.insert(.ignoreAccent)
      case "ks": flags.remove(.ignoreKana)
      case "ws": flags.remove(.ignoreWidth)
      case "bin": flags = flags.intersection(.utf8).union(.binary)
      case "bin2": flags = flags.intersection(.utf8).union(.binary2)
      case "utf8": flags.insert(.utf8)
      case "cs", "as", "sc", "vss": break
      default: return nil
      }
    }
    self.init(locale: family.locale, flags: flags, version: version)
  }

  private static let versions: [String: UInt8] = ["90": 1, "100": 2, "140": 3]

  private static let families: [(words: [String], locale: UInt32)] = [
    (["latin1", "general"], 0x0409), (["german", "phonebook"], 0x1_0407), (["french"], 0x040C),
    (["modern", "spanish"], 0x0C0A), (["finnish", "swedish"], 0x040B), (["danish", "norwegian"], 0x0406),
    (["polish"], 0x0415), (["czech"], 0x0405), (["hungarian"], 0x040E), (["romanian"], 0x0418),
    (["cyrillic", "general"], 0x0419), (["ukrainian"], 0x0422), (["greek"], 0x0408), (["turkish"], 0x041F),
    (["hebrew"], 0x040D), (["arabic"], 0x0401), (["lithuanian"], 0x0427), (["vietnamese"], 0x042A),
    (["thai"], 0x041E), (["japanese", "xjis"], 0x0411), (["japanese"], 0x0411),
    (["korean", "wansung"], 0x0412), (["chinese", "prc"], 0x0804), (["chinese", "taiwan", "stroke"], 0x0404),
  ]

  /// The SQL collations that servers in the west have.
  private static let sqlCollations: [(name: String, collation: Collation)] = [
    ("sql_latin1_general_cp1_ci_as", .sqlLatin1),
    ("sql_latin1_general_cp1_cs_as", Collation(bits: 0x00C0_0409, sortID: 51)),
    ("sql_latin1_general_cp1_ci_ai", Collation(bits: 0x00F0_0409, sortID: 54)),
    ("sql_latin1_general_pref_cp1_ci_as", Collation(bits: 0x00D0_0409, sortID: 53)),
    ("sql_latin1_general_cp437_bin", Collation(bits: 0x0100_0409, sortID: 30)),
    ("sql_latin1_general_cp437_ci_as", Collation(bits: 0x00D0_0409, sortID: 32)),
    ("sql_latin1_general_cp850_bin", Collation(bits: 0x0100_0409, sortID: 40)),
    ("sql_latin1_general_cp850_bin2", Collation(bits: 0x0200_0409, sortID: 40)),
    ("sql_latin1_general_cp850_ci_as", Collation(bits: 0x00D0_0409, sortID: 42)),
    ("sql_latin1_general_cp1250_ci_as", Collation(bits: 0x00D0_0409, sortID: 82)),
    ("sql_latin1_general_cp1251_ci_as", Collation(bits: 0x00D0_0409, sortID: 106)),
    ("sql_latin1_general_cp1253_ci_as", Collation(bits: 0x00D0_0409, sortID: 114)),
    ("sql_latin1_general_cp1254_ci_as", Collation(bits: 0x00D0_0409, sortID: 130)),
    ("sql_latin1_general_cp1255_ci_as", Collation(bits: 0x00D0_0409, sortID: 138)),
    ("sql_latin1_general_cp1256_ci_as", Collation(bits: 0x00D0_0409, sortID: 146)),
    ("sql_latin1_general_cp1257_ci_as", Collation(bits: 0x00D0_0409, sortID: 154)),
  ]
}
