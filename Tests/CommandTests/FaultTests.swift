import Foundation
import TestSupport
import Testing

@Suite(.blocks) struct FaultTests {
  private let command: TestSupport.CommandLine

  init() throws {
    command = try TestSupport.CommandLine()
    try command.succeed("generate --to sqlite:a.db --scale 0.0005")
  }

  private func write(_ plan: String) throws {
    try plan.write(toFile: command.file("plan.yml"), atomically: true, encoding: .utf8)
  }

  @Test func `a run under faults tells them in its receipt, its summary and its log`() throws {
    try write(
      """
      seed: 7
      rules:
        - {name: late, at: begin, fault: {delay: 1ms}, cure: {times: 3}}
        - {name: never, at: write, table: Nobody, fault: cut, cure: {times: 1}}
      """)
    let run = "replicate --from sqlite:a.db --to sqlite:b.db --faults plan.yml"
    let json = try command.succeed("\(run) --fault-seed 9 --fault-log log.jsonl --json").json()
    let faults = try #require(json["faults"] as? [String: Any])
    #expect(faults["plan"] as? String == "plan.yml" && faults["seed"] as? Int == 9)
    #expect(faults["struck"] as? Int == 3)
    #expect((faults["rules"] as? [[String: Any]])?.map { $0["struck"] as? Int } == [3, 0])
    #expect((faults["firstEvents"] as? [[String: Any]])?.count == 3)
    let log = try String(contentsOfFile: command.file("log.jsonl"), encoding: .utf8)
    #expect(log.split(separator: "\n").count == 3)

    let text = try command.succeed("\(run) --fresh").output
    #expect(text.contains("3 faults were injected (plan.yml, seed 7)."))
    try command.succeed("verify --from sqlite:a.db --to sqlite:b.db")
  }

  @Test func `a verification that a fault keeps from its work is none`() throws {
    try command.succeed("replicate --from sqlite:a.db --to sqlite:b.db")
    try write("rules: [{name: a, at: read, table: Votes, fault: disk-full, cure: {times: 100}}]")
    let result = try command.run("verify --from sqlite:a.db --to sqlite:b.db --faults plan.yml")
    #expect(result.code == 3, "\(result.everything)")
    #expect(result.output.contains("injected (plan.yml, seed 1)."))
    // What goes on goes on without faults.
    #expect(result.errors.contains("proofload verify --from sqlite:a.db --to sqlite:b.db\n"))
  }

  @Test func `a run that gives up says so, and the command that it names makes the copy whole`() throws {
    try write("rules: [{name: a, at: write, table: Votes, fault: disk-full, cure: {times: 100}}]")
    let result = try command.run("replicate --from sqlite:a.db --to sqlite:b.db --faults plan.yml")
    #expect(result.code == 4, "\(result.everything)")
    #expect(result.errors.contains("(injected)"))
    #expect(result.errors.contains("proofload replicate --from sqlite:a.db --to sqlite:b.db --resume\n"))
    try command.succeed("replicate --from sqlite:a.db --to sqlite:b.db --resume")
    try command.succeed("verify --from sqlite:a.db --to sqlite:b.db")
  }

  @Test func `the presets are listed, and one that is printed is a plan`() throws {
    let list = try command.succeed("faults").output
    for name in ["deadlock-storm", "failover", "everything"] { #expect(list.contains("\(name)  ")) }
    let plan = try command.succeed("faults everything").output
    try write(plan)
    #expect(try command.succeed("faults plan.yml").output == plan)
    let json = try command.succeed("faults plan.yml --json").json()
    #expect((json["faultPlans"] as? [[String: Any]])?.count == 1)
  }

  @Test(arguments: [
    ("rules: [{name: a, at: write, fault: cut}]", "plan.yml:1:9: rule 'a' has no cure"),
    (
      "rules: [{name: a, at: statement, statement: drop, fault: cut, cure: {times: 1}}]",
      "rule 'a' of plan.yml looks at statements, which only a proxy sees"
    ),
    (
      "rules: [{name: a, at: write, fault: 40P01, cure: {times: 1}}]",
      "rule 'a' of plan.yml has the error 40P01, which SQLite cannot answer with"
    ),
  ])
  func `a wrong plan is refused before anything is done`(plan: String, message: String) throws {
    try write(plan)
    let result = try command.run("replicate --from sqlite:a.db --to sqlite:b.db --faults plan.yml")
    #expect(result.code == 2)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: command.file("b.db")))
  }

  @Test func `a proxy refuses a plan that only a wrapper can follow`() throws {
    try write("rules: [{name: a, at: delete, fault: duplicate, cure: {times: 1}}]")
    let result = try command.run(
      "proxy --listen 127.0.0.1:0 --upstream postgres://me@127.0.0.1/shop --faults plan.yml")
    #expect(result.code == 2)
    #expect(result.errors.contains("rule 'a' of plan.yml duplicates calls, which a proxy cannot do"))
  }

  @Test func `a plan that is not there is refused`() throws {
    let result = try command.run("faults deadlok-storm")
    #expect(result.code == 2 && result.errors.contains("Did you mean deadlock-storm?"))
    let orphan = try command.run("replicate --from sqlite:a.db --to sqlite:b.db --fault-seed 3")
    #expect(orphan.code == 2 && orphan.errors.contains("--fault-seed is given without --faults"))
  }
}
