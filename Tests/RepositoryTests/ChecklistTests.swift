import Testing

@Suite struct ChecklistTests {
  @Test func `every line of the checklist names a check that exists`() throws {
    let checklist = Checklist(try Repository.text("CHECKLIST.md"))
    #expect(!checklist.lines.isEmpty)
    let makefile = Makefile(try Repository.text("Makefile"))
    let commands = try Repository.pages().flatMap(\.commands)
    let violations = checklist.violations(path: "CHECKLIST.md", makefile: makefile, commands: commands) {
      target in
      let files = Repository.files(in: "Tests/\(target)", withExtension: "swift")
      return files.isEmpty ? nil : files.map { (try? Repository.text($0)) ?? "" }.joined()
    }
    for violation in violations { Issue.record("\(violation)") }
  }

  @Test func `a planted line without a check that exists is found`() {
    let text = """
      # Checklist
      - A holds. — check: RowsTests/a holds
      - B holds. — check: RowsTests/b holds
      - C holds. — check: NoTests/c holds
      - D holds.
      - E holds. — check: `make test`
      - F holds. — check: `make toast`
      - G holds. — check: `proofload demo`
      - H holds. — check: `proofload dance`
      - I holds. — check: somewhere
      """
    let violations = Checklist(text).violations(
      path: "CHECKLIST.md", makefile: Makefile("test:\n"),
      commands: [Page.Command(path: "README.md", line: 1, text: "proofload demo")]
    ) { target in target == "RowsTests" ? "@Test func `a holds`() {}" : nil }
    #expect(violations.map(\.line) == [3, 4, 5, 7, 9, 10])
  }
}
