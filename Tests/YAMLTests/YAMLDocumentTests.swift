import Testing
import YAML

@Suite struct YAMLDocumentTests {
  @Test func `nodes know where they stand`() throws {
    let root = try YAMLDocument.parse("a: 1\nb:\n  - x\n  - \"null\"\n", file: "f.yml").mapping(
      "it", keys: ["a", "b"])
    #expect(try root.required("a").integer("a", in: 0...9) == 1)
    let list = try root.required("b").list("b")
    #expect(list.map(\.position) == [YAMLPosition(line: 3, column: 5), YAMLPosition(line: 4, column: 5)])
    #expect(try list[1].string("an item") == "null")
    #expect(!list[1].isNull)
  }

  @Test(arguments: [
    ("a: [1, 2", "f.yml:2:1: did not find expected ',' or ']' (while parsing a flow sequence)"),
    ("a: 1\na: 2", "f.yml:2:1: the key 'a' is there twice"),
    ("", "f.yml:1:1: the file is empty"),
    ("a: 1\n---\nb: 2", "f.yml:3:1: only one document is expected in a file"),
    ("a: 1\n tabel: 2", "f.yml:2:7: mapping values are not allowed in this context"),
    ("tabel: 2", "f.yml:1:1: it has no key 'tabel'; known are: table"),
    ("[x]", "f.yml:1:1: it has to be a mapping of table, not a list"),
    ("table: [x]", "f.yml:1:8: the table has to be a text, not a list"),
  ])
  func `what is wrong is named with file, line and column`(text: String, message: String) {
    let error = #expect(throws: YAMLError.self) {
      let root = try YAMLDocument.parse(text, file: "f.yml").mapping("it", keys: ["table"])
      _ = try root.required("table").string("the table")
    }
    #expect(error?.description == message)
  }

  @Test(arguments: [("250ms", 250), ("1.5s", 1500), ("2m", 120_000), ("1h", 3_600_000), ("0s", 0)])
  func `durations have a unit`(text: String, milliseconds: Int) throws {
    #expect(try YAMLDocument.parse(text, file: "f").duration("it") == .milliseconds(milliseconds))
  }

  @Test(arguments: ["5", "-1s", "s", "1e99s", "five seconds"])
  func `a duration without sense is refused`(text: String) {
    #expect(throws: YAMLError.self) { try YAMLDocument.parse(text, file: "f").duration("it") }
  }

  @Test func `aliases cannot make a short text enormous`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<10 {
      let alias = "*a\(level - 1)"
      text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
    }
    #expect(throws: YAMLError.self) { try YAMLDocument.parse(text, file: "bomb.yml") }
  }
}
