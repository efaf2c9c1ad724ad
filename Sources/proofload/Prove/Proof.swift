import Databases
import FaultInjection
import Replication
import Reports
import Rows
import Runtime

/// Interrupts a job at every moment in every way, and keeps count of what became of it.
struct Proof: Sendable {
  let setting: ProofSetting
  let scratch: Scratch
  let maximum: Int
  let seed: UInt64
  /// The one interruption to try; nil for all.
  let only: Interruption?
  let progress: ProofProgress
  /// Repeats one interruption.
  let commandLine: @Sendable (Interruption) -> String

  /// What keeps a proof from being one.
  struct Unprovable: Error, CustomStringConvertible {
    let description: String
  }

  /// A copy that is wrong although nothing disturbed it.
  struct WrongCopy: Error, CustomStringConvertible {
    let description: String
  }

  func run(_ receipt: ProofReceipt) async throws -> ProofReceipt {
    let (census, expected) = try await undisturbed()
    var receipt = receipt
    receipt.tables = setting.source.sample.tables.map { table in
      .init(
        name: table.name.description, rows: expected.fingerprints[table.name.description]?.rows ?? 0,
        isWhole: table.limit == nil)
    }
    receipt.notes = setting.source.sample.notes
    receipt.moments = .init(source: census.source.count, target: census.target.count)
    receipt.possible = census.interruptions.count
    let chosen = try only.map { [try checked($0, census)] } ?? census.sample(maximum, seed: seed)
    progress.begin(chosen.count)
    receipt = try await trying(chosen, census, expected, receipt)
    receipt.isSourceUnchanged = try await undisturbed().1.fingerprints == expected.fingerprints
    return receipt
  }

  /// The run that shows the job's moments, and the copy as it should be.
  private func undisturbed() async throws -> (Census, CopyPortrait) {
    let target = try await scratch.cleared(scratch.places[0])
    let injector = StrikeAt(nil, time: ProofTime())
    let report = try await setting.replicate(to: target, struckBy: injector, retry: .none)
    if setting.stop.isRequested { throw JobError.stoppedOnRequest }
    if let failure = report.failure { throw Unprovable(description: failure.message) }
    let expected = try await CopyPortrait.of(target, source: setting.source)
    let source = try await CopyPortrait.of(target, source: setting.source, reading: .source)
    if let difference = source.difference(from: expected) {
      throw Unprovable(description: "already after an undisturbed run \(difference)")
    }
    if let missing = try await CopyPortrait.missing(in: target, of: setting.source) {
      throw WrongCopy(description: "already after an undisturbed run \(missing)")
    }
    guard expected.rows > 0 else {
      throw Unprovable(description: "there are no rows in the source to prove anything with")
    }
    let moments = injector.moments
    return (
      Census(source: moments.filter { $0.side == .source }, target: moments.filter { $0.side == .target }),
      expected
    )
  }

  private func checked(_ interruption: Interruption, _ census: Census) throws -> Interruption {
    guard census.moment(interruption) != nil else {
      throw UsageError(
        "--only is '\(interruption.name)', and the job has \(census.source.count) moments at its source and "
          + "\(census.target.count) at its target",
        remedy: "Give the same --tables and --rows as the run that named it.")
    }
    return interruption
  }

  /// Several at a time, each in a database of its own.
  private func trying(
    _ interruptions: [Interruption], _ census: Census, _ expected: CopyPortrait, _ receipt: ProofReceipt
  ) async throws -> ProofReceipt {
    let queue = Guarded(interruptions[...])
    let tally = Guarded(receipt)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for place in scratch.places {
        group.addTask {
          while let interruption = queue.withLock({ $0.popFirst() }) {
            if setting.stop.isRequested { throw JobError.stoppedOnRequest }
            let trial = Trial(
              setting: setting, interruption: interruption, expected: expected,
              target: try await scratch.cleared(place), place: place)
            let verdict = try await trial.run()
            tally.withLock { record(verdict, interruption, census, &$0) }
            progress.tried()
          }
        }
      }
      for try await _ in group {}
    }
    return tally.withLock { $0 }
  }

  private func record(
    _ verdict: Trial.Verdict, _ interruption: Interruption, _ census: Census, _ receipt: inout ProofReceipt
  ) {
    guard let moment = census.moment(interruption) else { return }
    func count(_ what: WritableKeyPath<ProofReceipt.Counts, Int>) {
      receipt.count(
        moment: MomentKind(moment).name, fault: interruption.fault.rawValue,
        mode: interruption.mode.rawValue, what)
    }
    func finding(_ reason: String) -> ProofReceipt.Finding {
      .init(
        name: interruption.name, moment: moment.sentence, fault: interruption.fault.rawValue, reason: reason,
        command: commandLine(interruption))
    }
    switch verdict {
    case .right: count(\.right)
    case .rightByRerun: count(\.rightByRerun)
    case .wrong(let reason):
      count(\.wrong)
      receipt.wrong.append(finding(reason))
    case .unreached:
      count(\.unreached)
      receipt.unreached.append(finding("the run did not come to this moment"))
    }
  }
}
