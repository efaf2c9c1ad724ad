import Foundation
import TestSupport
import Testing

@Suite(.blocks) struct DifferenceTests {
  private let command: TestSupport.CommandLine
  private let verify = "verify --from sqlite:a.db --to sqlite:b.db"

  init() throws {
    command = try TestSupport.CommandLine()
    try command.succeed("generate --to sqlite:a.db --scale 0.0005")
    try command.succeed("replicate --from sqlite:a.db --to sqlite:b.db")
  }

  @Test func `equal is exit code 0, and different is 1 with row, column and cause`() throws {
    #expect(try command.run(verify).code == 0)
    try sqlite(
      "UPDATE Users SET DisplayName = DisplayName || ' ' WHERE Id = (SELECT max(Id) FROM Users)",
      at: command.file("b.db"))
    let id = try sqlite("SELECT max(Id) FROM Users", at: command.file("b.db"))[0][0] ?? ""
    let result = try command.run(verify)
    #expect(result.code == 1, "\(result.everything)")
    #expect(result.output.contains("Id = '\(id)': differs"))
    #expect(result.output.contains("DisplayName"))
  }

  @Test func `counts are not called more than they are`() throws {
    try sqlite("UPDATE Users SET DisplayName = 'x'", at: command.file("b.db"))
    let counts = try command.run("\(verify) --counts")
    #expect(counts.code == 0)
    #expect(counts.output.contains("not compared by value"))
    #expect(try command.run(verify).code == 1)
  }

  @Test func `the generator is a witness, and says which side is wrong`() throws {
    try sqlite("DELETE FROM Badges WHERE Id = (SELECT min(Id) FROM Badges)", at: command.file("b.db"))
    let result = try command.run("\(verify) --witness stackoverflow:?scale=0.0005")
    #expect(result.code == 1)
    #expect(result.output.contains("source and witness agree, target differs"))
    #expect(result.output.contains("missing in the target"))
  }

  @Test func `a table that is not there is a difference`() throws {
    try sqlite("DROP TABLE Votes", at: command.file("b.db"))
    let result = try command.run(verify)
    #expect(result.code == 1)
    #expect(result.output.contains("The target has no table Votes."))
  }

  @Test func `a difference is repaired by running the copy again, and only its unit`() throws {
    try sqlite(
      "UPDATE Badges SET Name = 'x' WHERE Id = (SELECT min(Id) FROM Badges)", at: command.file("b.db"))
    let rerun = try command.run("replicate --from sqlite:a.db --to sqlite:b.db --json").json()
    let run = try #require(rerun["run"] as? [String: Any])
    #expect(run["unitsCopied"] as? Int == 1)
    #expect(try command.run(verify).code == 0)
  }
}
