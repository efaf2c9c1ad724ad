import FaultInjection
import Foundation
import Glibc
import Runtime

/// Commands to a running proxy: a line each on a Unix socket, answered by lines of JSON.
package final class ControlSocket: Sendable {
  private let path: String
  private let listener: Socket
  private let proxy: FaultProxy
  private let load: @Sendable (String) throws -> any FaultInjector
  private let stop: @Sendable () -> Void

  /// - Parameters:
  ///   - load: Makes an injector of a plan's name or file; what it throws is what the answer says.
  ///   - stop: Called when somebody asks the proxy to stop.
  package init(
    path: String, proxy: FaultProxy, load: @escaping @Sendable (String) throws -> any FaultInjector,
    stop: @escaping @Sendable () -> Void
  ) throws {
    self.path = path
    self.proxy = proxy
    self.load = load
    self.stop = stop
    try ControlSocket.removeStale(path)
    listener = try Socket.listen(on: .path(path))
    // Whoever may talk to it may break every connection.
    chmod(path, 0o600)
    try SystemThread.start(name: "proxy control") { [self] in acceptClients() }
  }

  package func close() {
    listener.shutdown()
    unlink(path)
  }

  /// A proxy that was killed leaves its socket behind.
  private static func removeStale(_ path: String) throws(SocketError) {
    var file = stat()
    guard lstat(path, &file) == 0 else { return }
    guard file.st_mode & S_IFMT == S_IFSOCK else {
      throw SocketError(action: "listen on \(path)", reason: "there is another file")
    }
    do throws(SocketError) {
      _ = try Socket.connect(to: .path(path), seconds: 1)
    } catch {
      unlink(path)
      return
    }
    throw SocketError(action: "listen on \(path)", reason: "another proxy listens there")
  }

  private func acceptClients() {
    while let client = try? listener.accept() {
      // Without a thread for it, the client sees its connection closed.
      try? SystemThread.start(name: "proxy control") { [self] in serve(client) }
    }
  }

  private func serve(_ client: Socket) {
    var waiting: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      while let newline = waiting.firstIndex(of: 10) {
        let line = String(decoding: waiting[..<newline], as: UTF8.self)
        waiting.removeFirst(newline + 1)
        for answer in answer(line) { guard send(answer + "\n", to: client) else { return } }
      }
      switch buffer.withUnsafeMutableBytes({ client.read(into: $0) }) {
      case .moved(let count): waiting += buffer[..<count]
      case .ended: return
      case .wouldBlock:
        guard waiting.count <= 1 << 16 else { return }
        var entry = pollfd(fd: client.pollDescriptor, events: Int16(POLLIN), revents: 0)
        // Somebody who says nothing for a minute has gone.
        guard poll(&entry, 1, 60_000) > 0 else { return }
      }
    }
  }

  private func send(_ text: String, to client: Socket) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      switch rest.withUnsafeBytes(client.write) {
      case .moved(let count): rest = rest.dropFirst(count)
      case .ended: return false
      case .wouldBlock:
        var entry = pollfd(fd: client.pollDescriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, 10_000) > 0 else { return false }
      }
    }
    return true
  }

  // MARK: Commands

  private struct Answer: Encodable {
    var ok: Bool
    var error: String?
    var status: ProxyStatus?
    var events: Int?
  }

  package static let commands = "status, pause, resume, faults on, faults off, plan FILE, events, stop"

  /// Lines of JSON, the last of which says whether it was done.
  func answer(_ line: String) -> [String] {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    var answer = Answer(ok: true)
    var lines: [String] = []
    switch (words.first, words.count > 1 ? words[1].trimmingCharacters(in: .whitespaces) : nil) {
    case ("status", nil): answer.status = proxy.status
    case ("pause", nil): proxy.setPaused(true)
    case ("resume", nil): proxy.setPaused(false)
    case ("faults", "on"): proxy.setFaults(on: true)
    case ("faults", "off"): proxy.setFaults(on: false)
    case ("plan", let file?):
      do { proxy.follow(try load(file)) } catch { answer = Answer(ok: false, error: "\(error)") }
    case ("events", nil):
      lines = proxy.faults.map(\.jsonLine)
      answer.events = lines.count
    case ("stop", nil): stop()
    default: answer = Answer(ok: false, error: "the commands are: \(ControlSocket.commands)")
    }
    return lines + [json(answer)]
  }

  private func json(_ answer: Answer) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(answer) else {
      preconditionFailure("an answer is a plain struct, which always encodes")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
