import Foundation
import Glibc
import Runtime
import Testing

/// Runs the built program as a user would: as a process, in a directory of its own.
package struct CommandLine: Sendable {
  package struct Result: Sendable {
    package var end: ChildProcess.End
    package var output: String
    package var errors: String

    package var code: Int32? { if case .exited(let code) = end { code } else { nil } }
    /// Everything that it said, for tests that care for what must not be in it.
    package var everything: String { output + errors }

    /// The one object that `--json` prints.
    package func json(sourceLocation: SourceLocation = #_sourceLocation) throws -> [String: Any] {
      let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
      return try #require(object as? [String: Any], sourceLocation: sourceLocation)
    }
  }

  /// A run that has begun.
  package struct Running: Sendable {
    package let process: ChildProcess
    fileprivate let files: (output: String, errors: String)

    package func wait() throws -> Result {
      BlockingThreads.require()
      let end = process.wait()
      return Result(
        end: end, output: try String(contentsOfFile: files.output, encoding: .utf8),
        errors: try String(contentsOfFile: files.errors, encoding: .utf8))
    }

    /// What it has said on standard error so far.
    package var errors: String { (try? String(contentsOfFile: files.errors, encoding: .utf8)) ?? "" }
  }

  package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  package static var binary: String { root.appending(path: ".build/debug/proofload").path }

  private let directory: TemporaryDirectory
  private let logs: TemporaryDirectory
  private let count = Guarded(0)

  package init() throws {
    directory = try TemporaryDirectory()
    logs = try TemporaryDirectory()
    try #require(
      FileManager.default.isExecutableFile(atPath: CommandLine.binary),
      "there is no \(CommandLine.binary): run make build first")
  }

  /// Where the program runs.
  package var path: String { directory.path }
  package func file(_ name: String) -> String { directory.file(name) }

  /// Starts it. What runs it before it, such as a shell that limits it, is in `before`.
  package func start(_ words: [String], environment: [String] = [], before: [String] = []) throws -> Running {
    let number = count.withLock { count in
      count += 1
      return count
    }
    let files = (logs.file("\(number).out"), logs.file("\(number).err"))
    let process = try ChildProcess(
      ["/usr/bin/env", "-C", path, "SWIFT_BACKTRACE=enable=no", "TERM=dumb"] + environment + before
        + [CommandLine.binary] + words,
      output: files.0, errors: files.1)
    return Running(process: process, files: files)
  }

  package func run(_ words: [String], environment: [String] = []) throws -> Result {
    try start(words, environment: environment).wait()
  }

  /// Runs a line whose words have no spaces.
  package func run(_ line: String, environment: [String] = []) throws -> Result {
    try run(line.split(separator: " ").map(String.init), environment: environment)
  }

  /// Runs it, and requires that it is done.
  @discardableResult
  package func succeed(_ line: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Result {
    let result = try run(line)
    try #require(result.code == 0, "\(line)\n\(result.everything)", sourceLocation: sourceLocation)
    return result
  }
}
