import Reports
import Testing

@Suite struct TextTableTests {
  private func table(_ name: String) -> TextTable {
    var table = TextTable([.text("table"), .number("rows"), .text("verdict")])
    table.add([name, "1,234", "equal"])
    table.add(["votes", "7", "different"])
    table.addSum(["", "1,241", ""])
    return table
  }

  @Test func `numbers stand right and text left, without spaces at the end`() {
    #expect(
      table("users").lines() == [
        "table   rows  verdict",
        "users  1,234  equal",
        "votes      7  different",
        "───────────────────────",
        "       1,241  ",
      ].map { $0 })
  }

  @Test func `a name that is too long gives way, and no number does`() {
    let lines = table("a_table_with_a_very_long_name").lines(width: 30)
    #expect(lines.allSatisfy { $0.count <= 30 })
    #expect(lines[1] == "a_table_wit…  1,234  equal")
  }

  @Test func `a table is never cut below what can be read`() {
    #expect(table("a_table_with_a_very_long_name").lines(width: 5)[1] == "a_table…  1,234  equal")
  }

  @Test func `without colour there is no escape sequence, and with it the text is the same`() {
    let plain = table("users").lines()
    let colored = table("users").lines(style: .colored)
    #expect(!plain.joined().contains("\u{1B}"))
    #expect(colored.joined().contains("\u{1B}"))
    #expect(colored.map { $0.replacing(#/\u{1B}\[\d+m/#, with: "") } == plain)
  }
}
