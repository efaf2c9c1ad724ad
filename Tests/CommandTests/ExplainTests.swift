import Foundation
import TestSupport
import Testing

@Suite(.blocks) struct ExplainTests {
  private let command: TestSupport.CommandLine

  init() throws { command = try TestSupport.CommandLine() }

  /// The expected text is in testdata/explain; PROOFLOAD_RECORD=1 writes it anew.
  private func compare(_ text: String, _ name: String) throws {
    let file = TestSupport.CommandLine.root.appending(path: "testdata/explain/\(name).txt")
    if ProcessInfo.processInfo.environment["PROOFLOAD_RECORD"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test(arguments: [
    ("sqlserver:1205", "sqlserver-1205"), ("sqlserver:40501", "sqlserver-40501"),
    ("postgres:57P01", "postgres-57P01"),
    ("mysql:2013", "mysql-2013"), ("sqlite:517", "sqlite-517"), ("sqlserver:7", "unknown"),
    ("deadlock", "deadlock"),
    ("", "overview"),
  ])
  func `an error is explained, as recorded`(error: String, name: String) throws {
    let result = try command.run(["explain"] + (error.isEmpty ? [] : [error]))
    #expect(result.code == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 80 && !$0.hasSuffix(" ") })
    try compare(result.output, name)
  }

  @Test(arguments: [
    ("postgres:57p01", "postgres:57P01"), ("POSTGRES:57P01", "postgres:57P01"),
    ("postgresql:57P01", "postgres:57P01"),
    ("MSSQL:1205", "sqlserver:1205"), ("MariaDB:1213", "mysql:1213"),
  ])
  func `case and other names of an engine do not matter`(given: String, meant: String) throws {
    #expect(try command.run(["explain", given]).output == command.run(["explain", meant]).output)
  }

  @Test(arguments: [
    ("oracle:1555", "names no engine that Proofload knows", "Write it like sqlserver:1205"),
    ("postgre:40001", "names no engine", "Did you mean postgres:40001?"),
    ("postgres:1205", "is no error of PostgreSQL", "an SQLSTATE of five digits and capital letters"),
    ("postgres:57*", "is no error of PostgreSQL", "Write it like"),
    ("sqlserver:deadlock", "is no error of SQL Server", "a number, as 1205"),
    ("sqlserver:", "is no error of SQL Server", "a number, as 1205"),
    ("frobnication", "no error is known by 'frobnication'", "proofload explain lists the engines"),
    ("--engine sqlite", "unknown option --engine", "proofload explain --help"),
    ("sqlite:5 sqlite:6", "unexpected argument 'sqlite:6'", "For example: proofload explain sqlserver:1205"),
  ])
  func `what is no error is answered with how one is written`(
    words: String, message: String, remedy: String
  ) throws {
    let result = try command.run("explain \(words)")
    #expect(result.code == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.contains(remedy), "\(result.errors)")
  }

  @Test func `a URL that was taken for an error does not show its password`() throws {
    for word in ["postgres://me:hunter2@h/d", "oracle://me:hunter2@h/d"] {
      let result = try command.run(["explain", word])
      #expect(result.code == 2)
      #expect(!result.everything.lowercased().contains("hunter2"), "\(result.everything)")
    }
  }

  @Test func `json has the class, the roll-back and every policy's answer`() throws {
    let json = try command.run("explain sqlserver:1205 --json").json()
    let all = try #require(json["explanations"] as? [[String: Any]])
    #expect(all.count == 1)
    #expect(all[0]["errorClass"] as? String == "conflict")
    #expect(all[0]["rollback"] as? String == "transaction")
    #expect(all[0]["isKnown"] as? Bool == true)
    let answers = try #require(all[0]["answers"] as? [[String: Any]])
    let retrying = answers.filter { $0["retries"] as? Bool == true && $0["knowsEngine"] as? Bool == true }
    #expect(retrying.compactMap { $0["policy"] as? String } == ["default", "scripts", "efcore", "sqlclient"])
    let everything = try command.run("explain --json").json()["explanations"] as? [[String: Any]]
    #expect((everything?.count ?? 0) > 300)
  }
}
