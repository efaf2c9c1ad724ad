extension SQLValue {
  func text(from source: SQLType, to target: SQLType, style: Int?) throws(SQLError) -> SQLValue {
    var units: [UInt16]
    switch self {
    case .text(let text): units = text
    case .binary(let bytes): units = try SQLValue.characters(bytes, source, target, style: style)
    default: units = Array(try plainText(from: source, to: target, style: style).utf16)
    }
    if target.kind == .xml { return .text(units) }
    let isUTF8 = target.collation?.isUTF8 ?? false
    if !target.isNational { units = CodePage.fitted(units, isUTF8: isUTF8) }
    guard !target.isUnlimited else { return .text(units) }
    let length = isUTF8 && !target.isNational ? CodePage.byteCount(units, isUTF8: true) : units.count
    if length > target.length {
      if let instead = try tooLong(source, target) {
        units = instead
      } else if isUTF8, !target.isNational {
        units = SQLValue.prefix(units, bytes: target.length)
      } else {
        units.removeLast(units.count - target.length)
      }
    }
    if target.isPadded {
      let length = isUTF8 && !target.isNational ? CodePage.byteCount(units, isUTF8: true) : units.count
      units.append(contentsOf: repeatElement(0x20, count: max(0, target.length - length)))
    }
    return .text(units)
  }

  /// What text that cannot be cut becomes; nil if it can. Integers turn into an asterisk.
  private func tooLong(_ source: SQLType, _ target: SQLType) throws(SQLError) -> [UInt16]? {
    switch self {
    case .integer, .bit:
      guard source.kind != .bigint, !target.isNational else {
        throw .overflow(converting: "expression", to: target.name)
      }
      return [0x2A]
    case .decimal: throw .overflow(converting: "numeric", to: target.name)
    case .real, .float: throw .overflow(converting: "expression", to: target.name)
    case .money: throw .insufficientSpace(for: "money", type: target.name)
    case .guid: throw .insufficientSpaceForUniqueidentifier
    default: return nil
    }
  }

  /// Of everything but text and bytes.
  private func plainText(from source: SQLType, to target: SQLType, style: Int?) throws(SQLError) -> String {
    switch self {
    case .bit(let bit): return bit ? "1" : "0"
    case .integer(let value): return String(value)
    case .decimal(let value): return value.description
    case .money(let value): return Money.print(value, style: style ?? 0)
    case .real(let value): return FloatText.print(Double(value), style: style ?? 0, isReal: true)
    case .float(let value): return FloatText.print(value, style: style ?? 0)
    case .guid(let guid): return guid.description
    case .date, .time, .datetime, .datetime2, .datetimeoffset:
      guard let moment = SQLMoment(self) else { break }
      let style = style ?? SQLDateText.defaultStyle(source)
      guard let text = SQLDateText(moment, type: source).text(style: style) else {
        throw .invalidStyle(style, from: source.name)
      }
      return text
    default: break
    }
    throw .explicitConversionNotAllowed(source.name, to: target.name)
  }

  /// Styles of CONVERT: 0 the bytes as they are, 1 hexadecimal digits behind `0x`, 2 without.
  private static func characters(
    _ bytes: [UInt8], _ source: SQLType, _ target: SQLType, style: Int?
  ) throws(SQLError) -> [UInt16] {
    if style == 1 || style == 2 {
      var digits = style == 1 ? "0x" : ""
      // A result that is too short holds whole bytes.
      let room = target.isUnlimited ? bytes.count : max(0, (target.length - digits.count) / 2)
      for byte in bytes.prefix(room) {
        let hex = String(byte, radix: 16, uppercase: true)
        digits += hex.utf8.count == 1 ? "0" + hex : hex
      }
      return Array(digits.utf16)
    }
    guard target.isNational || target.kind == .xml else {
      return bytes.withUnsafeBytes { CodePage.decode($0, isUTF8: target.collation?.isUTF8 ?? false) }
    }
    return stride(from: 0, to: bytes.count, by: 2).map { index in
      UInt16(bytes[index]) | (index + 1 < bytes.count ? UInt16(bytes[index + 1]) << 8 : 0)
    }
  }

  /// As many whole characters as UTF-8 has room for.
  private static func prefix(_ text: [UInt16], bytes: Int) -> [UInt16] {
    var kept: [UInt16] = []
    var room = bytes
    for scalar in String(decoding: text, as: UTF16.self).unicodeScalars {
      room -= String(scalar).utf8.count
      guard room >= 0 else { break }
      kept.append(contentsOf: String(scalar).utf16)
    }
    return kept
  }
}

extension SQLGuid: CustomStringConvertible {
  /// Upper case with hyphens, as SQL Server prints it.
  package var description: String {
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
    var text = ""
    for (place, index) in order.enumerated() {
      if [4, 6, 8, 10].contains(place) { text += "-" }
      let hex = String(byte(index), radix: 16, uppercase: true)
      text += hex.utf8.count == 1 ? "0" + hex : hex
    }
    return text
  }

  /// 36 characters with hyphens, in braces or not; what stands behind them does not count.
  package init?(text: [UInt16]) {
    var rest = text[...]
    if rest.first == 0x7B {
      guard rest.count >= 38, rest[rest.startIndex + 37] == 0x7D else { return nil }
      rest = rest.dropFirst()
    }
    guard rest.count >= 36 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for (place, unit) in rest.prefix(36).enumerated() {
      if [8, 13, 18, 23].contains(place) {
        guard unit == 0x2D else { return nil }
        continue
      }
      guard unit < 128, let digit = Character(Unicode.Scalar(UInt8(unit))).hexDigitValue else { return nil }
      if let before = high {
        bytes.append(before << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    let wire = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map { bytes[$0] }
    self = wire.withUnsafeBytes { SQLGuid($0) }
  }

  package var bytes: [UInt8] { (0..<16).map(byte) }
}
