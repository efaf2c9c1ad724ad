import Databases

/// One character of one post, changed by a statement that Proofload knows nothing of.
struct Corruption: Sendable {
  let id: Int64
  let position: Int64
  let before: String
  let after: String

  static let table = "Posts"
  static let column = "Body"

  var statement: SQLStatement {
    SQLStatement(
      #"UPDATE "Posts" SET "Body" = substr("Body", 1, \#(position - 1)) || '\#(after)' || "#
        + #"substr("Body", \#(position + 1)) WHERE "Id" = \#(id)"#)
  }

  /// Picks the post in the middle of the table, and the character in the middle of its body.
  static func choose(on stage: DemoStage) throws -> Corruption? {
    let row = try stage.runInTarget(
      SQLStatement(
        #"SELECT "Id", length("Body"), substr("Body", length("Body") / 2, 1) FROM "Posts" "#
          + #"WHERE length("Body") > 100 ORDER BY "Id" "#
          + #"LIMIT 1 OFFSET (SELECT count(*) / 2 FROM "Posts" WHERE length("Body") > 100)"#)
    ).rows.first
    guard let id = row?[0].number, let length = row?[1].number, let character = row?[2].text else { return nil }
    return Corruption(id: id, position: length / 2, before: character, after: character == "x" ? "y" : "x")
  }

  /// Returns the number of rows that it changed.
  func strike(_ stage: DemoStage) throws -> Int { try stage.runInTarget(statement).changes }
}

extension SQLValue {
  /// An integer, also where an engine answers in text.
  fileprivate var number: Int64? { integer ?? text.flatMap { Int64($0) } }
}
