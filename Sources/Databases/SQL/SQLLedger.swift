import Foundation
import Rows

/// The ledger in SQL that every engine understands: two tables, compared by job.
extension SQLDriver where Self: ~Copyable {
  private var units: String { dialect.quoted(TableName(schema: ledgerSchema, name: LedgerTables.units)) }
  private var aside: String { dialect.quoted(TableName(schema: ledgerSchema, name: LedgerTables.putAside)) }

  private func placeholders(_ range: ClosedRange<Int>) -> String {
    range.map(dialect.placeholder).joined(separator: ", ")
  }

  package mutating func prepareLedger() throws(DatabaseError) {
    let text = dialect.declaration(.text(maxLength: nil))
    let key = dialect.declaration(.text(maxLength: 200))
    let number = dialect.declaration(.int64)
    try transaction { driver throws(DatabaseError) in
      try driver.execute(
        """
        CREATE TABLE IF NOT EXISTS \(driver.units) (job \(key) NOT NULL, table_name \(key) NOT NULL, \
        unit \(number) NOT NULL, key_range \(text) NOT NULL, state \(key) NOT NULL, attempt \(number) NOT NULL, \
        fingerprint \(key) NOT NULL, signature \(key) NOT NULL, updated \(key) NOT NULL, \
        PRIMARY KEY (job, table_name, unit))
        """)
      try driver.execute(
        """
        CREATE TABLE IF NOT EXISTS \(driver.aside) (job \(key) NOT NULL, position \(number) NOT NULL, \
        obstacle \(text) NOT NULL, PRIMARY KEY (job, position))
        """)
    }
  }

  package mutating func ledger(job: String) throws(DatabaseError) -> [LedgerEntry] {
    guard try tableExists(TableName(schema: ledgerSchema, name: LedgerTables.units)) else { return [] }
    let result = try execute(
      """
      SELECT table_name, unit, key_range, state, attempt, fingerprint, signature, updated FROM \(units) \
      WHERE job = \(dialect.placeholder(1)) ORDER BY table_name, unit
      """, .text(job))
    var entries: [LedgerEntry] = []
    for row in result.rows { entries.append(try entry(row)) }
    return entries
  }

  private func entry(_ row: [SQLValue]) throws(DatabaseError) -> LedgerEntry {
    guard row.count == 8, let table = row[0].text, let index = row[1].integer, let rangeText = row[2].text,
      let range = try? JSONDecoder().decode(KeyRange.self, from: Data(rangeText.utf8)),
      let state = row[3].text.flatMap(UnitState.init(rawValue:)), let attempt = row[4].integer,
      let fingerprint = row[5].text.flatMap(Fingerprint.init), let signature = row[6].text,
      let updated = row[7].text
    else {
      throw failure(
        .permanent, "its entry for a unit cannot be understood",
        remedy:
          "If no older version of Proofload needs it, drop the table \(LedgerTables.units) and run again.",
        operation: "read the ledger")
    }
    return LedgerEntry(
      unit: UnitKey(table: table, index: Int(index)), range: range, state: state, attempt: Int(attempt),
      fingerprint: fingerprint, signature: signature, updated: updated)
  }

  package mutating func plan(_ entries: [LedgerEntry], table: String, job: String) throws(DatabaseError) {
    try transaction { driver throws(DatabaseError) in
      let (first, second) = (driver.dialect.placeholder(1), driver.dialect.placeholder(2))
      try driver.execute(
        "DELETE FROM \(driver.units) WHERE job = \(first) AND table_name = \(second)", .text(job),
        .text(table))
      for entry in entries {
        try driver.execute(
          """
          INSERT INTO \(driver.units) (job, table_name, unit, key_range, state, attempt, fingerprint, signature, \
          updated) VALUES (\(driver.placeholders(1...9)))
          """, .text(job), .text(table), .integer(Int64(entry.unit.index)), .text(json(entry.range)),
          .text(entry.state.rawValue), .integer(Int64(entry.attempt)), .text(entry.fingerprint.description),
          .text(entry.signature), .text(entry.updated))
      }
    }
  }

  package mutating func claim(_ entry: LedgerEntry, job: String) throws(DatabaseError) {
    try transaction { driver throws(DatabaseError) in
      try driver.update(entry, job: job, from: entry.attempt - 1)
    }
  }

  package mutating func record(_ entry: LedgerEntry, job: String) throws(DatabaseError) {
    try update(entry, job: job, from: entry.attempt)
  }

