import Glibc

/// A thread of the operating system, for work that waits in system calls and so must not be on Swift's pool.
package enum SystemThread {
  package struct StartError: Error, CustomStringConvertible {
    package let description: String
  }

  /// Runs the body on a thread of its own, which ends with it. Nobody waits for it: the body says itself when
  /// it is done.
  package static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(StartError) {
    let work = Unmanaged.passRetained(ThreadWork(name: name, body: body))
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, runWork, work.toOpaque())
    guard status == 0 else {
      work.release()
      throw StartError(description: "no thread for \(name): \(String(cString: strerror(status)))")
    }
    pthread_detach(thread)
  }
}

private final class ThreadWork: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private func runWork(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let work = Unmanaged<ThreadWork>.fromOpaque(context!).takeRetainedValue()
  nameCurrentThread(work.name)
  leaveSignalsToOthers()
  work.body()
  return nil
}
