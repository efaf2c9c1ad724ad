import Foundation
import Glibc
import Runtime
import TestSupport
import Testing

/// kill -9 of the real process at moments that only the clock chooses, also in the middle of a system call.
@Suite(.blocks) struct KillTests {
  private static let isThorough = ProcessInfo.processInfo.environment["PROOFLOAD_PROVE"] != nil
  /// A million rows, 200 times; every day a few thousand, and a few times.
  private static let scale = isThorough ? 0.053 : 0.002
  private static let kills = isThorough ? 200 : 5
  private static let longest = isThorough ? 2_000_000 : 250_000

  /// 200 kills take about ten minutes on two cores that nobody else uses, and several times as long beside a build.
  @Test(.timeLimit(.minutes(isThorough ? 60 : 2)))
  func `killed 200 times in the middle of a million rows, what the ledger calls done is there`() throws {
    let command = try TestSupport.CommandLine()
    try command.succeed("generate --to sqlite:a.db --scale \(Self.scale)")
    let replicate =
      "replicate --from sqlite:a.db --to sqlite:b.db --unit-size \(Self.isThorough ? "4MB" : "64KB") "
      + "--log-level debug"
    func verify(_ witness: String = "") throws {
      let verified = try command.run("verify --from sqlite:a.db --to sqlite:b.db \(witness)")
      #expect(verified.code == 0, "\(verified.everything)")
    }
    var seed = Seed(2010)
    var (killed, killedWhileCopying) = (0, 0)
    var isFresh = true
    while killed < Self.kills {
      // The ledger is believed: a unit that it calls done and that is not whole would be missing in the end.
      let line = "\(replicate) \(isFresh ? "--fresh" : "--resume")"
      let run = try command.start(line.split(separator: " ").map(String.init))
      // Every fourth dies at any moment after its start, the others after their first unit has begun.
      while killed % 4 > 0, run.process.isRunning, !run.errors.contains(" begins") { usleep(2_000) }
      let moment = SystemTime().now + .microseconds(Int.random(in: 0...Self.longest, using: &seed))
      while run.process.isRunning, SystemTime().now < moment { usleep(500) }
      run.process.kill()
      let result = try run.wait()
      isFresh = result.code == 0
      if isFresh {
        try verify()
      } else {
        killed += 1
        if result.errors.contains(" begins") { killedWhileCopying += 1 }
      }
      try #require(result.code == 0 || result.end == .killed(signal: SIGKILL), "\(result.everything)")
    }
    #expect(killedWhileCopying * 2 >= Self.kills, "\(killedWhileCopying) of \(killed)")
    try command.succeed("\(replicate) --resume")
    try verify("--witness stackoverflow:?scale=\(Self.scale)")
  }
}
