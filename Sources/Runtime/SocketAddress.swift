import Glibc

/// Where a stream socket listens or connects to.
package enum SocketAddress: Sendable, Hashable, CustomStringConvertible {
  case tcp(host: String, port: UInt16)
  case path(String)

  package var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .path(let path): path
    }
  }

  /// Calls `body` with each of the addresses that the name stands for, until one returns a value.
  func withSystemAddresses<Value>(
    _ body: (_ family: Int32, UnsafePointer<sockaddr>, socklen_t) throws(SocketError) -> Value
  ) throws(SocketError) -> Value {
    switch self {
    case .path(let path): return try withPath(path, body)
    case .tcp(let host, let port): return try withHost(host, port, body)
    }
  }

  private func withPath<Value>(
    _ path: String, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) throws(SocketError) -> Value
  ) throws(SocketError) -> Value {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw SocketError(action: "use \(path)", reason: "the path is too long for a Unix socket")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    return try withUnsafePointer(to: &address) { pointer in
      Result { () throws(SocketError) in
        try body(AF_UNIX, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), length)
      }
    }.get()
  }

  private func withHost<Value>(
    _ host: String, _ port: UInt16,
    _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) throws(SocketError) -> Value
  ) throws(SocketError) -> Value {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    guard status == 0, let list else {
      throw SocketError(action: "find the host \(host)", reason: String(cString: gai_strerror(status)))
    }
    defer { freeaddrinfo(list) }
    var failure = SocketError(action: "find the host \(host)", reason: "it has no address")
    var next: UnsafeMutablePointer<addrinfo>? = list
    while let entry = next {
      do throws(SocketError) {
        return try body(entry.pointee.ai_family, entry.pointee.ai_addr, entry.pointee.ai_addrlen)
      } catch {
        failure = error
      }
      next = entry.pointee.ai_next
    }
    throw failure
  }
}

/// What the system said about a socket.
package struct SocketError: Error, Sendable, Equatable, CustomStringConvertible {
  /// As a verb phrase: "listen on 127.0.0.1:5433".
  package let action: String
  package let reason: String

  package init(action: String, reason: String) {
    self.action = action
    self.reason = reason
  }

  init(_ action: String) { self.init(action: action, reason: String(cString: strerror(errno))) }

  package var description: String { "cannot \(action): \(reason)" }
}
