/// Text values, from the UTF-8 that everything here keeps text in.
extension TDSWriter {
  /// Text as the type has it. `page` is of the type's collation; without one, or for UTF-8, a code page type
  /// gets the bytes as they are. False if the page does not have all characters: a question mark stands for each.
  @discardableResult package mutating func text(
    fromUTF8 text: UnsafeRawBufferPointer, page: CodePage? = nil, _ layout: ValueLayout
  ) -> Bool {
    let start = beginBytes(layout)
    var isExact = true
    if layout.type.isUTF16 {
      utf16(fromUTF8: text)
    } else if let page, !page.isUTF8 {
      isExact = encode(fromUTF8: text, page)
    } else {
      bytes(text)
    }
    endBytes(layout, start)
    return isExact
  }

  /// The same from a string.
  @discardableResult package mutating func text(
    _ text: String, page: CodePage? = nil, _ layout: ValueLayout
  ) -> Bool {
    var text = text
    return text.withUTF8 { self.text(fromUTF8: UnsafeRawBufferPointer($0), page: page, layout) }
  }

  /// UTF-8 as UTF-16LE. What is no UTF-8 becomes U+FFFD. Returns the number of bytes.
  @discardableResult package mutating func utf16(fromUTF8 text: UnsafeRawBufferPointer) -> Int {
    // No sequence of n bytes becomes more than 2n.
    let start = count
    let out = extend(by: text.count * 2)
    var written = 0
    var offset = 0
    while offset < text.count {
      let byte = text[offset]
      if byte < 0x80 {
        out.storeBytes(of: UInt16(byte).littleEndian, toByteOffset: written, as: UInt16.self)
        written += 2
        offset += 1
        continue
      }
      let scalar = UTF8Sequence.scalar(text, &offset)
      if scalar < 0x10000 {
        out.storeBytes(of: UInt16(scalar).littleEndian, toByteOffset: written, as: UInt16.self)
        written += 2
      } else {
        let rest = scalar - 0x10000
        out.storeBytes(
          of: UInt16(0xD800 + rest >> 10).littleEndian, toByteOffset: written, as: UInt16.self)
        out.storeBytes(
          of: UInt16(0xDC00 + rest & 0x3FF).littleEndian, toByteOffset: written + 2, as: UInt16.self)
        written += 4
      }
    }
    truncate(to: start + written)
    return written
  }

  /// UTF-16LE as UTF-8. False if a surrogate stands alone or a byte is left over: then what was written is
  /// to be taken back.
  package mutating func utf8(fromUTF16 text: UnsafeRawBufferPointer) -> Bool {
    guard text.count % 2 == 0 else { return false }
    let start = count
    let out = extend(by: text.count / 2 * 3)
    var written = 0
    var offset = 0
    while offset < text.count {
      let unit = UInt16(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
      offset += 2
      var scalar = UInt32(unit)
      if unit & 0xF800 == 0xD800 {
        guard unit < 0xDC00, offset < text.count else { return false }
        let low = UInt16(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
        guard low & 0xFC00 == 0xDC00 else { return false }
        offset += 2
        scalar = 0x10000 + UInt32(unit & 0x3FF) << 10 + UInt32(low & 0x3FF)
      }
      written += UTF8Sequence.put(scalar, out + written)
    }
    truncate(to: start + written)
    return true
  }

  /// A code page's bytes as UTF-8. False if some are undefined: U+FFFD stands for each.
  package mutating func utf8(from text: UnsafeRawBufferPointer, _ page: CodePage) -> Bool {
    if page.isUTF8 {
      bytes(text)
      return true
    }
    let start = count
    let out = extend(by: text.count * 3)
    var written = 0
    var offset = 0
    var isExact = true
    while offset < text.count {
      let unit = page.scalar(text, &offset)
      if unit == 0xFFFD { isExact = false }
      written += UTF8Sequence.put(UInt32(unit), out + written)
    }
    truncate(to: start + written)
    return isExact
  }

  /// UTF-8 as a code page's bytes, without a length. False if the page does not have all characters: a question mark
  /// stands for each.
  package mutating func encode(fromUTF8 text: UnsafeRawBufferPointer, _ page: CodePage) -> Bool {
    let start = count
    // No character has more bytes in a page than in UTF-8, but for what is no UTF-8.
    let out = extend(by: text.count * 2)
    var written = 0
    var offset = 0
    var isExact = true
    while offset < text.count {
      let byte = text[offset]
      if byte < 0x80 {
        out.storeBytes(of: byte, toByteOffset: written, as: UInt8.self)
        written += 1
        offset += 1
        continue
      }
      let found = page.code(UTF8Sequence.scalar(text, &offset))
      let code = found ?? UInt16(UInt8(ascii: "?"))
      if found == nil { isExact = false }
      if code > 0xFF {
        out.storeBytes(of: UInt8(code >> 8), toByteOffset: written, as: UInt8.self)
        written += 1
      }
      out.storeBytes(of: UInt8(truncatingIfNeeded: code), toByteOffset: written, as: UInt8.self)
      written += 1
    }
    truncate(to: start + written)
    return isExact
  }
}

/// One character of UTF-8.
enum UTF8Sequence {
  /// The character at `offset`, which is not ASCII; U+FFFD for what is none.
  static func scalar(_ text: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt32 {
    let lead = text[offset]
    let length =
      lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 && lead < 0xE0 ? 2 : 1
    guard length > 1, offset + length <= text.count else {
      offset += 1
      return 0xFFFD
    }
    var scalar = UInt32(lead) & (0x7F >> UInt32(length))
    for index in 1..<length {
      let next = text[offset + index]
      guard next & 0xC0 == 0x80 else {
        offset += 1
        return 0xFFFD
      }
      scalar = scalar << 6 | UInt32(next & 0x3F)
    }
    offset += length
    // Longer forms than needed and surrogates.
    let isValid =
      (length != 3 || scalar >= 0x800) && (length != 4 || 0x10000...0x10FFFF ~= scalar)
      && !(0xD800...0xDFFF ~= scalar)
    return isValid ? scalar : 0xFFFD
  }

  /// Writes a character, and returns its number of bytes.
  @inline(__always) static func put(_ scalar: UInt32, _ out: UnsafeMutableRawPointer) -> Int {
    func byte(_ value: UInt32, _ index: Int) {
      out.storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: index, as: UInt8.self)
    }
    if scalar < 0x80 {
      byte(scalar, 0)
      return 1
    }
    if scalar < 0x800 {
      byte(0xC0 | scalar >> 6, 0)
      byte(0x80 | scalar & 0x3F, 1)
      return 2
    }
    if scalar < 0x10000 {
      byte(0xE0 | scalar >> 12, 0)
      byte(0x80 | scalar >> 6 & 0x3F, 1)
      byte(0x80 | scalar & 0x3F, 2)
      return 3
    }
    byte(0xF0 | scalar >> 18, 0)
    byte(0x80 | scalar >> 12 & 0x3F, 1)
    byte(0x80 | scalar >> 6 & 0x3F, 2)
    byte(0x80 | scalar & 0x3F, 3)
    return 4
  }
}
