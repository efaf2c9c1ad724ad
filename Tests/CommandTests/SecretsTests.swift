import Foundation
import TestSupport
import Testing

@Suite(.blocks) struct SecretsTests {
  private let command: TestSupport.CommandLine
  private static let secret = "hunter2-XyZ"

  init() throws {
    command = try TestSupport.CommandLine()
    try sqlite("CREATE TABLE t (id INTEGER PRIMARY KEY)", at: command.file("a.db"))
  }

  // Port 1 is nobody's.
  @Test(arguments: [
    "replicate --from sqlite:a.db --to postgres://me:\(secret)@127.0.0.1:1/d",
    "replicate --from postgres://me:\(secret)@127.0.0.1:1/d --to sqlite:b.db",
    "replicate --from sqlite:a.db --to postgres://127.0.0.1:1/d?user=me&password=\(secret)",
    "replicate --from sqlite:a.db --to postgres://me:\(secret)/x@127.0.0.1:1/d",
    "replicate --from sqlite:a.db --to postgres://me:a@\(secret)@127.0.0.1:1/d",
    "replicate --from sqlite:a.db --to postgres://me:\(secret)@127.0.0.1:port/d",
    "replicate --from sqlite:a.db --to postgre://me:\(secret)@127.0.0.1:1/d",
    "replicate sqlite:a.db postgres://me:\(secret)@127.0.0.1:1/d",
    "replicate --postgres://me:\(secret)@127.0.0.1:1/d",
    "replicate --from sqlite:a.db --to me:\(secret)@127.0.0.1/d",
    "verify --from sqlite:a.db --to postgres://me:\(secret)@127.0.0.1:1/d",
    "verify --from sqlite:a.db --to sqlite:a.db --witness postgres://me:\(secret)@127.0.0.1:1/d",
    "postgres://me:\(secret)@127.0.0.1:1/d",
  ])
  func `a password is never printed, whatever is wrong`(line: String) throws {
    // What is said of waits is said, and nobody waits for long.
    try """
    name: hasty
    provenance: this test
    classes: [conflict, connectionLost, throttled, readOnly]
    backoff: {kind: decorrelated-jitter, base: 1ms, cap: 2ms}
    limits: {attempts: 3}
    """.write(toFile: command.file("hasty.yml"), atomically: true, encoding: .utf8)
    let line = line.hasPrefix("replicate") ? line + " --retry-policy hasty.yml" : line
    for options in ["", " --json", " --log-level debug"] {
      let result = try command.run(line + options)
      #expect(result.code != 0)
      #expect(!result.everything.contains(Self.secret), "\(result.everything)")
    }
  }

  @Test(arguments: [("replicate", Int32(4)), ("plan", 4), ("verify", 3)])
  func `an unreachable server is no mistake in the command line`(name: String, code: Int32) throws {
    let patience = name == "replicate" ? " --retry-policy none" : ""
    let result = try command.run(
      "\(name) --from sqlite:a.db --to postgres://me@127.0.0.1:1/d\(patience)",
      environment: ["PROOFLOAD_TARGET_PASSWORD=\(Self.secret)"])
    #expect(result.code == code, "\(result.everything)")
    #expect(result.errors.contains("127.0.0.1:1"))
    #expect(!result.everything.contains(Self.secret))
  }

  @Test func `the command that goes on shows where the password belongs`() throws {
    let result = try command.run(
      "replicate --from sqlite:a.db --to postgres://me:\(Self.secret)@127.0.0.1:1/d --retry-policy none")
    #expect(
      result.errors.hasSuffix(
        "    PROOFLOAD_TARGET_PASSWORD='***' proofload replicate --from sqlite:a.db "
          + "--to postgres://me@127.0.0.1:1/d --retry-policy none --resume\n"), "\(result.errors)")
  }
}
