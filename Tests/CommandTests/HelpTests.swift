import Foundation
import TestSupport
import Testing

@Suite(.blocks) struct HelpTests {
  private let command: TestSupport.CommandLine

  init() throws { command = try TestSupport.CommandLine() }

  /// The expected text is in testdata/help; PROOFLOAD_RECORD=1 writes it anew.
  private func compare(_ text: String, _ name: String) throws {
    let file = TestSupport.CommandLine.root.appending(path: "testdata/help/\(name).txt")
    if ProcessInfo.processInfo.environment["PROOFLOAD_RECORD"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test(arguments: [
    "demo", "explain", "faults", "generate", "plan", "prove", "proxy", "replicate", "simulate", "sqlserver",
    "verify",
  ])
  func `a command explains itself, as recorded`(name: String) throws {
    let help = try command.run([name, "--help"])
    #expect(help.code == 0)
    #expect(help.errors.isEmpty)
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    try compare(help.output, name)
    #expect(try command.run([name, "-h"]).output == help.output)
    #expect(try command.run([name, "--to", "sqlite:a", "--help"]).output == help.output)
  }

  @Test func `the program explains itself, as recorded`() throws {
    let help = try command.run(["--help"])
    #expect(help.code == 0)
    #expect(help.errors.isEmpty)
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    try compare(help.output, "proofload")
  }

  @Test func `without a command it teaches, and says that this is a mistake`() throws {
    let taught = try command.run([])
    #expect(taught.code == 2)
    #expect(taught.output.isEmpty)
    #expect(taught.errors == (try command.run(["--help"]).output))
  }

  @Test func `a wrong command is answered with the right one`() throws {
    let taught = try command.run(["replcate", "--from", "a"])
    #expect(taught.code == 2)
    #expect(taught.errors.contains("there is no command 'replcate'"))
    #expect(taught.errors.contains("Did you mean 'proofload replicate'?"))
    #expect(
      taught.errors.contains(
        "demo, generate, plan, replicate, verify, prove, simulate, faults, proxy, sqlserver, explain"))
  }

  @Test func `the version is on standard output`() throws {
    let version = try command.run(["--version"])
    #expect(version.code == 0)
    #expect(version.output.wholeMatch(of: #/proofload \d+\.\d+\.\d+\n/#) != nil)
  }

  @Test func `help names every exit code that a command has`() throws {
    let help = try command.run(["--help"]).output
    for code in 0...5 { #expect(help.contains("\n  \(code)  "), "exit code \(code)") }
  }
}
