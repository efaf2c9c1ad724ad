import Testing

@Suite struct SizesTests {
  @Test func `files, functions and lines are short enough to be read`() throws {
    for source in try Repository.sources() {
      for violation in Sizes.violations(in: source) { Issue.record("\(violation)") }
    }
  }

  private func lines(_ text: String) -> [Int] {
    Sizes.violations(in: SwiftSource(path: "a.swift", text: text)).map(\.line)
  }

  @Test func `a file may have 500 lines and no more`() {
    #expect(lines(String(repeating: "a\n", count: 500)) == [])
    #expect(lines(String(repeating: "a\n", count: 501)) == [1])
    #expect(lines(String(repeating: "a\n", count: 500) + "a") == [1])
  }

  @Test func `a line may have 110 columns of code and no more`() {
    #expect(lines(String(repeating: "a", count: 110)) == [])
    #expect(lines("\n" + String(repeating: "a", count: 111)) == [2])
    #expect(lines("// " + String(repeating: "a", count: 200)) == [])
    #expect(lines("f(\"" + String(repeating: "a\\(b)", count: 50) + "\") // c") == [])
    #expect(lines("f(\"a\", " + String(repeating: "a", count: 110) + ")") == [1])
  }

  private func function(_ start: String, lines: Int) -> String {
    start + " {\n" + String(repeating: "  f { }\n", count: lines - 2) + "}\n"
  }

  @Test(arguments: [
    "func f()", "init()", "init?<A>(a: A) where A: B", "deinit", "subscript(a: Int) -> Int",
    "static func f(a: () -> Void = { }) async throws(E) -> [Int: String]",
  ])
  func `a function may have 70 lines and no more`(start: String) {
    #expect(lines("let a = 1\n" + function(start, lines: 70)) == [])
    #expect(lines("let a = 1\n" + function(start, lines: 71)) == [2])
  }

  @Test func `a signature over several lines counts`() {
    #expect(lines(function("func f(\n  a: Int\n) async\n  -> Int", lines: 67)) == [])
    #expect(lines(function("func f(\n  a: Int\n) async\n  -> Int", lines: 68)) == [1])
  }

  @Test func `a requirement has no body, and calls of an initialiser are no function`() {
    let text = """
      protocol P {
        func a() async
        init(b: Int)
        subscript(c: Int) -> Int { get }
        func d()
      }
      let e = P.init(b: 1)
      extension P {
        func f() -> Int { 1 }
      }
      """
    let found = Sizes.functions(in: SwiftSource(path: "a.swift", text: text))
    #expect(found.map(\.line) == [4, 9])
    #expect(found.map(\.lines) == [1, 1])
  }

  @Test func `braces in literals do not count`() {
    let text = "func f() {\n  a(\"{\") // {\n}\n" + String(repeating: "a\n", count: 100)
    #expect(Sizes.functions(in: SwiftSource(path: "a.swift", text: text)).map(\.lines) == [3])
  }
}
