import Foundation
import Glibc
import Runtime
import TestSupport

/// Clients from PyPI, in a virtual environment that is made once for a build directory.
enum PythonClients {
  /// Why there are none. Not a failure of ours, but said.
  struct Missing: Error, CustomStringConvertible {
    let description: String
    /// PyPI cannot be reached, or Python's venv is not installed; anything else is a failure.
    let isExcusable: Bool
  }

  static let packages = ["python-tds==1.17.1", "pymssql==2.4.6"]
  static let scripts = TestSupport.CommandLine.root.appending(path: "testdata/clients").path

  /// The environment's Python.
  static var interpreter: String { get throws { try made.get() } }
  private static let made = Result<String, any Error> { try make() }

  private static func make() throws -> String {
    let name = packages.joined(separator: "-").replacing("==", with: "-")
    let place = TestSupport.CommandLine.root.appending(path: ".build/clients-\(name)").path
    if FileManager.default.fileExists(atPath: "\(place)/complete") { return "\(place)/bin/python3" }
    let program = try ForeignProgram()
    // Nobody sees half an environment: it gets its name when it is complete.
    let unfinished = "\(place)-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: unfinished) }
    let made = try program.run(["python3", "-m", "venv", unfinished], seconds: 120)
    guard made.code == 0 else {
      throw Missing(
        description: "python3 -m venv: \(made.everything.suffix(300))", isExcusable: !ForeignProgram.isCI)
    }
    let installed = try program.run(
      ["\(unfinished)/bin/python3", "-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "10"]
        + packages,
      environment: ["PIP_DISABLE_PIP_VERSION_CHECK=1"], seconds: 180)
    guard installed.code == 0 else {
      let isUnreachable =
        installed.code == 124
        || installed.everything.contains(
          #/Failed to establish|Temporary failure|timed out|Max retries|ProxyError/#)
      throw Missing(description: "pip: \(installed.everything.suffix(300))", isExcusable: isUnreachable)
    }
    try "".write(toFile: "\(unfinished)/complete", atomically: false, encoding: .utf8)
    // Another process may have been faster.
    if rename(unfinished, place) != 0, access("\(place)/complete", F_OK) != 0 {
      throw Missing(description: "cannot rename \(unfinished)", isExcusable: false)
    }
    return "\(place)/bin/python3"
  }
}
