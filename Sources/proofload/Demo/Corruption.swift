import Databases
import SQLServerDatabase

/// One character of one post, changed by a statement that Proofload knows nothing of.
struct Corruption: Sendable {
  let id: Int64
  let before: String
  let after: String
  let statement: SQLStatement

  static let table = "Posts"
  static let column = "Body"

  /// Picks the post in the middle of the table, and the character in the middle of its body.
  static func choose(on stage: DemoStage) throws -> Corruption? {
    let target = try stage.target
    let wording: any CorruptionWording =
      target.engine == SQLServerDialect.engine
      ? TransactCorruption(posts: try stage.quotedInTarget(table))
      : StandardCorruption(posts: try stage.quotedInTarget(table))
    let row = try stage.runInTarget(SQLStatement(wording.middle)).rows.first
    guard let id = row?[0].number, let length = row?[1].number, let character = row?[2].text else {
      return nil
    }
    let after = character == "x" ? "y" : "x"
    return Corruption(
      id: id, before: character, after: after,
      statement: SQLStatement(wording.change(id: id, position: length / 2, to: after)))
  }

  /// Returns the number of rows that it changed.
  func strike(_ stage: DemoStage) throws -> Int { try stage.runInTarget(statement).changes }
}

/// The corruption in an engine's own SQL.
private protocol CorruptionWording {
  /// Asks for the post in the middle: its id, its body's length, and the character in the middle of it.
  var middle: String { get }
  /// Positions count from 1.
  func change(id: Int64, position: Int64, to character: String) -> String
}

private struct StandardCorruption: CorruptionWording {
  let posts: String

  var middle: String {
    #"SELECT "Id", length("Body"), substr("Body", length("Body") / 2, 1) FROM \#(posts) "#
      + #"WHERE length("Body") > 100 ORDER BY "Id" "#
      + #"LIMIT 1 OFFSET (SELECT count(*) / 2 FROM \#(posts) WHERE length("Body") > 100)"#
  }

  func change(id: Int64, position: Int64, to character: String) -> String {
    #"UPDATE \#(posts) SET "Body" = substr("Body", 1, \#(position - 1)) || '\#(character)' || "#
      + #"substr("Body", \#(position + 1)) WHERE "Id" = \#(id)"#
  }
}

private struct TransactCorruption: CorruptionWording {
  let posts: String

  var middle: String {
    "SELECT [Id], LEN([Body]), SUBSTRING([Body], LEN([Body]) / 2, 1) FROM \(posts) "
      + "WHERE LEN([Body]) > 100 ORDER BY [Id] "
      + "OFFSET (SELECT COUNT(*) / 2 FROM \(posts) WHERE LEN([Body]) > 100) ROWS FETCH NEXT 1 ROWS ONLY"
  }

  func change(id: Int64, position: Int64, to character: String) -> String {
    "UPDATE \(posts) SET [Body] = STUFF([Body], \(position), 1, N'\(character)') WHERE [Id] = \(id)"
  }
}

extension SQLValue {
  /// An integer, also where an engine answers in text.
  fileprivate var number: Int64? { integer ?? text.flatMap { Int64($0) } }
}
