import Glibc

/// A serial executor that owns one operating-system thread.
///
/// C client libraries block. An actor that talks to one takes a thread like this for its executor, and a
/// blocked call never takes a thread of Swift's pool from everybody else. A call costs two thread switches,
/// some 20 microseconds: one call a batch, never one a row.
///
/// The actor stores the executor, since `UnownedSerialExecutor` does not. The thread ends after its last
/// job, once the last reference to the executor is gone.
package final class ConnectionThread: SerialExecutor {
  // The thread holds its queue and not the executor: the executor's end is what stops the thread.
  private let jobs: JobQueue
  private let thread: pthread_t

  /// Starts the thread. Its name shows in debuggers and in `top -H`; Linux keeps the first 15 bytes.
  package init(name: String) {
    jobs = JobQueue(threadName: name)
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, runJobs, Unmanaged.passRetained(jobs).toOpaque())
    guard status == 0 else {
      fatalError(
        "no thread for connection \(name): \(String(cString: strerror(status))). Use fewer workers, or raise "
          + "the limit on threads (ulimit -u, the container's pids limit).")
    }
    self.thread = thread
  }

  deinit {
    jobs.stop()
    // Often the thread itself drops the last reference, after a job, and nobody can join himself.
    if isCurrent { pthread_detach(thread) } else { pthread_join(thread, nil) }
  }

  package func enqueue(_ job: consuming ExecutorJob) { jobs.append(UnownedJob(job), on: self) }

  package func isIsolatingCurrentContext() -> Bool? { isCurrent }

  package func checkIsolated() {
    precondition(isCurrent, "this must run on its connection's thread")
  }

  private var isCurrent: Bool { pthread_equal(thread, pthread_self()) != 0 }
}

/// The jobs of one thread, and the signal that there are some.
///
/// Unchecked because the compiler does not see that `mutex` guards every variable.
private final class JobQueue: @unchecked Sendable {
  let threadName: String
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // A job keeps its executor alive until it is done: the executor is in use as long as a job runs on it.
  private var jobs = Queue<(UnownedJob, ConnectionThread)>()
  private var isStopped = false

  init(threadName: String) {
    self.threadName = threadName
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  func append(_ job: UnownedJob, on executor: ConnectionThread) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    jobs.append((job, executor))
    pthread_cond_signal(changed)
  }

  func stop() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    isStopped = true
    pthread_cond_signal(changed)
  }

  /// Blocks until there is a job. Nil once stopped, and then nothing is left: every job holds the executor
  /// whose end stops the queue.
  func next() -> (UnownedJob, ConnectionThread)? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while jobs.isEmpty && !isStopped { pthread_cond_wait(changed, mutex) }
    return jobs.popFirst()
  }
}

// File-scope functions: a closure would inherit the caller's isolation, and trap on another thread.

private func runJobs(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let jobs = Unmanaged<JobQueue>.fromOpaque(context!).takeRetainedValue()
  nameCurrentThread(jobs.threadName)
  leaveSignalsToOthers()
  while let (job, executor) = jobs.next() {
    withExtendedLifetime(executor) { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
  }
  return nil
}

/// pthread_setname_np is not in Swift's Glibc module; the kernel takes the name as a file as well. A thread
/// without a name works just as well, so failures do not matter.
func nameCurrentThread(_ name: String) {
  let file = open("/proc/thread-self/comm", O_WRONLY)
  guard file >= 0 else { return }
  _ = name.withCString { write(file, $0, strlen($0)) }
  close(file)
}

/// Not every C library expects EINTR: signals that stop the program go to threads that never block in one.
func leaveSignalsToOthers() {
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGINT)
  sigaddset(&signals, SIGTERM)
  pthread_sigmask(SIG_BLOCK, &signals, nil)
}
