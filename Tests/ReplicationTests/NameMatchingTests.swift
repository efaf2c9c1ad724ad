import Replication
import Testing

@Suite struct NameMatchingTests {
  @Test func `an exact name wins over one that differs in case`() throws {
    let names = try NameMatching(source: ["Users"], target: ["users", "Users"], what: "table")
    #expect(names.pairs.map(\.target) == ["Users"])
    #expect(names.extra == ["users"])
  }

  @Test func `names are matched without case and underscores`() throws {
    let names = try NameMatching(
      source: ["LastEditorUserId", "Id"], target: ["id", "last_editor_user_id"], what: "column")
    #expect(names.pairs.map(\.source) == ["LastEditorUserId", "Id"])
    #expect(names.pairs.map(\.target) == ["last_editor_user_id", "id"])
    #expect(names.missing.isEmpty && names.extra.isEmpty)
  }

  @Test(arguments: [
    (["UserId"], ["user_id", "userid"]), (["User_Id", "UserId"], ["userid"]),
    (["A_b", "a_B"], ["ab", "AB"]),
  ])
  func `an ambiguity is an error that names the candidates`(source: [String], target: [String]) {
    let error = #expect(throws: JobError.self) {
      try NameMatching(source: source, target: target, what: "column")
    }
    #expect(error?.kind == .configuration)
    for name in source + target { #expect(error?.message.contains(name) == true) }
  }

  @Test func `what has no partner is missing or extra`() throws {
    let names = try NameMatching(source: ["a", "b"], target: ["b", "c"], what: "table")
    #expect(names.missing == ["a"])
    #expect(names.extra == ["c"])
  }

  @Test(arguments: [
    ("LastEditorUserId", "last_editor_user_id"), ("HTMLBody", "html_body"), ("Id", "id"),
    ("already_snake", "already_snake"), ("Year2010Data", "year2010_data"), ("with space", "with_space"),
  ])
  func `snake case separates words`(name: String, expected: String) {
    #expect(NameStyle.snakeCase.apply(name) == expected)
  }
}
