import Foundation
import TestSupport
import Testing

@Suite(.blocks) struct PageTests {
  @Test func `every make line of a page has its target`() throws {
    let makefile = Makefile(try Repository.text("Makefile"))
    for command in try Repository.pages().flatMap(\.commands) where command.firstWord == "make" {
      if let objection = makefile.objection(to: command) { Issue.record("\(command): \(objection)") }
    }
  }

  @Test func `the README begins with two commands that work`() throws {
    let readme = try #require(try Repository.pages().first { $0.path == "README.md" })
    #expect(readme.commands.prefix(2).map(\.text) == ["make demo", "make test"])
  }

  @Test(arguments: try Repository.pages())
  func `every proofload line of a page runs, in order, from an empty directory`(page: Page) async throws {
    let commands = page.commands.filter { $0.firstWord == "proofload" }
    let binary = CommandRunner.binaries.appending(path: "proofload").path
    try #require(FileManager.default.isExecutableFile(atPath: binary), "no \(binary): run make build first")
    try await CommandRunner.withTemporaryDirectory { directory in
      for command in commands where !command.needsServer || PostgresServer.isExpected {
        let expected = try #require(command.expectedExitCode, "\(command): not an exit code")
        let text = command.needsServer ? try await onOurServer(command) : command.text
        let result = try await CommandRunner.run(text, in: directory)
        #expect(result.exitCode == expected, "\(command)\n\(result.output)")
      }
    }
  }

  /// The command with a new database of our own server in the place of the one that the page makes up.
  private func onOurServer(_ command: Page.Command) async throws -> String {
    let start = try #require(command.text.range(of: "postgres://"))
    let end = command.text[start.upperBound...].firstIndex { "?' ".contains($0) } ?? command.text.endIndex
    let database = try await PostgresServer.shared.database()
    return command.text.replacingCharacters(in: start.lowerBound..<end, with: database)
  }

  @Test func `commands are read from sh blocks only, joined and in order`() {
    let page = Page(
      path: "a.md",
      text: """
        make no
        ```sh
        # a comment
        make demo TARGET=sqlite   # text

        proofload verify \\
          --from a --to b   # exits 1
        ```
        ```
        make neither
        ```
        ```swift
        make nor
        ```
          ```sh
          proofload replicate --to postgres://b
          ```
        """)
    #expect(page.commands.map(\.line) == [4, 6, 16])
    #expect(page.commands.map(\.firstWord) == ["make", "proofload", "proofload"])
    #expect(page.commands.map(\.expectedExitCode) == [0, 1, 0])
    #expect(page.commands.map(\.needsServer) == [false, false, true])
    #expect(page.commands[1].text == "proofload verify --from a --to b   # exits 1")
  }

  @Test func `a planted make line without a target is found`() {
    let makefile = Makefile("V := 1\n.PHONY: a\nall demo: x\n\tcc: y\n")
    func objection(_ text: String) -> String? {
      makefile.objection(to: Page.Command(path: "a.md", line: 1, text: text))
    }
    #expect(makefile.targets == ["all", "demo"])
    #expect(objection("make demo V=2 # the demo") == nil)
    #expect(objection("make -j2 all demo") == nil)
    #expect(objection("make demos") == "the Makefile has no target demos")
    #expect(objection("make demo V") == "the Makefile has no target V")
  }

  @Test func `a planted line that fails is found, with what it said`() async throws {
    try await CommandRunner.withTemporaryDirectory { directory in
      let result = try await CommandRunner.run("echo out; echo err >&2; exit 3 # exits 3", in: directory)
      #expect(result.exitCode == 3)
      #expect(result.output == "out\nerr\n")
      #expect(try await CommandRunner.run("proofload-misspelt", in: directory).exitCode == 127)
      #expect(Page.Command(path: "a.md", line: 1, text: "a # exits soon").expectedExitCode == nil)
    }
  }
}
