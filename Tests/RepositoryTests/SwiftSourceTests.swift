import Testing

@Suite struct SwiftSourceTests {
  private func code(_ text: String) -> [String] { SwiftSource(path: "a.swift", text: text).code }

  @Test(arguments: [
    (#"let a = "code" + b"#, #"let a =        + b"#),
    (#"let a = "say \"hi\"" + b"#, #"let a =              + b"#),
    (##"let a = #"say "hi""# + b"##, ##"let a =              + b"##),
    (#"let a = "é" + b"#, #"let a =     + b"#),
    ("a /* b /* c */ d */ e", "a                   e"),
    ("a // b", "a     "),
    ("func `Task { }`() {", "func           () {"),
    ("#if DEBUG", "#if DEBUG"),
  ])
  func `literals and comments are no code, and columns stay`(text: String, expected: String) {
    #expect(code(text) == [expected])
  }

  @Test func `code in an interpolation is code`() {
    let line = code(#"let a = "x \(f("y", g(1))) z" + b"#)[0]
    #expect(line.filter { $0 != " " } == "leta=f(,g(1))+b")
  }

  @Test func `a hash before the parenthesis makes the interpolation of a raw string`() {
    #expect(!code(##"let a = #"\(b)"#"##)[0].contains("b"))
    #expect(code(###"let a = #"\#(b)"#"###)[0].contains("b"))
  }

  @Test func `lines in a long literal stay lines`() {
    #expect(code("let a = \"\"\"\n  \"Task {\"\n  \"\"\"\nb") == ["let a =    ", "          ", "     ", "b"])
  }

  @Test func `a string that nobody closes ends with its line`() {
    #expect(code("let a = \"b\nc") == ["let a =   ", "c"])
  }

  @Test func `comments are kept where they stand`() {
    let source = SwiftSource(path: "a.swift", text: #"a("// b") // c"#)
    #expect(source.comments == [#"          // c"#])
    #expect(source.withoutComments == #"a("// b")     "#)
  }
}
