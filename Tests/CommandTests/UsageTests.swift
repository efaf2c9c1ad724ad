import Foundation
import TestSupport
import Testing

/// Wrong input of every kind: its exit code, what it says, and what it says to do.
@Suite(.blocks) struct UsageTests {
  private let command: TestSupport.CommandLine

  init() throws { command = try TestSupport.CommandLine() }

  private static let both = "--from sqlite:a.db --to sqlite:b.db"

  @Test(arguments: [
    ("replicate --form sqlite:a.db", "unknown option --form", "Did you mean --from?"),
    ("replicate \(both) --worker 2", "unknown option --worker", "Did you mean --workers?"),
    ("replicate \(both) --xyzzyx", "unknown option --xyzzyx", "proofload replicate --help lists them all"),
    ("replicate --to sqlite:b.db", "--from URL is missing", "For example: proofload replicate --from"),
    ("verify --from sqlite:a.db", "--to URL is missing", "For example: proofload verify --from"),
    ("plan --from", "--from needs a value", "the source"),
    ("plan --from --to sqlite:b.db", "--from needs a value", "the source"),
    ("replicate \(both) --workers two", "--workers is 'two'", "from 1 to 256"),
    ("replicate \(both) --workers 0", "--workers is '0'", "from 1 to 256"),
    ("replicate \(both) --workers=", "--workers is empty", "units in flight"),
    ("replicate \(both) --unit-size 64XB", "--unit-size is '64XB'", "Write it like 512KB, 64MB or 1GB"),
    ("replicate \(both) --unit-size 99999999999999999999", "must be a size", "Write it like"),
    ("replicate \(both) --unit-size 1", "must be a size from 1.0 KB", "Write it like"),
    ("replicate \(both) --names camel", "--names is 'camel'", "keep, lowercase, snake_case"),
    ("replicate \(both) --names snake-case", "--names is 'snake-case'", "Did you mean snake_case?"),
    ("replicate \(both) --resume --fresh", "--resume and --fresh contradict", "--resume goes on"),
    ("replicate \(both) --resume=yes", "--resume takes no value", "Write --resume"),
    ("replicate \(both) --from sqlite:c.db", "--from is given more than once", "Keep the one"),
    ("replicate \(both) --tables a,,b", "--tables has an empty name", "--tables users,posts"),
    ("replicate \(both) --log-level loud", "--log-level is 'loud'", "error, warning, info, debug"),
    ("replicate \(both) --receipt no/where.json", "the directory no does not exist", "mkdir -p no"),
    (
      "replicate sqlite:a.db sqlite:b.db", "unexpected argument 'sqlite:a.db'", "Put --from or --to before it"
    ),
    ("replicate \(both) now", "unexpected argument 'now'", "Options begin with two dashes"),
    ("replicate --from a.db --to sqlite:b.db", "the source 'a.db' is no URL", "write sqlite:a.db"),
    ("replicate --from sqlite: --to sqlite:b.db", "names no file", "sqlite:shop.db"),
    ("replicate --from sqlite::memory: --to sqlite:b.db", "in memory", "Name a file"),
    ("replicate --from sqlite://a.db --to sqlite:b.db", "slashes before its path", "Write sqlite:a.db"),
    ("replicate --from postgre://h/d --to sqlite:b.db", "does not know", "Did you mean postgres:?"),
    ("replicate --from mysql://h/d --to sqlite:b.db", "does not know", "It knows sqlite:FILE"),
    (
      "replicate --from postgres://h/d?nonsense=1 --to sqlite:b.db", "cannot be understood",
      "postgres://user@host"
    ),
    (
      "replicate --from postgres://h:54x2/d --to sqlite:b.db", "its port is no number from 1 to 65535",
      "postgres://user@host"
    ),
    ("replicate --from sqlite:a.db --to stackoverflow:", "can only be read", "--witness"),
    ("replicate --from stackoverflow:?size=1 --to sqlite:b.db", "no option 'size'", "stackoverflow:?scale"),
    ("replicate --from sqlite:a.db --to sqlite:./a.db", "are the same database", "Name two different ones"),
    ("verify \(both) --witness sqlite:a.db", "source and witness are the same", "Name two different ones"),
    ("verify \(both) --limit -1", "--limit is '-1'", "from 0 to"),
    ("generate --to sqlite:b.db --scale large", "--scale 'large' is not a decimal", "--scale 0.01"),
    ("generate --to sqlite:b.db --seed x", "--seed is 'x'", "whole number"),
    ("demo --rows 3", "--rows is '3'", "from 5000 to"),
    ("demo --target oracle", "--target is 'oracle'", "sqlite, postgres, sqlserver"),
  ])
  func `it names what is wrong, and says what would be right`(
    line: String, message: String, remedy: String
  ) throws {
    try "".write(toFile: command.file("a.db"), atomically: false, encoding: .utf8)
    let result = try command.run(line)
    #expect(result.code == 2, "\(result.everything)")
    #expect(result.errors.contains(message))
    #expect(result.errors.contains(remedy))
    #expect(result.output.isEmpty)
    // Nothing came into being that a run would have made.
    #expect(try FileManager.default.contentsOfDirectory(atPath: command.path) == ["a.db"])
  }

