import Glibc

/// A stream socket that never blocks in a read or write. Closed by its last reference at the latest.
package final class Socket: Sendable {
  // -1 once it is closed: whoever shuts it down from another thread never meets a descriptor of somebody else.
  private let descriptor: Guarded<Int32>

  private init(_ descriptor: Int32) { self.descriptor = Guarded(descriptor) }
  deinit { close() }

  /// For `poll` on the thread that closes the socket; -1, which poll ignores, once it is closed.
  package var pollDescriptor: Int32 { descriptor.withLock { $0 } }

  private static func make(_ family: Int32, _ action: String) throws(SocketError) -> Socket {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SocketError(action) }
    return try adopt(descriptor, action)
  }

  private static func adopt(_ descriptor: Int32, _ action: String) throws(SocketError) -> Socket {
    let socket = Socket(descriptor)
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
      throw SocketError(action)
    }
    // Fails on a Unix socket, which has nothing to delay.
    socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
    return socket
  }

  // MARK: Opening

  /// Port 0 takes a free one.
  package static func listen(on address: SocketAddress) throws(SocketError) -> Socket {
    let action = "listen on \(address)"
    return try address.withSystemAddresses { family, system, length throws(SocketError) in
      let socket = try make(family, action)
      if family != AF_UNIX { socket.set(SOL_SOCKET, SO_REUSEADDR, Int32(1)) }
      let isBound = socket.descriptor.withLock { bind($0, system, length) == 0 && Glibc.listen($0, 128) == 0 }
      guard isBound else { throw SocketError(action) }
      return socket
    }
  }

  /// The port that a TCP socket is bound to.
  package var port: UInt16? {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let found = withUnsafeMutableBytes(of: &address) { bytes in
      guard let base = bytes.baseAddress else { return false }
      return getsockname(pollDescriptor, base.assumingMemoryBound(to: sockaddr.self), &length) == 0
    }
    // The port is at the same place in both families.
    let isTCP = address.ss_family == sa_family_t(AF_INET) || address.ss_family == sa_family_t(AF_INET6)
    guard found, isTCP else { return nil }
    return withUnsafeBytes(of: &address) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
  }

  /// The next connection; nil once the socket is shut down. Blocks.
  package func accept() throws(SocketError) -> Socket? {
    while true {
      var entry = pollfd(fd: pollDescriptor, events: Int16(POLLIN), revents: 0)
      guard entry.fd >= 0 else { return nil }
      _ = poll(&entry, 1, -1)
      let accepted = Glibc.accept(entry.fd, nil, nil)
      if accepted >= 0 { return try Socket.adopt(accepted, "accept a connection") }
      switch errno {
      // A path's listener that is shut down says no more than that there is nobody.
      case EAGAIN where entry.revents & Int16(POLLHUP) != 0: return nil
      case EAGAIN, EINTR, ECONNABORTED: continue
      // What a shut down or closed listener says.
      case EINVAL, EBADF: return nil
      default: throw SocketError("accept a connection")
      }
    }
  }

  /// Blocks for at most so many seconds for each of the host's addresses.
  package static func connect(to address: SocketAddress, seconds: Int = 10) throws(SocketError) -> Socket {
    let action = "connect to \(address)"
    return try address.withSystemAddresses { family, system, length throws(SocketError) in
      let socket = try make(family, action)
      let descriptor = socket.pollDescriptor
      if Glibc.connect(descriptor, system, length) == 0 { return socket }
      guard errno == EINPROGRESS else { throw SocketError(action) }
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&entry, 1, Int32(seconds * 1000)) > 0 else {
        throw SocketError(action: action, reason: "no answer within \(seconds) seconds")
      }
      var status: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &status, &size) == 0, status == 0 else {
        throw SocketError(action: action, reason: String(cString: strerror(status)))
      }
      return socket
    }
  }

  // MARK: Bytes

  package enum Transfer: Sendable, Equatable {
    case moved(Int)
    case wouldBlock
    /// The peer sends no more, or is gone.
    case ended
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    let descriptor = pollDescriptor
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      default: return .ended
      }
    }
  }

  package func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    let descriptor = pollDescriptor
    while true {
      let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return .moved(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      default: return .ended
      }
    }
  }

  // MARK: Ending

  /// Tells the peer that no more will come.
  package func endWriting() { descriptor.withLock { _ = Glibc.shutdown($0, Int32(SHUT_WR)) } }

  /// Ends it both ways, from any thread: whoever waits for it wakes up.
  package func shutdown() { descriptor.withLock { _ = Glibc.shutdown($0, Int32(SHUT_RDWR)) } }

  package func close() {
    descriptor.withLock { descriptor in
      if descriptor >= 0 { Glibc.close(descriptor) }
      descriptor = -1
    }
  }

  /// Closes it so that the peer's next call fails: what is on its way is thrown away (TCP's RST).
  package func reset() {
    set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    close()
  }

  // An option that the system refuses costs speed or courtesy, never correctness.
  private func set<Value>(_ level: Int32, _ option: Int32, _ value: Value) {
    withUnsafeBytes(of: value) { bytes in
      descriptor.withLock {
        _ = setsockopt($0, level, option, bytes.baseAddress, socklen_t(bytes.count))
      }
    }
  }
}
