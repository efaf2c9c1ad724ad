import ModelDatabase

/// A lock as sys.dm_tran_locks shows it.
package struct LockView: Sendable {
  package enum Resource: Sendable, Equatable {
    case table
    case key(RowKey)
    case range(KeyInterval)
    case application(String)
  }

  package var session: Int
  package var database: Int
  /// Nil for application locks.
  package var table: Int?
  /// 1 for the clustered key or the heap.
  package var index: Int32
  package var resource: Resource
  package var mode: LockMode
  package var isGranted: Bool
}

/// A session as sys.dm_exec_sessions, sys.dm_exec_requests and sys.dm_os_waiting_tasks show it.
package struct SessionView: Sendable {
  package var session: Int
  package var isolation: IsolationLevel
  package var transactionCount: Int
  package var waitsSince: Duration?
  /// Whom it waits for, those who have its lock first.
  package var blockers: [Int]
  package var wait: LockView?
}

extension Storage {
  /// Every lock that somebody has or waits for. The intents that indexes' entries presuppose are left out.
  package var lockViews: [LockView] {
    var places: [Int: (table: ServerTable, index: Int32)] = [:]
    for table in tables.compactMap({ $0 }) {
      places[table.space] = (table, 1)
      for index in table.indexes { places[index.space] = (table, index.id) }
    }
    let onTables = locks.records.compactMap { record -> LockView? in
      guard let place = places[record.space] else { return nil }
      if place.index > 1, record.extent == .table { return nil }
      let resource: LockView.Resource =
        switch record.extent {
        case .table: .table
        case .row(let key): .key(key)
        case .range(let interval): .range(interval)
        }
      return LockView(
        session: record.owner, database: place.table.database, table: place.table.number, index: place.index,
        resource: resource, mode: record.mode, isGranted: record.isGranted)
    }
    let named = applicationLocks.locks.records.map { record in
      let name = applicationLocks.names[record.space]
      return LockView(
        session: record.owner, database: name.database, table: nil, index: 0,
        resource: .application(name.name), mode: record.mode, isGranted: record.isGranted)
    }
    return onTables + named
  }

  package var sessionViews: [SessionView] {
    let waits = lockViews.filter { !$0.isGranted }
    return sessions.compactMap { $0 }.map { session in
      SessionView(
        session: session.number, isolation: session.isolation,
        transactionCount: transactionCount(session.number), waitsSince: session.wait?.since,
        blockers: blockers(of: session.number), wait: waits.first { $0.session == session.number })
    }
  }
}
