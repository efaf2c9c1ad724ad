/// The plans that come with the program, by name.
package enum Preset: String, Sendable, CaseIterable {
  case deadlockStorm = "deadlock-storm"
  case failover
  case lostCommit = "lost-commit"
  case rowsThen1205 = "rows-then-1205"
  case readOnlyStandby = "read-only-standby"
  case throttled
  case flakyNetwork = "flaky-network"
  case slowSource = "slow-source"
  case diskFull = "disk-full"
  case everything

  /// The plan as its file has it.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package var plan: FaultPlan {
    do {
      return try FaultPlan.load(text, file: "\(rawValue).yml", name: rawValue)
    } catch {
      // It is part of the program, and a test reads them all.
      fatalError("\(error)")
    }
  }

  private var bytes: [UInt8] {
    switch self {
    case .deadlockStorm: PackageResources.deadlock_storm_yml
    case .failover: PackageResources.failover_yml
    case .lostCommit: PackageResources.lost_commit_yml
    case .rowsThen1205: PackageResources.rows_then_1205_yml
    case .readOnlyStandby: PackageResources.read_only_standby_yml
    case .throttled: PackageResources.throttled_yml
    case .flakyNetwork: PackageResources.flaky_network_yml
    case .slowSource: PackageResources.slow_source_yml
    case .diskFull: PackageResources.disk_full_yml
    case .everything: PackageResources.everything_yml
    }
  }
}
