/// A message's first five bytes: a type, and a length that counts itself but not the type.
package struct MessageHead: Sendable, Equatable {
  package let type: UInt8
  /// Bytes of the whole message, its type included.
  package let count: Int

  static let bytes = 5
  /// What the server takes at most.
  static let longest = 0x3FFF_FFFF

  /// Nil if more bytes are needed.
  package init?(_ bytes: UnsafeRawBufferPointer) throws(MalformedMessage) {
    guard bytes.count >= MessageHead.bytes else { return nil }
    let length = Int(bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self).bigEndian)
    type = bytes[0]
    guard length >= 4, length <= MessageHead.longest else {
      throw MalformedMessage(reason: "a message of type \(type) says that it has \(length) bytes")
    }
    count = length + 1
  }
}

extension UInt8 {
  /// As `UInt8(ascii:)`, short enough to stand in a `case`.
  static func letter(_ letter: Unicode.Scalar) -> UInt8 { UInt8(ascii: letter) }
}

/// Makes messages.
package enum PostgresMessage {
  package static func make(_ type: Unicode.Scalar, _ body: [UInt8] = []) -> [UInt8] {
    [UInt8(ascii: type)] + bigEndian(UInt32(body.count + 4)) + body
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  static func terminated(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

  package static func query(_ sql: String) -> [UInt8] { make("Q", terminated(sql)) }
  package static func parse(_ name: String, _ sql: String) -> [UInt8] {
    make("P", terminated(name) + terminated(sql) + [0, 0])
  }
  package static func copyFail(_ reason: String) -> [UInt8] { make("f", terminated(reason)) }
  package static func ready(_ status: Unicode.Scalar) -> [UInt8] { make("Z", [UInt8(ascii: status)]) }
}

/// A client's message whose content matters. Of a long one, only the beginning may be there.
package enum ClientMessage: Sendable, Equatable {
  case query(String)
  case parse(statement: String, sql: String)
  case bind(portal: String, statement: String, parameters: [String?])
  case execute(portal: String)
  case closeStatement(String)
  case closePortal(String)
  case sync, functionCall
  case other

  /// From the message's type and as much of its body as there is.
  package init(_ type: UInt8, _ body: UnsafeRawBufferPointer) {
    var fields = FieldReader(body)
    switch type {
    case .letter("Q"): self = .query(fields.text())
    case .letter("P"): self = .parse(statement: fields.text(), sql: fields.text())
    case .letter("B"):
      let (portal, statement) = (fields.text(), fields.text())
      self = .bind(portal: portal, statement: statement, parameters: fields.parameters())
    case .letter("E"): self = .execute(portal: fields.text())
    case .letter("C"):
      let kind = fields.byte()
      self = kind == .letter("S") ? .closeStatement(fields.text()) : .closePortal(fields.text())
    case .letter("S"): self = .sync
    case .letter("F"): self = .functionCall
    default: self = .other
    }
  }
}

/// Reads the fields of a body that may be cut off: what is missing is empty.
struct FieldReader {
  private var rest: Slice<UnsafeRawBufferPointer>

  init(_ body: UnsafeRawBufferPointer) { rest = body[...] }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// Up to the next NUL.
  mutating func text() -> String {
    let text = rest.prefix { $0 != 0 }
    rest = rest.dropFirst(text.count + 1)
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func integer(bytes: Int) -> Int? {
    guard rest.count >= bytes else { return nil }
    defer { rest = rest.dropFirst(bytes) }
    return rest.prefix(bytes).reduce(0) { $0 << 8 | Int($1) }
  }

  /// No parameter that anybody asks for is longer.
  private static let longestParameter = 1024

  /// A Bind's parameters that came as text; nil for NULL, and for what is binary, long or cut off.
  mutating func parameters() -> [String?] {
    guard let formatCount = integer(bytes: 2) else { return [] }
    var formats: [Int] = []
    for _ in 0..<formatCount { formats.append(integer(bytes: 2) ?? 1) }
    guard let count = integer(bytes: 2) else { return [] }
    var parameters: [String?] = []
    for index in 0..<count {
      guard let length = integer(bytes: 4) else { break }
      guard length != 0xFFFF_FFFF else {
        parameters.append(nil)
        continue
      }
      let isBinary = formats.count == 1 ? formats[0] == 1 : index < formats.count && formats[index] == 1
      let isWhole = rest.count >= length && length <= FieldReader.longestParameter
      parameters.append(isBinary || !isWhole ? nil : String(decoding: rest.prefix(length), as: UTF8.self))
      rest = rest.dropFirst(length)
    }
    return parameters
  }
}
