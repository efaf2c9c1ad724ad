import Testing

@Suite struct BannedConstructsTests {
  @Test func `no source has a banned construct`() throws {
    for source in try Repository.sources() {
      for violation in BannedConstruct.violations(in: source) { Issue.record("\(violation)") }
    }
  }

  private func lines(_ text: String, path: String = "Sources/Replication/A.swift") -> [Int] {
    BannedConstruct.violations(in: SwiftSource(path: path, text: text)).map(\.line)
  }

  @Test(arguments: [
    "Task { await f() }", "let t = Task(priority: .low) { }", "Task.init { }", "Task.detached { }",
    "try await Task.sleep(for: .seconds(1))", "let d = Date()", "let c = ContinuousClock()",
    "var g = SystemRandomNumberGenerator()", "DispatchQueue.main.async { }", "print(a)", "try! f()",
    "let m = Mutex(0)", "let m: Mutex<Int>", "// FIXME: later", "/// TODO", "let i = Int.random(in: 0..<3)",
    "a.shuffled()", "a.shuffle()", "a.randomElement()", "Bool.random()", #"log("\(Date())")"#,
    "Int.random(\n  in: 0..<max(1, 2)\n)",
  ])
  func `a planted violation is found on its line, and names the replacement`(text: String) {
    let source = SwiftSource(path: "Sources/Replication/A.swift", text: "let a = 1\n" + text)
    let found = BannedConstruct.violations(in: source)
    #expect(found.map(\.line) == [2])
    #expect(found.allSatisfy { $0.message.count > 20 })
  }

  @Test(arguments: [
    #"say("Task { }, print( and try! are banned")"#, "// Task { } is banned", "fingerprint(a)",
    "report.print(a)",
    "withTaskGroup { }", "await Task.yield()", "Task<Void, Never>.self", "Date(timeIntervalSince1970: 0)",
    "Int.random(in: 0..<3, using: &seed)", "Int.random(\n  in: 0..<3,\n  using: &seed)",
    "a.shuffled(using: &seed)", #"say("TODO")"#, "let todo = 1",
  ])
  func `what only looks like one is left alone`(text: String) {
    #expect(lines(text) == [])
  }

  @Test func `a construct is allowed in its folders only`() {
    #expect(lines("Task { }", path: "Sources/Runtime/A.swift") == [])
    #expect(lines("print(a)", path: "Sources/proofload/A.swift") == [])
    #expect(lines("print(a)", path: "Benchmarks/main.swift") == [])
    #expect(lines("print(a)", path: "Sources/Runtime/A.swift") == [1])
    #expect(lines("Task { }", path: "Tests/RuntimeTests/A.swift") == [1])
    #expect(lines("try! f()", path: "Sources/Runtime/A.swift") == [1])
  }

  @Test func `an unchecked Sendable needs its reason directly above`() {
    #expect(lines("final class A: @unchecked Sendable {") == [1])
    #expect(lines("// Frozen.\n\nfinal class A: @unchecked Sendable {") == [3])
    #expect(lines("f() // Frozen.\nfinal class A: @unchecked Sendable {") == [2])
    #expect(lines("// Frozen.\nfinal class A: @unchecked Sendable {") == [])
    #expect(lines("/// Frozen.\n@dynamicMemberLookup\nfinal class A: @unchecked Sendable {") == [])
  }
}