  @Test func `an option may have its value after an equals sign, and a list may be repeated`() throws {
    try command.succeed(
      "generate --to=sqlite:a.db --scale=0.0005 --tables=Users,PostTypes --tables LinkTypes")
    let rows = try sqlite(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'proofload%' ORDER BY 1",
      at: command.file("a.db"))
    #expect(rows == [["LinkTypes"], ["PostTypes"], ["Users"]])
  }
}

/// What only shows when the databases are opened.
@Suite(.blocks) struct ConfigurationTests {
  private let command: TestSupport.CommandLine

  init() throws {
    command = try TestSupport.CommandLine()
    try sqlite(
      "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(40)); INSERT INTO users VALUES (1, 'Zoë')",
      at: command.file("a.db"))
  }

  private func expect(
    _ line: String, code: Int32, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try command.run(line)
    #expect(result.code == code, "\(result.everything)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(result.errors.contains(part), "\(result.everything)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: ["replicate", "plan", "verify"])
  func `a missing source is an error and no empty database`(name: String) throws {
    try expect("\(name) --from sqlite:no.db --to sqlite:a.db", code: 2, "no.db", "Check the path")
    #expect(!FileManager.default.fileExists(atPath: command.file("no.db")))
  }

  @Test(arguments: ["replicate", "plan"])
  func `an unknown table is named with those that there are`(name: String) throws {
    try expect(
      "\(name) --from sqlite:a.db --to sqlite:b.db --tables usesr", code: 2, "there is no table 'usesr'",
      "Its tables are: users")
  }

  @Test func `an unknown table in verify is a mistake, not a difference`() throws {
    try command.succeed("replicate --from sqlite:a.db --to sqlite:b.db")
    try expect(
      "verify --from sqlite:a.db --to sqlite:b.db --tables usesr", code: 2, "there is no table 'usesr'")
  }

  @Test func `a file that is no database is named`() throws {
    try String(repeating: "no database ", count: 100).write(
      toFile: command.file("text.db"), atomically: false, encoding: .utf8)
    try expect(
      "replicate --from sqlite:text.db --to sqlite:b.db", code: 2, "text.db", "not a SQLite database")
  }

  @Test func `a directory is no database`() throws {
    try FileManager.default.createDirectory(atPath: command.file("d"), withIntermediateDirectories: false)
    try expect("replicate --from sqlite:a.db --to sqlite:d", code: 2, "it is a directory")
  }

  @Test func `a narrower column is found before the first row moves, unless it is allowed`() throws {
    try sqlite("CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(10))", at: command.file("b.db"))
    let line = "replicate --from sqlite:a.db --to sqlite:b.db"
    try expect(line, code: 2, "column name", "narrower", "--allow-narrower")
    try expect(line.replacing("replicate", with: "plan"), code: 2, "narrower")
    try expect("\(line) --allow-narrower", code: 0)
  }

  @Test func `a value that does not fit stops the run, and is not shown`() throws {
    try sqlite("CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(2))", at: command.file("b.db"))
    let result = try command.run("replicate --from sqlite:a.db --to sqlite:b.db --allow-narrower")
    #expect(result.code == 4, "\(result.everything)")
    #expect(result.errors.contains("users"))
    #expect(!result.everything.contains("Zoë"))
    #expect(try sqlite("SELECT count(*) FROM users", at: command.file("b.db")) == [["0"]])
  }

  @Test(.enabled(if: getuid() != 0, "root may write everywhere"))
  func `a target that cannot be written is a configuration error`() throws {
    try sqlite("CREATE TABLE x (id INTEGER PRIMARY KEY)", at: command.file("b.db"))
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: command.file("b.db"))
    try expect("replicate --from sqlite:a.db --to sqlite:b.db", code: 2, "write permission")
  }

  @Test func `a plan writes nothing and creates nothing`() throws {
    let result = try command.run("plan --from sqlite:a.db --to sqlite:b.db")
    #expect(result.code == 0, "\(result.everything)")
    #expect(result.output.contains("table users will be created in the target"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: command.path) == ["a.db"])
  }
}
