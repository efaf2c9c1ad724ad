/// ALL_HEADERS, which requests of 7.2 and later begin with.
package struct RequestHeaders: Sendable, Hashable {
  /// The transaction that the request is part of: the descriptor that the server gave, 0 outside.
  package var transaction: UInt64
  package var outstandingRequests: UInt32

  package init(transaction: UInt64 = 0, outstandingRequests: UInt32 = 1) {
    self.transaction = transaction
    self.outstandingRequests = outstandingRequests
  }
}

extension TDSCursor {
  /// The headers of a request; those of no transaction for a version that has none.
  package mutating func requestHeaders(_ version: TDSVersion) throws(MalformedTDS) -> RequestHeaders {
    var headers = RequestHeaders()
    guard version.hasHeaders else { return headers }
    let start = offset
    let total = Int(try u32())
    guard total >= 4, total <= bytes.count - start else {
      throw MalformedTDS(at: start, "the request's headers say that they have \(total) bytes")
    }
    while offset < start + total {
      let begin = offset
      let length = Int(try u32())
      guard length >= 6, begin + length <= start + total else {
        throw MalformedTDS(at: begin, "a header says that it has \(length) bytes")
      }
      if try u16() == 2, length >= 18 {
        headers.transaction = try u64()
        headers.outstandingRequests = try u32()
      }
      try skip(begin + length - offset)
    }
    return headers
  }
}

extension TDSWriter {
  /// Nothing if the version has no headers.
  package mutating func requestHeaders(_ headers: RequestHeaders) {
    guard version.hasHeaders else { return }
    u32(22)
    u32(18)
    u16(2)
    u64(headers.transaction)
    u32(headers.outstandingRequests)
  }
}
