import Foundation
import Testing

/// scripts/build with a `swift` that ends as it is told.
@Suite struct BuildScriptTests {
  private func build(_ body: String) async throws -> CommandRunner.Result {
    var outcome: CommandRunner.Result?
    try await CommandRunner.withTemporaryDirectory { directory in
      let swift = directory.appending(path: "swift")
      try "#!/bin/sh\n\(body)\n".write(to: swift, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: swift.path)
      let script = Repository.root.appending(path: "scripts/build").path
      // A process that another test starts meanwhile may hold the file open for an instant.
      repeat {
        outcome = try await CommandRunner.run(
          "'\(script)' --build-tests", in: directory, path: "\(directory.path):/usr/bin:/bin")
      } while outcome?.output.contains("Text file busy") == true
    }
    return try #require(outcome)
  }

  @Test func `a build that came to its end is a success`() async throws {
    for words in ["Build complete! (2.03s)", "Build of product 'proofload' complete! (0.31s)"] {
      let result = try await build("echo \"$*\"; echo \"\(words)\"")
      #expect(result.exitCode == 0, "\(result.output)")
      #expect(result.output.contains("build --build-tests"))
    }
  }

  @Test func `a build that was cancelled is none, although it exits with 0`() async throws {
    let result = try await build("echo '[3/90] Compiling'; echo 'error: cancelled'; exit 0")
    #expect(result.exitCode == 1)
    #expect(result.output.contains("ended before it was done"))
  }

  @Test func `a build that failed keeps its exit code`() async throws {
    #expect(try await build("echo 'Build complete!'; exit 3").exitCode == 3)
  }
}
