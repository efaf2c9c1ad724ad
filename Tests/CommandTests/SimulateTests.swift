import TestSupport
import Testing

@Suite(.blocks) struct SimulateTests {
  private let command: TestSupport.CommandLine

  init() throws { command = try TestSupport.CommandLine() }

  @Test func `a planted bug fails the command, which prints a smaller job that shows it again`() throws {
    let found = try command.run("simulate --canary received-not-compared")
    #expect(found.code == 1)
    #expect(found.output.contains("VIOLATION"))
    let last = try #require(found.output.split(separator: "\n").last)
    let line = try #require(
      last.firstMatch(of: #/proofload (simulate --replay \d+ --canary \S+) --options '(.+)'/#))
    let replay = line.1.split(separator: " ").map(String.init) + ["--options", String(line.2)]
    let again = try command.run(replay)
    #expect(again.code == 1)
    #expect(again.output.contains("What should never have been:"))
    #expect(try command.run(replay).output == again.output)
  }

  @Test func `a seed is replayed with all its events`() throws {
    let replay = try command.run("simulate --replay 3")
    #expect(replay.code == 0)
    #expect(replay.output.hasPrefix("Options: tables="))
    #expect(replay.output.contains("ends: done, exit code 0"))
    #expect(replay.output.contains("verification: equal"))
    #expect(replay.output.hasSuffix("Nothing was wrong.\n"))
  }

  @Test(arguments: [
    ("simulate --seeds 5", "--seeds is '5', and must be like 1..1000"),
    ("simulate --seeds 5..4", "--seeds is '5..4', and must be like 1..1000"),
    ("simulate --seeds 1..4 --replay 2", "--seeds and --replay contradict each other"),
    ("simulate --options workers=1", "--options without --replay"),
    ("simulate --replay 2 --options pace=1", "'pace' is no option of a simulation"),
    ("simulate --canary budgie", "--canary is 'budgie', and must be one of"),
  ])
  func `a wrong command line says what is wrong`(line: String, message: String) throws {
    let result = try command.run(line)
    #expect(result.code == 2)
    #expect(result.errors.contains(message))
  }
}
