import Databases
import FaultInjection
import Foundation
import Glibc
import Replication
import Runtime

/// A process of its own that runs the job and kills itself with `kill -9` just before one of its moments.
///
/// What lies between two moments changes nothing in any database, so that before a moment is after the one that
/// came before it, too.
struct ProofVictim: Codable, Sendable {
  let place: String
  let side: Side
  let ordinal: Int
  let sample: SourceSample

  /// Names the file that tells a process to be a victim.
  static let variable = "PROOFLOAD_PROVE_VICTIM"

  /// Returns whether it died as it was to; false if it ended by itself.
  func die(stop: StopSignal) async throws -> Bool {
    // A place has one victim at a time.
    let name = "proofload-victim-\(getpid())-\(URL(fileURLWithPath: place).lastPathComponent)"
    let files = "\(FileManager.default.temporaryDirectory.path)/\(name)"
    let (job, output) = ("\(files).json", "\(files).log")
    defer { for file in [job, output] { unlink(file) } }
    try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: job))
    // The program that is running, with the options that it was given.
    let process = try ChildProcess(
      ["/usr/bin/env", "\(ProofVictim.variable)=\(job)", "/proc/\(getpid())/exe"]
        + CommandLine.arguments.dropFirst(), output: output)
    while process.isRunning {
      if stop.isRequested { process.kill() }
      try? await Session.time.sleep(for: .milliseconds(2))
    }
    let end = process.wait()
    if stop.isRequested { throw JobError.stoppedOnRequest }
    return end == .killed(signal: SIGKILL)
  }

  /// What this process is to be, if it is one.
  static func own() throws -> ProofVictim? {
    guard let file = ProcessInfo.processInfo.environment[variable] else { return nil }
    return try JSONDecoder().decode(ProofVictim.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
  }

  /// Does not return if all goes as it should.
  func run(_ setting: ProofSetting) async throws {
    let target = try Scratch.endpoint(place, target: setting.targetURL)
    _ = try await setting.replicate(
      to: target, struckBy: DeadlyMoment(side: side, ordinal: ordinal), retry: .none)
  }
}

/// Ends the process at a moment, as `kill -9` from outside would.
private final class DeadlyMoment: FaultInjector {
  private let side: Side
  private let ordinal: Int
  private let count = Guarded(0)

  init(side: Side, ordinal: Int) {
    self.side = side
    self.ordinal = ordinal
  }

  let events: [FaultEvent] = []

  func verdict(at moment: Moment) -> Verdict {
    guard moment.side == side else { return .pass }
    let passed = count.withLock { count in
      count += 1
      return count
    }
    if passed == ordinal { kill(getpid(), SIGKILL) }
    return .pass
  }
}
