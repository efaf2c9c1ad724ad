import Databases
import Rows

/// The committed state, seen and changed without a connection: for invariants and for setting a scene.
extension ModelDatabase {
  package struct Figures: Sendable, Equatable {
    package var sessions: Int
    /// Sessions whose clients have vanished, among them.
    package var zombies: Int
    package var locks: Int
    /// Statements that wait for one.
    package var waiting: Int
    package var transactions: Int
    package var commits: Int
  }

  /// What is open: after the last connection was closed, nothing but the commits.
  package var figures: Figures {
    withServer { server in
      server.expire()
      return Figures(
        sessions: server.sessions.count, zombies: server.sessions.count { $0.expires != nil },
        locks: server.locks.count, waiting: server.locks.waiting.count,
        transactions: server.sessions.count { $0.transaction != nil },
        commits: server.store.commits)
    }
  }

  /// Who waits for whose lock, as sentences.
  package var waits: [String] {
    withServer { server in
      func name(_ session: Int) -> String {
        let client = server.index(of: session).map { server.sessions[$0].client }
        return "session \(session) of client \(client.map { "\($0)" } ?? "nobody")"
      }
      return server.locks.waiting.map { waiting in
        let blockers = server.locks.blockers(of: waiting).map(name).joined(separator: " and ")
        return "\(name(waiting)) waits for \(blockers)"
      }
    }
  }

  /// All tables, by name, with what is in force.
  package var schemas: [TableSchema] { withServer { $0.store.catalog } }

  /// The rows of a table in the order of their keys, with all columns in their own types; nil if there
  /// are none.
  package func contents(of table: TableName) -> RowBatch? {
    withServer { server in
      guard let position = server.store.table(table) else { return nil }
      let table = server.store.tables[position]
      var builder = RowBatchBuilder(columnCount: table.types.count, budget: table.byteCount)
      for row in table.rows { row.withBytes { builder.append(encodedRow: $0) } }
      return builder.take()
    }
  }

  /// Calls `body` for the rows that `contents(of:)` would have, where they are.
  package func forEachRow(of table: TableName, _ body: (UnsafeRawBufferPointer) -> Void) {
    let rows = withServer { server in
      server.store.table(table).map { server.store.tables[$0].rows } ?? []
    }
    for row in rows { row.withBytes(body) }
  }

  /// The fingerprint of rows that are committed, as a read of them would have it.
  package func fingerprint(of read: RangeRead) throws(DatabaseError) -> Fingerprint {
    let site = site("read")
    return try withServer { server throws(DatabaseError) in
      let table = server.store.tables[try server.table(read.rows.table, site)]
      let interval = table.interval(read.rows)
      let cursor = ModelCursor(
        table: 0, plan: try ReadPlan(read.columns, of: table, site), interval: interval ?? .all,
        condition: interval == nil ? table.condition(read.rows) : nil, batchBytes: .max, rows: nil)
      let rows = table.rows[table.rows.positions(cursor.interval)]
      if cursor.plan.isIdentity { return cursor.fingerprint(rows) }
      return try cursor.batch(rows, bytes: table.byteCount, read.rows.table, site)?.fingerprint
        ?? Fingerprint()
    }
  }

  package func ledger(job: String) -> [LedgerEntry] { withServer { $0.store.entries(job: job) } }

  /// What a job has put aside and not restored.
  package func putAside(job: String) -> [Obstacle] {
    withServer { server in server.store.aside.compactMap { $0.job == job ? $0.obstacle : nil } }
  }

  /// The next identity that the table would generate.
  package func nextIdentity(of table: TableName) -> Int64? {
    withServer { server in server.store.table(table).map { server.store.tables[$0].nextIdentity } }
  }

  // MARK: Setting a scene

  /// Adds a table with everything that its schema has in force. Tables that it references come first.
  package func add(_ schema: TableSchema) {
    withServer { server in
      precondition(server.store.table(schema.name) == nil, "a table is added once")
      var own = schema
      own.engine = options.engine
      server.store.add(
        own,
        types: schema.columns.map { column in
          guard let type = column.type else { preconditionFailure("the model's columns have types") }
          return type
        })
    }
  }

  package func drop(_ table: TableName) {
    withServer { server in server.store.table(table).map { server.store.drop($0) } ?? () }
  }

  /// Commits rows, with all columns in their own types, in the place of those that have their keys.
  package func put(_ batch: RowBatch, into table: TableName) {
    change(table) { position, server in
      var changes: [RowChange] = []
      for index in 0..<batch.rowCount {
        let key: RowKey
        if let encoder = server.store.tables[position].key {
          guard let made = encoder.key(of: batch.row(index)) else {
            preconditionFailure("a key holds no NULL")
          }
          key = made
        } else {
          key = RowKey(prefix: server.store.tables[position].nextRowNumber)
          server.store.tables[position].nextRowNumber += 1
        }
        changes.set(key, StoredRow(key: key, batch: batch, index: index))
      }
      return changes
    }
  }

  /// Commits that the rows of a range are gone.
  package func remove(_ range: TableRange) {
    change(range.table) { position, server in
      let table = server.store.tables[position]
      let interval = table.interval(range)
      let condition = interval == nil ? table.condition(range) : nil
      return table.rows[table.rows.positions(interval ?? .all)].filter { row in
        condition.map { row.withBytes($0.holds) } ?? true
      }.map { RowChange(key: $0.key, row: nil) }
    }
  }

  private func change(_ table: TableName, _ body: (Int, inout ModelServer) -> [RowChange]) {
    withServer { server in
      guard let position = server.store.table(table) else {
        preconditionFailure("there is no table \(table)")
      }
      let changes = body(position, &server)
      server.store.commits += 1
      server.store.tables[position].rows = changes.applied(to: server.store.tables[position].rows)
      server.store.tables[position].version = server.store.commits
    }
  }

  func site(_ operation: StaticString) -> CallSite {
    CallSite(engine: options.engine, endpoint: name, operation: operation)
  }
}
