/// A collation: how text compares, and what code page char and varchar have.
///
/// Known are SQL_Latin1_General_CP1 and Latin1_General in its versions 80 and 100. Text compares right for
/// Latin letters, digits, punctuation and their accents; other scripts compare by code point after case
/// folding, which is not SQL Server's order but tells the same letters apart.
package struct Collation: Hashable, Sendable {
  package enum Family: UInt8, Sendable {
    /// SQL_Latin1_General_CP1: varchar compares by a sort order of its own.
    case sqlLatin1
    /// Latin1_General, version 80.
    case latin1
    /// Latin1_General_100.
    case latin1Version100
  }

  package struct Options: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let caseSensitive = Options(rawValue: 1)
    package static let accentSensitive = Options(rawValue: 2)
    package static let kanaSensitive = Options(rawValue: 4)
    package static let widthSensitive = Options(rawValue: 8)
    package static let supplementary = Options(rawValue: 16)
    package static let utf8 = Options(rawValue: 32)
    package static let binary = Options(rawValue: 64)
    package static let binary2 = Options(rawValue: 128)
  }

  package var family: Family
  package var options: Options

  package init(_ family: Family, _ options: Options) {
    self.family = family
    self.options = options
  }

  /// SQL_Latin1_General_CP1_CI_AS, the default of a server installed in the United States.
  package static let standard = Collation(.sqlLatin1, .accentSensitive)

  package var isBinary: Bool { !options.isDisjoint(with: [.binary, .binary2]) }
  package var isCaseSensitive: Bool { options.contains(.caseSensitive) || isBinary }
  package var isAccentSensitive: Bool { options.contains(.accentSensitive) || isBinary }
  package var isUTF8: Bool { options.contains(.utf8) }
  /// Whether functions count characters beyond U+FFFF as one.
  package var countsSupplementary: Bool { options.contains(.supplementary) }

  /// `COLLATIONPROPERTY(name, 'CodePage')`.
  package var codePage: Int { isUTF8 ? 65001 : 1252 }
  /// `COLLATIONPROPERTY(name, 'LCID')`.
  package static let lcid = 1033
}
