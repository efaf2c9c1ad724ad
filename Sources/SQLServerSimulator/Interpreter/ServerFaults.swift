/// A fault that somebody has armed with `sp_proofload_fault`.
package struct ServerFault: Sendable {
  package enum Effect: Sendable {
    /// The statement fails with this error.
    case error(Int32)
    /// The connection is reset, or closed as if the server had ended it.
    case reset, close

    var resets: Bool {
      if case .close = self { return false }
      return true
    }
  }

  package enum Moment: Sendable {
    case before
    /// So many rows are sent first, or taken from a bulk load.
    case afterRows(Int)
    /// COMMIT is not done, and fails.
    case commit
    /// COMMIT is done, and its answer is lost with the connection.
    case afterCommit
  }

  /// What the statement's text must contain, in any case; empty for all.
  package var pattern = ""
  package var effect: Effect
  package var moment = Moment.before
  /// How many matching statements go by first.
  package var skips = 0
  /// How often it strikes.
  package var times = 1

  package init(_ effect: Effect) { self.effect = effect }
}

/// What is armed on a server.
struct ServerFaults: Sendable {
  private var armed: [ServerFault] = []

  var isEmpty: Bool { armed.isEmpty }
  mutating func arm(_ fault: ServerFault) { armed.append(fault) }
  mutating func disarm() { armed = [] }

  /// The fault that strikes now, if one does.
  mutating func strike(
    _ text: @autoclosure () -> String, where matches: (ServerFault.Moment) -> Bool
  ) -> ServerFault? {
    guard !armed.isEmpty else { return nil }
    let text = text().lowercased()
    for index in armed.indices {
      let fault = armed[index]
      guard matches(fault.moment), fault.pattern.isEmpty || text.contains(fault.pattern.lowercased()) else {
        continue
      }
      if fault.skips > 0 {
        armed[index].skips -= 1
        continue
      }
      armed[index].times -= 1
      if armed[index].times <= 0 { armed.remove(at: index) }
      return fault
    }
    return nil
  }
}

extension ServerFault.Moment {
  var isOfStatement: Bool {
    switch self {
    case .before, .afterRows: true
    case .commit, .afterCommit: false
    }
  }
}

extension SQLError {
  /// What SQL Server says with a number, its placeholders filled.
  static func armed(_ number: Int32, session: Int, database: String) -> SQLError {
    switch number {
    case 1205: .deadlockVictim(session: session)
    case 1222: .lockTimeout
    case 3906: .databaseIsReadOnly(database)
    case 3960: .snapshotConflict(table: "dbo.t", database: database)
    case 8115: .overflow(converting: "expression", to: "int")
    case 596: .sessionIsKilled
    case 6005: .shutdownInProgress
    case 10928: .requestLimit(resource: 1, limit: 100)
    case 10929: .requestMinimum(resource: 1, minimum: 0, maximum: 100, usage: 100)
    case 40197: .serviceError(code: 40020)
    case 40501: .serviceBusy(incident: "00000000-0000-0000-0000-000000000000", code: 131075)
    case 40613:
      .databaseUnavailable(
        database, server: ServerIdentity.name, tracing: "00000000-0000-0000-0000-000000000000")
    case 49918: .notEnoughResources
    default: make(number, 16, 1, "Error \(number), as it was armed by sp_proofload_fault.", .statement)
    }
  }
}
