import Foundation

/// How each UTF-16 unit compares: a table for Windows collations and for nvarchar, and one for the sort
/// orders of SQL_ collations on varchar.
///
/// Punctuation, digits and Latin letters are in SQL Server's order; accents and case decide after all
/// letters. Letters of other scripts follow in code point order.
struct CollationWeights: Sendable {
  struct Weight {
    enum Kind: UInt8 {
      /// Its lead alone is its first weight.
      case plain
      /// Its lead and its base are.
      case extended
      /// Does not count at all.
      case ignored
      /// An accent of the character before it.
      case mark
      /// Counts only when all else is equal: hyphen and apostrophe in Windows collations.
      case special
      /// Two letters in one.
      case expansion
    }

    var kind = Kind.extended
    var lead: UInt8 = 0
    var isUpper = false
    var isWide = false
    var isKatakana = false
    var firstMark: UInt8 = 0
    var secondMark: UInt8 = 0
    /// The unit without case, accents, width and kind of kana.
    var base: UInt16 = 0
  }

  static let windows = CollationWeights(isSQL: false)
  static let sql = CollationWeights(isSQL: true)

  private let weights: [Weight]

  subscript(_ unit: UInt16) -> Weight { weights[Int(unit)] }

  /// What `expansion` means, in lower case.
  static func expansion(_ base: UInt16) -> (UInt16, UInt16) {
    switch base {
    case 0xDF: (0x73, 0x73)
    case 0xE6: (0x61, 0x65)
    case 0x153: (0x6F, 0x65)
    default: (0x74, 0x68)
    }
  }

  // MARK: Leads of the first weight

  /// Ends a level of a key; everything that counts is above.
  static let separator: UInt8 = 0x01
  private static let controlLead: UInt8 = 0x02
  private static let firstSymbolLead: UInt8 = 0x04
  private static let otherSymbolLead: UInt8 = 0x68
  private static let digitLead: UInt8 = 0x70
  private static let letterLead: UInt8 = 0x80
  private static let otherLead: UInt8 = 0xF0
  private static let surrogateLead: UInt8 = 0xF1

  /// The order of Windows: `-` and `'` count last, signs of arithmetic stand behind other symbols.
  private static let windowsSymbols =
    " \u{A0}!\"#$%&()*,./:;?@[\\]^_`{|}~¡¦¨¯´¸¿‘’‚“”„‹›•–—…ˆ˜+±«»<=>×÷¢£¤¥€§©¬®°µ¶·†‡‰™ªº¹²³¼½¾ƒ'-"
  private static let sqlSymbols =
    " \u{A0}!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~€‚ƒ„…†‡ˆ‰‹‘’“”•–—˜™›¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿×÷"

  private static let strokes: [Unicode.Scalar: Unicode.Scalar] = [
    "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i",
  ]
  private static let strokeMark: UInt8 = 0x75

  // MARK: The tables

  private init(isSQL: Bool) {
    var symbols: [UInt16: UInt8] = [:]
    let order = isSQL ? CollationWeights.sqlSymbols : CollationWeights.windowsSymbols
    for (index, unit) in order.utf16.enumerated() {
      symbols[unit] = CollationWeights.firstSymbolLead + UInt8(index)
    }
    weights = (UInt16(0)...0xFFFF).map { CollationWeights.weight(of: $0, isSQL: isSQL, symbols: symbols) }
  }

  private static func weight(of unit: UInt16, isSQL: Bool, symbols: [UInt16: UInt8]) -> Weight {
    var weight = Weight()
    var unit = unit
    if 0xFF01...0xFF5E ~= unit {
      weight.isWide = true
      unit -= 0xFEE0
    }
    if 0x30A1...0x30F6 ~= unit {
      weight.isKatakana = true
      unit -= 0x60
    }
    weight.base = unit
    if 0x3400...0xD7AF ~= unit || 0xE000...0xF8FF ~= unit {
      // Ideographs, Hangul and private use: known to be letters without case or accents.
      weight.lead = otherLead
      return weight
    }
    guard let scalar = Unicode.Scalar(unit) else {
      weight.lead = surrogateLead
      return weight
    }
    if let lead = symbols[unit] {
      weight.lead = lead
      weight.kind = !isSQL && (unit == 0x2D || unit == 0x27) ? .special : .plain
      return weight
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .control where isSQL || 9...13 ~= unit: weight.lead = controlLead
    case .control, .format: weight.kind = .ignored
    case .nonspacingMark:
      weight.kind = .mark
      weight.firstMark = 0x300...0x36F ~= unit ? UInt8(unit - 0x300) + 3 : 0x76
    case .decimalNumber where 0x30...0x39 ~= unit:
      weight.kind = .plain
      weight.lead = digitLead + UInt8(unit - 0x30)
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber, .privateUse, .unassigned, .spacingMark, .enclosingMark:
      weight.setLetter(scalar, isSQL: isSQL)
    default: weight.lead = otherSymbolLead
    }
    return weight
  }

  /// The order of the letter z, and the letters behind others.
  fileprivate static func lead(ofLetter unit: UInt16) -> UInt8? {
    switch unit {
    case 0x61...0x7A: letterLead + 4 * UInt8(unit - 0x61)
    case 0xE6: letterLead + 1
    case 0xF0: letterLead + 4 * 3 + 1
    case 0x153: letterLead + 4 * 14 + 1
    case 0xDF: letterLead + 4 * 18 + 1
    case 0xFE: letterLead + 4 * 25 + 1
    default: nil
    }
  }

  fileprivate static func base(_ scalar: Unicode.Scalar) -> (base: Unicode.Scalar, marks: [UInt8]) {
    let lower = scalar.properties.lowercaseMapping.unicodeScalars
    guard lower.count == 1, let letter = lower.first else { return (scalar, []) }
    if let plain = strokes[letter] { return (plain, [strokeMark]) }
    // Of other scripts, only those with cases have accents that Windows takes for accents.
    guard letter.value < 0x530 || 0x1E00...0x1FFF ~= letter.value else { return (letter, []) }
    let parts = String(letter).decomposedStringWithCanonicalMapping.unicodeScalars
    guard let first = parts.first, parts.count > 1 else { return (letter, []) }
    return (first, parts.dropFirst().map { 0x300...0x36F ~= $0.value ? UInt8($0.value - 0x300) + 3 : 0x76 })
  }
}

extension CollationWeights.Weight {
  fileprivate mutating func setLetter(_ scalar: Unicode.Scalar, isSQL: Bool) {
    let (plain, marks) = CollationWeights.base(scalar)
    // The first letters of the table all lie in the basic plane.
    base = UInt16(truncatingIfNeeded: plain.value)
    isUpper = scalar.properties.isUppercase
    firstMark = marks.first ?? 0
    secondMark = marks.count > 1 ? marks[1] : 0
    let expands = [0xDF, 0xE6, 0x153, 0xFE].contains(base)
    if let letter = CollationWeights.lead(ofLetter: base) {
      lead = letter
      kind = expands && !isSQL ? .expansion : .plain
    } else {
      lead = CollationWeights.otherLetterLead
    }
  }
}

extension CollationWeights {
  fileprivate static var otherLetterLead: UInt8 { otherLead }

  /// Of a surrogate: has no weight before version 100.
  static func isSurrogate(_ weight: Weight) -> Bool { weight.lead == surrogateLead }
}
