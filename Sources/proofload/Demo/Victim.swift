import Databases
import Foundation
import Replication
import Runtime

/// A replication in a process of its own, which is killed in the middle.
struct Victim: Sendable {
  let stage: DemoStage
  let unitSize: String
  /// Another victim was there before.
  let isFresh: Bool
  let session: Session

  enum End: Equatable {
    case killed
    /// It was faster than its murderer.
    case finished
    case failed(String)
  }

  var words: [String] {
    let words = ["replicate", "--from", stage.sourceURL, "--to", stage.targetURL, "--unit-size", unitSize]
    return isFresh ? words + ["--fresh"] : words
  }

  /// Returns when the process has ended. It gets no chance to clean up.
  func run() async throws -> End {
    let process = Process()
    // The program that is running, wherever it was started from and whatever PATH says.
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
    process.arguments = words
    let complaints = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = complaints
    try process.run()
    do { try await killInTheMiddle(process) } catch {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      throw error
    }
    process.waitUntilExit()
    switch (process.terminationReason, process.terminationStatus) {
    case (.uncaughtSignal, SIGKILL): return .killed
    case (.exit, 0): return .finished
    default:
      let said = complaints.fileHandleForReading.readDataToEndOfFile()
      return .failed(String(decoding: said, as: UTF8.self))
    }
  }

  /// Watches the ledger from outside: half of the units done, and one begun.
  private func killInTheMiddle(_ process: Process) async throws {
    while process.isRunning {
      if session.stop.isRequested { throw JobError(.stopped, "stopped on request") }
      let entries = try await ledger()
      let done = entries.count { $0.state == .done }
      if done * 2 >= entries.count, entries.contains(where: { $0.state == .begun }) {
        kill(process.processIdentifier, SIGKILL)
        return
      }
      try await session.time.sleep(for: .milliseconds(1))
    }
  }

  /// Empty while there is no target yet, and while somebody else is just writing to it.
  private func ledger() async throws -> [LedgerEntry] {
    if try stage.target.isMissing { return [] }
    do { return try await stage.ledger(.read) } catch let error as DatabaseError {
      guard error.errorClass == .conflict else { throw error }
      return []
    }
  }
}
