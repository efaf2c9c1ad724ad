/// An SQL batch.
package struct BatchRequest: Sendable, Hashable {
  package var headers: RequestHeaders
  package var text: String

  package init(_ text: String, headers: RequestHeaders = RequestHeaders()) {
    self.text = text
    self.headers = headers
  }

  package static func read(
    _ bytes: UnsafeRawBufferPointer, _ version: TDSVersion
  ) throws(MalformedTDS) -> BatchRequest {
    var cursor = TDSCursor(bytes)
    let headers = try cursor.requestHeaders(version)
    guard cursor.rest % 2 == 0 else { throw cursor.malformed("a batch has half a character") }
    return BatchRequest(try cursor.utf16(cursor.rest / 2), headers: headers)
  }
}

/// What a transaction manager request asks for.
package struct TransactionRequest: Sendable, Hashable {
  package enum Isolation: UInt8, Sendable {
    case unchanged = 0, readUncommitted, readCommitted, repeatableRead, serializable, snapshot
  }

  /// The transaction that begins when the last has ended.
  package struct Next: Sendable, Hashable {
    package var isolation: Isolation
    package var name: String

    package init(isolation: Isolation = .unchanged, name: String = "") {
      self.isolation = isolation
      self.name = name
    }
  }

  package enum Action: Sendable, Hashable {
    case begin(Isolation, name: String)
    case commit(name: String, next: Next?)
    case rollback(name: String, next: Next?)
    case save(name: String)
    /// A distributed transaction's, by its number.
    case other(UInt16)
  }

  package var headers: RequestHeaders
  package var action: Action

  package init(_ action: Action, headers: RequestHeaders = RequestHeaders()) {
    self.action = action
    self.headers = headers
  }

  package static func read(
    _ bytes: UnsafeRawBufferPointer, _ version: TDSVersion
  ) throws(MalformedTDS) -> TransactionRequest {
    var cursor = TDSCursor(bytes)
    let headers = try cursor.requestHeaders(version)
    let number = try cursor.u16()
    let action: Action
    switch number {
    case 5: action = .begin(try cursor.isolation(), name: try cursor.transactionName())
    case 7: action = .commit(name: try cursor.transactionName(), next: try cursor.nextTransaction())
    case 8: action = .rollback(name: try cursor.transactionName(), next: try cursor.nextTransaction())
    case 9: action = .save(name: try cursor.transactionName())
    default: action = .other(number)
    }
    return TransactionRequest(action, headers: headers)
  }
}

extension TDSCursor {
  fileprivate mutating func isolation() throws(MalformedTDS) -> TransactionRequest.Isolation {
    let number = try u8()
    guard let isolation = TransactionRequest.Isolation(rawValue: number) else {
      throw MalformedTDS(at: offset - 1, "no isolation level has the number \(number)")
    }
    return isolation
  }

  /// B_VARBYTE of UTF-16.
  fileprivate mutating func transactionName() throws(MalformedTDS) -> String {
    String(utf16LE: try shortBytes())
  }

  fileprivate mutating func nextTransaction() throws(MalformedTDS) -> TransactionRequest.Next? {
    guard try u8() & 1 == 1 else { return nil }
    return TransactionRequest.Next(isolation: try isolation(), name: try transactionName())
  }
}

extension TDSWriter {
  package mutating func batch(_ request: BatchRequest) {
    requestHeaders(request.headers)
    utf16(request.text)
  }

  package mutating func transactionRequest(_ request: TransactionRequest) {
    requestHeaders(request.headers)
    switch request.action {
    case .begin(let isolation, let name):
      u16(5)
      u8(isolation.rawValue)
      transactionName(name)
    case .commit(let name, let next):
      u16(7)
      transactionName(name)
      nextTransaction(next)
    case .rollback(let name, let next):
      u16(8)
      transactionName(name)
      nextTransaction(next)
    case .save(let name):
      u16(9)
      transactionName(name)
    case .other(let number): u16(number)
    }
  }

  private mutating func transactionName(_ name: String) {
    shortBytes(Array(name.utf16LE.prefix(0xFE)))
  }

  private mutating func nextTransaction(_ next: TransactionRequest.Next?) {
    u8(next == nil ? 0 : 1)
    guard let next else { return }
    u8(next.isolation.rawValue)
    transactionName(next.name)
  }
}
