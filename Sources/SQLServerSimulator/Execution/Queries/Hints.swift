extension LockHints {
  /// What the hints of a table mean for its locks. How to read it is nobody's business here.
  package init(_ hints: [TableHint]) {
    self = []
    for hint in hints {
      switch hint {
      case .noLock: insert(.noLock)
      case .readCommitted: insert(.readCommitted)
      case .readCommittedLock: insert(.readCommittedLock)
      case .repeatableRead: insert(.repeatableRead)
      case .holdLock: insert(.holdLock)
      case .readPast: insert(.readPast)
      case .noWait: insert(.noWait)
      case .rowLock: insert(.rowLock)
      case .pageLock: insert(.pageLock)
      case .tableLock: insert(.tableLock)
      case .exclusiveTableLock: insert(.exclusiveTableLock)
      case .updateLock: insert(.updateLock)
      case .exclusiveLock: insert(.exclusiveLock)
      case .snapshot, .keepIdentity, .keepDefaults, .ignoreConstraints, .ignoreTriggers, .index, .forceSeek,
        .forceScan, .noExpand:
        break
      }
    }
  }
}
