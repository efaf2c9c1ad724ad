import Foundation
import Glibc
import Runtime
import TestSupport
import Testing

/// A program of other authors, run with a time limit in a directory of its own.
struct ForeignProgram {
  struct Result {
    let code: Int32?
    let output: String
    let errors: String

    var everything: String { output + errors }
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  let directory: TemporaryDirectory
  /// FreeTDS's configuration: the newest protocol, and UTF-8 on our side.
  private let configuration: String
  private let count = Guarded(0)

  init() throws {
    directory = try TemporaryDirectory()
    configuration = directory.file("freetds.conf")
    try "[global]\ntds version = 7.4\nclient charset = UTF-8\n".write(
      toFile: configuration, atomically: false, encoding: .utf8)
  }

  func file(_ name: String) -> String { directory.file(name) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: file(name), atomically: false, encoding: .utf8)
  }

  /// Exit code 124 if it took longer than `seconds`.
  func run(
    _ words: [String], input: String = "", environment: [String] = [], seconds: Int = 60
  ) throws -> Result {
    let number = count.withLock { count in
      count += 1
      return count
    }
    try write(input, to: "\(number).in")
    let descriptor = open(file("\(number).in"), O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    let process = try ChildProcess(
      ["/usr/bin/env", "-C", directory.path, "FREETDSCONF=\(configuration)"] + environment
        + ["timeout", "-k", "1", "\(seconds)"] + words,
      input: descriptor, output: file("\(number).out"), errors: file("\(number).err"))
    let end = process.wait()
    var code: Int32?
    if case .exited(let exited) = end { code = exited }
    return Result(code: code, output: try text(of: "\(number).out"), errors: try text(of: "\(number).err"))
  }

  /// Programs print bytes that are not always UTF-8.
  private func text(of name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: file(name))), as: UTF8.self)
  }

  /// On every suite that needs Debian's programs: without them it is skipped, but fails under CI.
  static func need(_ names: String...) -> ConditionTrait {
    .enabled(
      if: isCI || names.allSatisfy(isInstalled),
      "\(names.joined(separator: ", ")): not all installed; scripts/setup installs them")
  }

  static let isCI = ProcessInfo.processInfo.environment["CI"] != nil

  private static func isInstalled(_ name: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { directory in
      access("\(directory)/\(name)", X_OK) == 0
    }
  }
}
