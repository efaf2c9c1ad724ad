/// What a server says: ERROR and INFO.
package struct ServerMessage: Sendable, Hashable {
  package var number: Int32
  /// 10 and below is information, 11 and above an error, 20 and above the end of the session.
  package var severity: UInt8
  package var state: UInt8
  package var text: String
  package var server: String
  package var procedure: String
  /// In the batch or procedure, from 1 on.
  package var line: Int

  package init(
    number: Int32, severity: UInt8, state: UInt8 = 1, text: String, server: String = "",
    procedure: String = "", line: Int = 1
  ) {
    self.number = number
    self.severity = severity
    self.state = state
    self.text = text
    self.server = server
    self.procedure = procedure
    self.line = line
  }

  package var isError: Bool { severity > 10 }
  /// The server hangs up after it.
  package var endsSession: Bool { severity >= 20 }
}

extension TDSWriter {
  /// ERROR or INFO, as the severity says; 10 goes out as 0. A text that is too long for its token is cut.
  package mutating func message(_ message: ServerMessage) {
    u8(message.isError ? Token.error.rawValue : Token.info.rawValue)
    let start = count
    u16(0)
    i32(message.number)
    u8(message.state)
    u8(message.severity == 10 ? 0 : message.severity)
    // What remains of 65,535 bytes beside two names of 255 units and the fields.
    text(message.text, limit: 32_000)
    shortText(message.server)
    shortText(message.procedure)
    if version.hasWideFields {
      u32(UInt32(clamping: message.line))
    } else {
      u16(UInt16(clamping: message.line))
    }
    set(UInt16(count - start - 2), at: start)
  }
}

extension TDSCursor {
  /// ERROR or INFO behind its first byte.
  package mutating func message(_ version: TDSVersion) throws(MalformedTDS) -> ServerMessage {
    let length = Int(try u16())
    let end = offset + length
    let number = try i32()
    let state = try u8()
    let severity = try u8()
    var message = ServerMessage(number: number, severity: severity, state: state, text: try text())
    message.server = try shortText()
    message.procedure = try shortText()
    message.line = version.hasWideFields ? Int(try u32()) : Int(try u16())
    try finish(at: end)
    return message
  }

  /// What a token has behind the fields that are known here is passed over.
  mutating func finish(at end: Int) throws(MalformedTDS) {
    guard offset <= end else { throw malformed("a token is longer than it says") }
    try skip(end - offset)
  }
}
