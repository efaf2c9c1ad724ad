import Rows

/// What most likely happened to a value, as a sentence without its full stop. Never contains the value.
package enum Cause {
  package static let unknown = "different value"

  /// Source and target are encodings of different values of the type; nil is NULL.
  package static func likely(type: ColumnType, source: [UInt8]?, target: [UInt8]?) -> String {
    guard let source, let target else { return null(type: type, source: source, target: target) }
    let cause: String?
    switch type {
    case .text, .fixedText, .json: cause = TextCause.likely(source, target)
    case .bytes, .opaque: cause = bytes(source, target)
    case .uuid: cause = uuid(source, target)
    case .bool: cause = "target is inverted"
    case .int16, .int32, .int64, .float32, .float64, .decimal, .numeric:
      cause = NumberCause.likely(type: type, source, target)
    case .date, .time, .timestamp, .timestampTZ:
      cause = MomentCause.likely(type: type, source, target)
    }
    return cause ?? unknown
  }

  private static func null(type: ColumnType, source: [UInt8]?, target: [UInt8]?) -> String {
    let (nullSide, otherSide) = source == nil ? ("source", "target") : ("target", "source")
    guard let value = source ?? target else { return unknown }
    switch type {
    case .text, .fixedText, .json:
      if value.isEmpty { return "\(nullSide) is NULL, \(otherSide) is empty" }
      for literal in ["NULL", "null", "Null", "\\N", "None", "nil", "<null>"]
      where value == Array(literal.utf8) {
        return "\(nullSide) is NULL, \(otherSide) holds the text '\(literal)'"
      }
    case .bytes where value.isEmpty: return "\(nullSide) is NULL, \(otherSide) is empty"
    case .int16, .int32, .int64, .bool:
      if value.allSatisfy({ $0 == 0 }) {
        return "\(nullSide) is NULL, \(otherSide) is \(type == .bool ? "false" : "0")"
      }
    default: break
    }
    return "\(nullSide) is NULL"
  }

  private static func bytes(_ source: [UInt8], _ target: [UInt8]) -> String? {
    if target.isEmpty { return "target is empty" }
    if target.count < source.count, source.starts(with: target) {
      return source[target.count...].allSatisfy { $0 == 0 }
        ? "target lost \(count(source.count - target.count, "zero byte")) at its end"
        : "target is truncated at \(count(target.count, "byte"))"
    }
    if source.count < target.count, target.starts(with: source) {
      return target[source.count...].allSatisfy { $0 == 0 }
        ? "target gained \(count(target.count - source.count, "zero byte")) at its end"
        : "target is longer by \(count(target.count - source.count, "byte"))"
    }
    let digits = Array("0123456789abcdef".utf8)
    let hexadecimal = source.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    let lower = target.map { 0x41...0x46 ~= $0 ? $0 + 0x20 : $0 }
    if [[], Array("0x".utf8), Array("\\x".utf8)].contains(where: { $0 + hexadecimal == lower }) {
      return "target holds the source's bytes as hexadecimal text"
    }
    return nil
  }

  private static func uuid(_ source: [UInt8], _ target: [UInt8]) -> String? {
    guard source.count == 16, target.count == 16 else { return nil }
    let mixed = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map { source[$0] }
    return mixed == target ? "target's bytes are in another order, as SQL Server stores them" : nil
  }

  static func count(_ number: Int, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
}
