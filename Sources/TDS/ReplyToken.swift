/// A token of a reply, decoded.
package enum ReplyToken: Sendable, Hashable {
  /// Nil if it says that there is no description.
  case columns([Column]?)
  /// The bytes of each value, nil for NULL; of an NBCROW, too.
  case row([[UInt8]?])
  case order([Int])
  /// ERROR or INFO.
  case message(ServerMessage)
  case environmentChange(EnvironmentChange)
  case done(Done)
  case returnStatus(Int32)
  case returnValue(ReturnValue, [UInt8]?)
  case loginAck(LoginAck)
  case features([Feature])
  /// A token of which nobody here knows more, with its bytes behind the first.
  case other(Token, [UInt8])

  /// The tokens of a whole reply.
  package static func read(_ payload: [UInt8], _ version: TDSVersion) throws(MalformedTDS) -> [ReplyToken] {
    var reader = ReplyReader(version: version, keepsRows: true)
    var tokens: [ReplyToken] = []
    try payload.withRawBytes { (bytes) throws(MalformedTDS) in
      var offset = 0
      while try reader.next(bytes, at: &offset) != nil { tokens.append(try reader.decoded(of: bytes)) }
    }
    guard reader.isBetweenTokens else {
      throw MalformedTDS(at: payload.count, "the reply ends within a token")
    }
    return tokens
  }
}

extension TDSCursor {
  /// A token that is neither row nor returned value, behind its first byte.
  mutating func token(_ token: Token, _ version: TDSVersion) throws(MalformedTDS) -> ReplyToken {
    switch token {
    case .done: return .done(try done(.statement, version))
    case .doneProcedure: return .done(try done(.procedure, version))
    case .doneInProcedure: return .done(try done(.inProcedure, version))
    case .error, .info: return .message(try message(version))
    case .environmentChange: return .environmentChange(try environmentChange())
    case .returnStatus: return .returnStatus(try i32())
    case .loginAck: return .loginAck(try loginAck())
    case .featureAck: return .features(try Feature.readAll(&self))
    case .columns: return .columns(try columns(version))
    case .order:
      let count = Int(try u16()) / 2
      var columns: [Int] = []
      for _ in 0..<count { columns.append(Int(try u16())) }
      return .order(columns)
    case .tableNames, .columnInfo, .sessionState, .sspi, .federatedAuthentication, .row, .nullBitmapRow,
      .returnValue:
      return .other(token, try array(rest))
    }
  }

  /// Passes over a feature. True if it was the byte that ends them.
  mutating func passFeature() throws(MalformedTDS) -> Bool {
    if try u8() == 0xFF { return true }
    try skip(Int(try u32()))
    return false
  }
}