  /// Compare and swap on the attempt number: the statement's row lock makes it the fence.
  private mutating func update(_ entry: LedgerEntry, job: String, from attempt: Int) throws(DatabaseError) {
    let marks = (1...8).map(dialect.placeholder)
    let changed = try execute(
      """
      UPDATE \(units) SET state = \(marks[0]), attempt = \(marks[1]), fingerprint = \(marks[2]), \
      updated = \(marks[3]) WHERE job = \(marks[4]) AND table_name = \(marks[5]) AND unit = \(marks[6]) \
      AND attempt = \(marks[7])
      """, .text(entry.state.rawValue), .integer(Int64(entry.attempt)), .text(entry.fingerprint.description),
      .text(entry.updated), .text(job), .text(entry.unit.table), .integer(Int64(entry.unit.index)),
      .integer(Int64(attempt)))
    guard changed.changes == 1 else {
      throw failure(
        .fenced, LedgerEntry.replaced(entry.unit, attempt: attempt), remedy: LedgerEntry.replacedRemedy,
        operation: "commit a unit")
    }
  }

  package mutating func putAside(_ obstacles: [Obstacle], job: String) throws(DatabaseError) {
    guard !obstacles.isEmpty else { return }
    try transaction { driver throws(DatabaseError) in
      try driver.recordAside(obstacles, job: job)
      for obstacle in obstacles where !obstacle.removal.isEmpty { try driver.execute(obstacle.removal) }
    }
  }

  /// Writes down what is put aside, in the open transaction that puts it aside.
  package mutating func recordAside(_ obstacles: [Obstacle], job: String) throws(DatabaseError) {
    let last = try execute(
      "SELECT max(position) FROM \(aside) WHERE job = \(dialect.placeholder(1))", .text(job))
    var position = last.rows.first?.first?.integer ?? 0
    for obstacle in obstacles {
      position += 1
      try execute(
        "INSERT INTO \(aside) (job, position, obstacle) VALUES (\(placeholders(1...3)))",
        .text(job), .integer(position), .text(json(obstacle)))
    }
  }

  package mutating func restore(job: String) throws(DatabaseError) -> [Obstacle] {
    guard try tableExists(TableName(schema: ledgerSchema, name: LedgerTables.putAside)) else { return [] }
    let result = try execute(
      "SELECT position, obstacle FROM \(aside) WHERE job = \(dialect.placeholder(1)) ORDER BY position",
      .text(job))
    var recorded: [(position: Int64, obstacle: Obstacle)] = []
    for row in result.rows {
      guard let position = row[0].integer, let text = row[1].text,
        let obstacle = try? JSONDecoder().decode(Obstacle.self, from: Data(text.utf8))
      else {
        throw failure(
          .permanent, "its record of what was put aside cannot be understood",
          remedy: "Look at the table \(LedgerTables.putAside) and restore by hand what it names.",
          operation: "restore indexes and constraints")
      }
      recorded.append((position, obstacle))
    }
    recorded.sort { ($0.obstacle.kind.rawValue, $0.position) < ($1.obstacle.kind.rawValue, $1.position) }
    var firstError: DatabaseError?
    for (position, obstacle) in recorded {
      do throws(DatabaseError) {
        try restore(obstacle, at: position, job: job)
      } catch {
        // The others do not wait for the one that cannot be restored.
        guard error.errorClass != .cancelled, error.errorClass != .connectionLost else { throw error }
        firstError = firstError ?? error
      }
    }
    if let firstError { throw firstError }
    return recorded.map(\.obstacle)
  }

  private mutating func restore(
    _ obstacle: Obstacle, at position: Int64, job: String
  ) throws(DatabaseError) {
    do throws(DatabaseError) {
      try transaction { driver throws(DatabaseError) in
        let (first, second) = (driver.dialect.placeholder(1), driver.dialect.placeholder(2))
        if try driver.isOwed(obstacle) { try driver.execute(obstacle.restoration) }
        try driver.execute(
          "DELETE FROM \(driver.aside) WHERE job = \(first) AND position = \(second)",
          .text(job), .integer(position))
      }
    } catch {
      var error = error
      error.place.operation = "restore \(obstacle.kind) \(obstacle.name)"
      error.place.table = obstacle.table.description
      error.remedy =
        error.remedy
        ?? "Mend what is in its way and run again; or, if it is no longer wanted, delete its row from \(LedgerTables.putAside)."
      throw error
    }
  }

  /// False if somebody has brought it back meanwhile, or dropped its table.
  private mutating func isOwed(_ obstacle: Obstacle) throws(DatabaseError) -> Bool {
    guard try tableExists(obstacle.table) else { return false }
    return try !obstacles(obstacle.table).contains {
      $0.table == obstacle.table && $0.kind == obstacle.kind && $0.name == obstacle.name
    }
  }
}

/// JSON with sorted keys: the same value is the same text.
private func json(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  guard let data = try? encoder.encode(value) else {
    preconditionFailure("ledger values are plain structs, which always encode")
  }
  return String(decoding: data, as: UTF8.self)
}
