import Rows

/// Values as a report shows them: short, and around the first difference.
enum Excerpt {
  /// Characters (Unicode scalars) that are shown at most, without the ellipses.
  static let length = 80
  /// Characters before the first difference that are kept as its context.
  private static let context = 20

  /// Both values of a cell. They begin at the same place, so that they can be read one above the other.
  static func pair(
    _ source: [UInt8]?, _ target: [UInt8]?, type: ColumnType
  ) -> (source: String?, target: String?) {
    guard let source, let target else {
      return (source.map { one($0, type: type) }, target.map { one($0, type: type) })
    }
    let difference = zip(source, target).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let position = difference ?? min(source.count, target.count)
    return (cut(source, around: position, type), cut(target, around: position, type))
  }

  /// A value on its own, from its beginning.
  static func one(_ field: [UInt8], type: ColumnType) -> String { cut(field, around: 0, type) }

  private static func cut(_ field: [UInt8], around position: Int, _ type: ColumnType) -> String {
    switch type {
    case .text, .fixedText, .json: text(field, around: position)
    case .bytes, .opaque: bytes(field, around: position)
    default: render(field[...], type)
    }
  }

  private static func text(_ field: [UInt8], around position: Int) -> String {
    // Four bytes a character at most: what is cut here would not be shown.
    guard field.count > length else { return String(decoding: field, as: UTF8.self) }
    var start = position
    var before = 0
    while start > 0, before < context || !isBoundary(field, start) {
      start -= 1
      if isBoundary(field, start) { before += 1 }
    }
    if start <= 1 { start = 0 }
    var end = start
    var characters = 0
    while end < field.count, characters < length || !isBoundary(field, end) {
      end += 1
      if end == field.count || isBoundary(field, end) { characters += 1 }
    }
    return elided(String(decoding: field[start..<end], as: UTF8.self), start > 0, end < field.count)
  }

  private static func isBoundary(_ field: [UInt8], _ index: Int) -> Bool {
    index >= field.count || field[index] & 0xC0 != 0x80
  }

  private static func bytes(_ field: [UInt8], around position: Int) -> String {
    guard field.count > length / 2 else { return render(field[...], .bytes(maxLength: nil)) }
    let start = max(0, min(position - context / 2, field.count - 1))
    let end = min(field.count, start + length / 2)
    return elided(render(field[start..<end], .bytes(maxLength: nil)), start > 0, end < field.count)
  }

  private static func elided(_ text: String, _ isCutBefore: Bool, _ isCutBehind: Bool) -> String {
    (isCutBefore ? "…" : "") + text + (isCutBehind ? "…" : "")
  }

  private static func render(_ field: ArraySlice<UInt8>, _ type: ColumnType) -> String {
    field.withUnsafeBytes { bytes in
      do { return try FieldText.render(bytes, as: type) } catch {
        // Bytes that no encoder writes came from a server as they are; they are shown as what they are.
        return "bytes " + bytes.prefix(length / 2).map { String($0, radix: 16) }.joined(separator: " ")
      }
    }
  }
}
