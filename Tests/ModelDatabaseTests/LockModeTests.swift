import ModelDatabase
import Testing

@Suite struct LockModeTests {
  /// SQL Server's "Transaction locking and row versioning guide", lock compatibility: requested by row,
  /// granted by column.
  static let published = """
          IS    S     U     IX    SIX   X     BU    Sch-S Sch-M
    IS    yes   yes   yes   yes   yes   no    no    yes   no
    S     yes   yes   yes   no    no    no    no    yes   no
    U     yes   yes   no    no    no    no    no    yes   no
    IX    yes   no    no    yes   no    no    no    yes   no
    SIX   yes   no    no    no    no    no    no    yes   no
    X     no    no    no    no    no    no    no    yes   no
    BU    no    no    no    no    no    no    yes   yes   no
    Sch-S yes   yes   yes   yes   yes   yes   yes   yes   no
    Sch-M no    no    no    no    no    no    no    no    no
    """

  static let names: [String: LockMode] = [
    "IS": .intentShared, "S": .shared, "U": .update, "IX": .intentExclusive, "SIX": .sharedIntentExclusive,
    "X": .exclusive, "BU": .bulkUpdate, "Sch-S": .schemaStability, "Sch-M": .schemaModification,
  ]

  @Test func `every pair of modes is compatible as published`() throws {
    let lines = LockModeTests.published.split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    var pairs = 0
    for line in lines.dropFirst() {
      for (column, answer) in zip(lines[0], line.dropFirst()) {
        let requested = try #require(LockModeTests.names[line[0]])
        let granted = try #require(LockModeTests.names[column])
        #expect(requested.isCompatible(with: granted) == (answer == "yes"), "\(line[0]) with \(column)")
        pairs += 1
      }
    }
    #expect(pairs == LockMode.allCases.count * LockMode.allCases.count)
  }

  @Test func `having two modes forbids what either forbids, and as little else as any mode`() {
    func forbidden(_ mode: LockMode) -> Set<LockMode> {
      Set(LockMode.allCases.filter { !$0.isCompatible(with: mode) })
    }
    for left in LockMode.allCases {
      for right in LockMode.allCases {
        let both = forbidden(left).union(forbidden(right))
        let combined = left.combined(with: right)
        #expect(forbidden(combined).isSuperset(of: both), "\(left) and \(right)")
        let smallest = LockMode.allCases.map(forbidden).filter { $0.isSuperset(of: both) }.map(\.count).min()
        #expect(forbidden(combined).count == smallest, "\(left) and \(right)")
        #expect(combined == right.combined(with: left))
        #expect(left.includes(right) == (combined == left))
      }
    }
  }

  @Test func `rows are locked under the intent of their mode`() {
    for mode in LockMode.allCases where mode.rawValue <= LockMode.exclusive.rawValue {
      let readsOnly = mode == .shared || mode == .intentShared
      #expect(mode.intent == (readsOnly ? .intentShared : .intentExclusive))
    }
  }
}
