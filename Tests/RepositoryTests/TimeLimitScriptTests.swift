import Foundation
import Testing

/// scripts/with-time-limit: what keeps a test that hangs from hiding its name.
@Suite struct TimeLimitScriptTests {
  private func run(seconds: Int, _ line: String) async throws -> CommandRunner.Result {
    var result: CommandRunner.Result?
    try await CommandRunner.withTemporaryDirectory { directory in
      let script = Repository.root.appending(path: "scripts/with-time-limit").path
      result = try await CommandRunner.run("'\(script)' \(seconds) sh -c '\(line)'", in: directory)
    }
    return try #require(result)
  }

  @Test(arguments: [0, 3]) func `a command that ends in time keeps its exit code`(code: Int) async throws {
    let result = try await run(seconds: 100, "echo heard; exit \(code)")
    #expect(result.exitCode == code)
    #expect(result.output == "heard\n")
  }

  @Test func `one that takes longer is ended with all that it started, and said to be`() async throws {
    let seconds = 100_000 + Int(getpid())
    let result = try await run(seconds: 1, "sleep \(seconds) & sleep \(seconds)")
    #expect(result.exitCode == 124, "\(result.output)")
    #expect(result.output.contains("not done after 1 s: sh -c sleep \(seconds)"), "\(result.output)")
    #expect(result.output.contains("ELAPSED"), "\(result.output)")
    try await CommandRunner.withTemporaryDirectory { directory in
      let left = try await CommandRunner.run("pgrep -f '^sleep \(seconds)$'", in: directory)
      #expect(left.exitCode == 1, "\(left.output)")
    }
  }
}
