extension Collation {
  private func weights(isNational: Bool) -> CollationWeights {
    family == .sqlLatin1 && !isNational ? .sql : .windows
  }

  /// Appends bytes that compare as the text does, and that no other text's bytes begin with. Blanks at the
  /// end do not count.
  package func appendKey(of text: [UInt16], isNational: Bool, to key: inout [UInt8]) {
    var count = text.count
    while count > 0, text[count - 1] == 0x20 { count -= 1 }
    let text = text[..<count]
    if isBinary { return appendBinaryKey(of: text, isNational: isNational, to: &key) }
    let weights = weights(isNational: isNational)
    var marks = false
    var cases = false
    var specials = false
    for unit in text {
      let weight = weights[unit]
      switch weight.kind {
      case .plain: key.append(weight.lead)
      case .extended:
        if family != .latin1Version100, CollationWeights.isSurrogate(weight) { continue }
        CollationWeights.append(weight, to: &key)
      case .ignored: continue
      case .special: specials = true
      case .mark: marks = true
      case .expansion:
        let (first, second) = CollationWeights.expansion(weight.base)
        key.append(weights[first].lead)
        key.append(weights[second].lead)
      }
      if weight.firstMark != 0 { marks = true }
      if tertiary(weight) != 0 { cases = true }
    }
    marks = marks && isAccentSensitive
    if marks || cases || specials {
      key.append(CollationWeights.separator)
      if marks { appendMarks(of: text, weights, to: &key) }
    }
    if cases || specials {
      key.append(CollationWeights.separator)
      if cases { appendCases(of: text, weights, to: &key) }
    }
    if specials {
      key.append(CollationWeights.separator)
      CollationWeights.appendSpecials(of: text, weights, to: &key)
    }
    key.append(0)
  }

  /// The accents of each letter, and 2 between letters.
  private func appendMarks(of text: ArraySlice<UInt16>, _ weights: CollationWeights, to key: inout [UInt8]) {
    let start = key.count
    var isFirst = true
    for unit in text where !isWeightless(unit, weights) {
      let weight = weights[unit]
      if weight.kind == .special { continue }
      if weight.kind != .mark {
        if !isFirst { key.append(2) }
        isFirst = false
        if weight.kind == .expansion { key.append(2) }
      }
      if weight.firstMark != 0 { key.append(weight.firstMark) }
      if weight.secondMark != 0 { key.append(weight.secondMark) }
    }
    while key.count > start, key[key.count - 1] == 2 { key.removeLast() }
  }

  private func appendCases(of text: ArraySlice<UInt16>, _ weights: CollationWeights, to key: inout [UInt8]) {
    for unit in text where !isWeightless(unit, weights) {
      let weight = weights[unit]
      guard weight.kind != .mark, weight.kind != .special else { continue }
      key.append(2 + tertiary(weight))
      if weight.kind == .expansion { key.append(2 + tertiary(weight)) }
    }
  }

  private func isWeightless(_ unit: UInt16, _ weights: CollationWeights) -> Bool {
    let weight = weights[unit]
    return weight.kind == .ignored
      || family != .latin1Version100 && CollationWeights.isSurrogate(weight)
  }

  /// What decides after letters and accents: case, width and kana where they count. Lower case comes first.
  private func tertiary(_ weight: CollationWeights.Weight) -> UInt8 {
    (weight.isUpper && options.contains(.caseSensitive) ? 1 : 0)
      | (weight.isWide && options.contains(.widthSensitive) ? 2 : 0)
      | (weight.isKatakana && options.contains(.kanaSensitive) ? 4 : 0)
  }

  /// Code units, or the bytes of the code page. _BIN compares the first unit as one, and the others by bytes
  /// in the order of storage.
  private func appendBinaryKey(of text: ArraySlice<UInt16>, isNational: Bool, to key: inout [UInt8]) {
    func append(_ byte: UInt8) {
      key.append(byte)
      // Two zeros end the key.
      if byte == 0 { key.append(0xFF) }
    }
    if isNational {
      for (index, unit) in text.enumerated() {
        let isSwapped = index > 0 && options.contains(.binary)
        append(UInt8(truncatingIfNeeded: isSwapped ? unit : unit >> 8))
        append(UInt8(truncatingIfNeeded: isSwapped ? unit >> 8 : unit))
      }
    } else {
      for byte in CodePage.encode(Array(text), isUTF8: isUTF8) { append(byte) }
    }
    key.append(0)
    key.append(0)
  }

  /// Below zero, zero or above zero, as `left` comes before `right`, is equal to it or comes after it.
  package func compare(_ left: [UInt16], _ right: [UInt16], isNational: Bool) -> Int {
    if left == right { return 0 }
    var leftKey: [UInt8] = []
    var rightKey: [UInt8] = []
    appendKey(of: left, isNational: isNational, to: &leftKey)
    appendKey(of: right, isNational: isNational, to: &rightKey)
    if leftKey == rightKey { return 0 }
    return leftKey.lexicographicallyPrecedes(rightKey) ? -1 : 1
  }

  /// A number that two characters share if the collation takes them for one, and that orders characters.
  func rank(of unit: UInt16, isNational: Bool) -> UInt64 {
    if isBinary { return UInt64(unit) }
    let weight = weights(isNational: isNational)[unit]
    var rank = UInt64(weight.lead) << 56
    if weight.kind != .plain { rank |= UInt64(weight.base) << 32 }
    if isAccentSensitive { rank |= UInt64(weight.firstMark) << 24 | UInt64(weight.secondMark) << 16 }
    return rank | UInt64(tertiary(weight))
  }
}

extension CollationWeights {
  fileprivate static func append(_ weight: Weight, to key: inout [UInt8]) {
    key.append(weight.lead)
    key.append(UInt8(truncatingIfNeeded: weight.base >> 8))
    key.append(UInt8(truncatingIfNeeded: weight.base))
  }

  /// Hyphens and apostrophes with their places.
  fileprivate static func appendSpecials(
    of text: ArraySlice<UInt16>, _ weights: CollationWeights, to key: inout [UInt8]
  ) {
    for (place, unit) in text.enumerated() where weights[unit].kind == .special {
      key.append(2)
      key.append(UInt8(truncatingIfNeeded: place >> 8))
      key.append(UInt8(truncatingIfNeeded: place))
      key.append(weights[unit].lead)
    }
  }
}
