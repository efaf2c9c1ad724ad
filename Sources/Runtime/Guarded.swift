#if THREAD_SANITIZER
  import Glibc
#else
  import Synchronization
#endif

/// A value that only one thread at a time can see. The project's only lock.
///
/// Hold it for a few instructions: `body` must not block, suspend, resume a continuation or call a closure
/// that somebody handed in.
///
/// `Synchronization.Mutex` does the work. The thread sanitizer takes its contention for an access race, so
/// `swift build --sanitize=thread -Xswiftc -DTHREAD_SANITIZER` puts a POSIX mutex in its place.
@usableFromInline package final class Guarded<Value>: Sendable {
  #if THREAD_SANITIZER
    // The mutex is there to be shared, and the value is touched only between lock and unlock.
    private nonisolated(unsafe) let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private nonisolated(unsafe) var value: Value

    package init(_ value: consuming sending Value) {
      mutex = .allocate(capacity: 1)
      pthread_mutex_init(mutex, nil)
      self.value = value
    }

    deinit {
      pthread_mutex_destroy(mutex)
      mutex.deallocate()
    }

    package func withLock<Result, Failure: Error>(
      _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return try body(&value)
    }
  #else
    @usableFromInline let mutex: Mutex<Value>

    // Inlined: unspecialized, a lock costs many times what it guards.
    @inlinable package init(_ value: consuming sending Value) { mutex = Mutex(value) }

    /// Runs `body` with the value to itself, and returns what it returns.
    @inlinable package func withLock<Result, Failure: Error>(
      _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      try mutex.withLock(body)
    }
  #endif
}
