/// Sentences or lines of code ready to be copied, so that a text costs one draw and one copy a sentence.
///
/// A text of any length is made of whole sentences, the last of which is chosen to fit to the byte.
struct Prose: @unchecked Sendable {
  /// Every sentence is in a slot of its own, so that a copy has a constant length.
  private static let slotSize = 64
  private static let slotCount = 2048
  private static let variants = 16

  // Immortal and never changed, as both instances are global constants.
  private let slots: UnsafeRawPointer
  private let lengths: UnsafePointer<UInt8>
  /// For each length from 1 to 64, some sentences of that length.
  private let endings: UnsafeRawPointer

  static let english = Prose(
    sentence: Sentences.sentence, ending: Sentences.ending(byteCount:_:), key: Draws.key(seed: 0, use: 1))
  static let code = Prose(
    sentence: Sentences.lineOfCode, ending: Sentences.endOfCode(byteCount:_:), key: Draws.key(seed: 0, use: 2)
  )

  private init(
    sentence: (inout Draws) -> String, ending: (Int, inout Draws) -> String, key: UInt64
  ) {
    let slotSize = Prose.slotSize
    let slots = UnsafeMutableRawPointer.allocate(byteCount: Prose.slotCount * slotSize, alignment: slotSize)
    let endings = UnsafeMutableRawPointer.allocate(
      byteCount: slotSize * Prose.variants * slotSize, alignment: slotSize)
    let lengths = UnsafeMutablePointer<UInt8>.allocate(capacity: Prose.slotCount)
    var draws = Draws(key: key, row: 0)
    var byLength: [[String]] = Array(repeating: [], count: slotSize + 1)
    for slot in 0..<Prose.slotCount {
      var text = sentence(&draws)
      while text.utf8.count > slotSize { text = sentence(&draws) }
      Prose.copy(text, to: slots + slot * slotSize)
      lengths[slot] = UInt8(text.utf8.count)
      // As an ending it needs no space or line after it.
      byLength[text.utf8.count - 1].append(String(text.dropLast()))
    }
    for length in 1...slotSize {
      for variant in 0..<Prose.variants {
        let sentences = byLength[length]
        let text =
          sentences.isEmpty ? ending(length, &draws) : sentences[draws.below(sentences.count)]
        precondition(text.utf8.count == length, "an ending has the length it is for")
        Prose.copy(text, to: endings + ((length - 1) * Prose.variants + variant) * slotSize)
      }
    }
    self.slots = UnsafeRawPointer(slots)
    self.lengths = UnsafePointer(lengths)
    self.endings = UnsafeRawPointer(endings)
  }

  private static func copy(_ text: String, to slot: UnsafeMutableRawPointer) {
    let bytes = Array(text.utf8)
    let padding = [UInt8](repeating: 0x20, count: slotSize - bytes.count)
    (bytes + padding).withUnsafeBytes { slot.copyMemory(from: $0.baseAddress!, byteCount: slotSize) }
  }

  /// Writes exactly so many bytes, at least one.
  func write(_ count: Int, to start: UnsafeMutableRawPointer, _ draws: inout Draws) {
    var next = start
    var rest = count
    while rest > Prose.slotSize {
      let slot = Int(truncatingIfNeeded: draws.next() >> 53)
      // What is copied beyond the sentence is still within the text, and overwritten by the next one.
      next.copyMemory(from: slots + slot * Prose.slotSize, byteCount: Prose.slotSize)
      next += Int(lengths[slot])
      rest -= Int(lengths[slot])
    }
    let variant = Int(truncatingIfNeeded: draws.next() >> 60)
    let ending = endings + ((rest - 1) * Prose.variants + variant) * Prose.slotSize
    next.copyMemory(from: ending, byteCount: rest)
  }
}

/// How the sentences of `Prose` are made, once.
private enum Sentences {
  static func sentence(_ draws: inout Draws) -> String {
    var words: [String] = []
    if draws.below(4) == 0 { words.append(any(Corpus.openings, &draws)) }
    words += nounPhrase(&draws)
    words.append(any(Corpus.verbs, &draws))
    words += nounPhrase(&draws)
    if draws.below(3) == 0 {
      words.append(any(Corpus.prepositions, &draws))
      words += nounPhrase(&draws)
    }
    return capitalized(words.joined(separator: " ")) + (draws.below(8) == 0 ? "? " : ". ")
  }

  private static func nounPhrase(_ draws: inout Draws) -> [String] {
    var words = [any(Corpus.nouns, &draws)]
    if draws.below(3) == 0 { words.insert(any(Corpus.adjectives, &draws), at: 0) }
    let determiner = any(Corpus.determiners, &draws)
    let beginsWithVowel = "aeio".contains(words[0].prefix(1))
    return [determiner == "a" && beginsWithVowel ? "an" : determiner] + words
  }

  static func ending(byteCount: Int, _ draws: inout Draws) -> String {
    capitalized(filler(byteCount - 1, &draws)) + (draws.below(6) == 0 ? "?" : ".")
  }

  static func lineOfCode(_ draws: inout Draws) -> String {
    let names = (
      any(Corpus.identifiers, &draws), any(Corpus.identifiers, &draws), any(Corpus.identifiers, &draws)
    )
    switch draws.below(6) {
    case 0: return "\(any(Corpus.codeTypes, &draws)) \(names.0) = \(draws.below(100));\n"
    case 1: return "if (\(names.0) &lt; \(names.1)) {\n    \(names.2)++;\n}\n"
    case 2: return "    \(names.0).\(names.1)(\(names.2));\n"
    case 3: return "    \(names.0) = \(names.1)[\(draws.below(16))] + \(names.2);\n"
    case 4: return "return new \(names.0)(\"\(names.1)\");\n"
    default: return "// \(names.0) of the \(names.1)\n"
    }
  }

  static func endOfCode(byteCount: Int, _ draws: inout Draws) -> String {
    byteCount < 4 ? String(repeating: ";", count: byteCount) : "// \(filler(byteCount - 3, &draws))"
  }

  /// Words of exactly so many bytes together.
  private static func filler(_ byteCount: Int, _ draws: inout Draws) -> String {
    var text = ""
    var rest = byteCount
    while rest > 12 {
      // What remains after the word and its space is still a word.
      let word = any(Corpus.fillersByLength[1 + draws.below(min(10, rest - 2))], &draws)
      text += word + " "
      rest -= word.utf8.count + 1
    }
    return rest == 0 ? text : text + any(Corpus.fillersByLength[rest], &draws)
  }

  private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  private static func any(_ words: [String], _ draws: inout Draws) -> String {
    words[draws.below(words.count)]
  }
}
