import Foundation
import TestSupport
import Testing

@Suite(.blocks) struct JSONTests {
  private let command: TestSupport.CommandLine

  init() throws { command = try TestSupport.CommandLine() }

  @Test func `every command prints exactly one object, which says how it ended`() throws {
    let lines: [(String, Int32, String)] = [
      ("generate --to sqlite:a.db --scale 0.0005", 0, "run"),
      ("plan --from sqlite:a.db --to sqlite:b.db", 0, "plan"),
      ("replicate --from sqlite:a.db --to sqlite:b.db", 0, "run"),
      ("verify --from sqlite:a.db --to sqlite:b.db", 0, "verification"),
      ("simulate --seeds 1..3", 0, "simulation"),
      ("replicate --from sqlite:no.db --to sqlite:b.db", 2, "error"),
      ("replicate --to sqlite:b.db", 2, "error"),
      ("replicate --nonsense", 2, "error"),
      ("verify --from sqlite:a.db --to sqlite:c.db", 2, "error"),
      ("nonsense", 2, "error"),
      ("", 2, "error"),
    ]
    for (line, code, part) in lines {
      let result = try command.run("\(line) --json --log-level debug")
      #expect(result.code == code, "\(line): \(result.everything)")
      let json = try result.json()
      #expect(json["exitCode"] as? Int == Int(code), "\(line)")
      #expect(json[part] is [String: Any], "\(line): \(result.output)")
      #expect(
        json["command"] as? String == (code == 2 && line.hasPrefix("n") ? "" : line.prefix { $0 != " " } + "")
      )
      if code == 2 {
        let error = try #require(json["error"] as? [String: Any])
        #expect((error["message"] as? String)?.isEmpty == false, "\(line)")
        #expect((error["remedy"] as? String)?.isEmpty == false, "\(line)")
      }
    }
  }

  @Test func `a receipt is what json prints, and replaces the last one`() throws {
    try command.succeed("generate --to sqlite:a.db --scale 0.0005 --receipt r.json")
    let result = try command.succeed(
      "replicate --from sqlite:a.db --to sqlite:b.db --receipt r.json --json")
    #expect(try String(contentsOfFile: command.file("r.json"), encoding: .utf8) == result.output)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: command.path).sorted() == [
        "a.db", "b.db", "r.json",
      ])
  }

  @Test func `a failed comparison leaves a receipt, too`() throws {
    try sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY)", at: command.file("a.db"))
    let result = try command.run(
      "verify --from sqlite:a.db --to postgres://me@127.0.0.1:1/d --receipt r.json --json")
    #expect(result.code == 3)
    #expect(try String(contentsOfFile: command.file("r.json"), encoding: .utf8) == result.output)
    #expect(try result.json()["outcome"] as? String == "could not verify")
  }

  @Test func `a receipt names the software that took part`() throws {
    let json = try command.run("generate --to sqlite:a.db --scale 0.0005 --json").json()
    let engines = try #require(json["engines"] as? [[String: String]])
    #expect(engines.map { $0["engine"] } == ["stackoverflow", "sqlite"])
    #expect(engines.allSatisfy { $0["version"]?.first?.isNumber == true })
  }

  @Test func `a generated database's receipt has its seed`() throws {
    let json = try command.run("generate --to sqlite:a.db --scale 0.0005 --seed 7 --json").json()
    #expect(json["seed"] as? Int == 7)
  }

  @Test func `quiet says nothing when all is well`() throws {
    let result = try command.run("generate --to sqlite:a.db --scale 0.0005 --quiet")
    #expect(result.code == 0)
    #expect(result.everything.isEmpty)
  }

  @Test func `without a terminal there is no progress, and info has a line for each phase`() throws {
    let plain = try command.run("generate --to sqlite:a.db --scale 0.0005")
    #expect(plain.errors.isEmpty)
    #expect(!plain.output.contains("\u{1B}"))
    let told = try command.run("generate --to sqlite:a.db --scale 0.0005 --log-level info")
    let phases = told.errors.split(separator: "\n").filter { $0.hasPrefix("phase: ") }
    #expect(phases.count >= 2)
    #expect(Set(phases).count == phases.count)
  }

  @Test func `a reader that leaves early is no failure`() throws {
    let running = try command.start(
      ["--help"], before: ["/bin/sh", "-c", #"("$0" "$@"; echo $? >&2) | true"#])
    #expect(try running.wait().errors == "0\n")
  }

  @Test func `half a result is never taken for a whole one`() throws {
    let full = try command.start(["--help"], before: ["/bin/sh", "-c", #""$0" "$@" >/dev/full"#])
    let result = try full.wait()
    #expect(result.code == 4)
    #expect(result.errors.contains("cannot write the result"))
  }
}
