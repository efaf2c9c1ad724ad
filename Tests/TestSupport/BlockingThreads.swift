import Foundation
import Testing

/// Runs a suite's tests on threads that may block.
///
/// Swift's pool has a thread a core. A test that waits there for a process or a server keeps one from everybody
/// else: two of them, and no other test goes on.
package struct BlockingTrait: SuiteTrait, TestTrait, TestScoping {
  package var isRecursive: Bool { true }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(BlockingThreads.shared) {
      try await PostgresServer.droppingDatabases(function)
    }
  }
}

extension Trait where Self == BlockingTrait {
  /// On every suite whose tests wait for processes and servers.
  package static var blocks: Self { Self() }
}

/// As many threads as there are jobs at a time.
final class BlockingThreads: TaskExecutor {
  static let shared = BlockingThreads()

  // Not Guarded: a thread without a job waits for one.
  private let condition = NSCondition()
  private nonisolated(unsafe) var jobs: [UnownedJob] = []
  private nonisolated(unsafe) var idle = 0

  /// What waits in a test of a suite that is not marked is an error of the suite.
  static func require(sourceLocation: SourceLocation = #_sourceLocation) {
    let isInPool = withUnsafeCurrentTask { task in
      task.map { $0.unownedTaskExecutor == nil } ?? false
    }
    if isInPool {
      Issue.record(
        "this waits for a process on a thread of Swift's pool: mark the suite with .blocks",
        sourceLocation: sourceLocation)
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    condition.lock()
    defer { condition.unlock() }
    jobs.append(UnownedJob(job))
    if idle >= jobs.count { condition.signal() } else { Thread.detachNewThread { [self] in run() } }
  }

  private func run() {
    while true { next().runSynchronously(on: asUnownedTaskExecutor()) }
  }

  private func next() -> UnownedJob {
    condition.lock()
    defer { condition.unlock() }
    idle += 1
    while jobs.isEmpty { condition.wait() }
    idle -= 1
    return jobs.removeFirst()
  }
}
