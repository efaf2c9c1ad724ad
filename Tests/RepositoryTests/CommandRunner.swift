import Foundation

/// Runs a shell line as a reader of a page would.
enum CommandRunner {
  struct Result {
    let exitCode: Int32
    /// Standard output and standard error, as they came.
    let output: String
  }

  static let binaries = Repository.root.appending(path: ".build/debug")

  /// - Parameters:
  ///   - path: Where commands are looked for; the debug build and then the system if nil.
  /// - Returns: Exit code 124 if the line took longer than five minutes.
  static func run(_ line: String, in directory: URL, path: String? = nil) async throws -> Result {
    let inherited = ProcessInfo.processInfo.environment
    let log = directory.appending(path: ".output-\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: log.path, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    defer { try? FileManager.default.removeItem(at: log) }
    let output = try FileHandle(forWritingTo: log)
    defer { try? output.close() }

    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/timeout")
    process.arguments = ["300", "/bin/bash", "-c", line]
    process.currentDirectoryURL = directory
    process.environment = inherited.merging([
      "PATH": path ?? "\(binaries.path):\(inherited["PATH"] ?? "")", "SWIFT_BACKTRACE": "enable=no",
    ]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
    return Result(
      exitCode: process.terminationStatus, output: try String(contentsOf: log, encoding: .utf8))
  }

  /// Calls `body` with an empty directory that is removed afterwards.
  static func withTemporaryDirectory(_ body: (URL) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "proofload-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try await body(directory)
  }
}
