import Databases
import Foundation
import Rows

/// Creating tables.
extension SQLiteDriver {
  package mutating func create(_ table: TableSchema, job: String) throws(DatabaseError) -> [String] {
    try checkCreatable(table)
    if !table.indexes.isEmpty, try !tableExists(TableName(name: LedgerTables.putAside)) {
      try prepareLedger()
    }
    var notes: [String] = []
    let definition = CreateTable(try usable(table, &notes), dialect)
    try transaction { driver throws(DatabaseError) in
      try driver.run(SQLStatement(definition.sql), operation: "create", table: table.name)
      let later = try driver.laterIndexes(of: table)
      if !later.isEmpty { try driver.recordAside(later, job: job) }
    }
    return notes + definition.notes + table.omissions(in: engine)
  }

  private func checkCreatable(_ table: TableSchema) throws(DatabaseError) {
    if try tableExists(table.name) {
      throw failure(
        .configuration, "it exists already", remedy: "Drop the table, or leave it to be replicated into.",
        operation: "create", table: table.name)
    }
    guard !table.columns.isEmpty else {
      throw failure(
        .configuration, "a SQLite table has one column at least", operation: "create", table: table.name)
    }
    for column in table.columns where !table.keepsGeneration(of: column, in: engine) {
      var isKnown = column.type != nil
      if case .opaque = column.type { isKnown = false }
      guard isKnown else {
        throw failure(
          .configuration, "column \(column.name) has the type \(column.declared), which SQLite has not",
          remedy: "Leave the column out, or create the table by hand with a type that holds it.",
          operation: "create", table: table.name)
      }
    }
  }

  /// The table without those of its texts that this SQLite refuses: they may call functions or name collations that
  /// only the application has.
  private func usable(
    _ table: TableSchema, _ notes: inout [String]
  ) throws(DatabaseError) -> TableSchema {
    guard table.engine == engine, try refusal(of: table) != nil else { return table }
    var (usable, parts) = CreateTable.takenApart(table)
    for part in parts {
      var candidate = usable
      part.add(&candidate)
      if let reason = try refusal(of: candidate) {
        notes.append(table.notCarried(part.name, because: reason))
      } else {
        usable = candidate
      }
    }
    return usable
  }

  /// Why SQLite would not create the table; it looks at all expressions before it runs anything.
  private func refusal(of table: TableSchema) throws(DatabaseError) -> String? {
    do throws(DatabaseError) {
      _ = try prepare(CreateTable(table, dialect).sql, operation: "create", table: table.name)
      return nil
    } catch {
      guard error.errorClass == .permanent, !error.isIOError else { throw error }
      return error.message
    }
  }

  private func list(_ columns: [String]) -> String { columns.map(dialect.quoted).joined(separator: ", ") }

  /// The indexes that `restore` creates once the table is loaded.
  private mutating func laterIndexes(of table: TableSchema) throws(DatabaseError) -> [Obstacle] {
    var taken = try takenNames()
    var later: [Obstacle] = []
    for index in table.indexes {
      let name = SQLiteDriver.freeName(for: index, of: table.name.name, taken)
      taken.insert(name.lowercased())
      let restoration = """
        CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(dialect.quoted(name)) \
        ON \(dialect.quoted(table.name)) (\(list(index.columns)))
        """
      later.append(
        Obstacle(
          table: table.name, kind: index.isUnique ? .uniqueKey : .index, name: name, removal: "",
          restoration: restoration))
    }
    return later
  }

  /// Names of tables and indexes, those that are to come included: SQLite has one space for all of them.
  private func takenNames() throws(DatabaseError) -> Set<String> {
    var names = Set(try catalog("SELECT lower(name) FROM sqlite_schema").compactMap { $0[0].text })
    guard try tableExists(TableName(name: LedgerTables.putAside)) else { return names }
    for row in try catalog("SELECT obstacle FROM \(dialect.quoted(LedgerTables.putAside))") {
      // What cannot be understood here is an error when it is restored.
      guard let text = row[0].text,
        let obstacle = try? JSONDecoder().decode(Obstacle.self, from: Data(text.utf8))
      else { continue }
      names.insert(obstacle.name.lowercased())
    }
    return names
  }

  /// The index's own name, unless another table has an index of that name, or SQLite made the name up.
  private static func freeName(for index: KeySchema, of table: String, _ taken: Set<String>) -> String {
    var name = index.name
    if name.isEmpty || name.lowercased().hasPrefix("sqlite_") {
      name = "\(table)_\(index.columns.joined(separator: "_"))_key"
    }
    if taken.contains(name.lowercased()) { name = "\(table)_\(name)" }
    var candidate = name
    var number = 2
    while taken.contains(candidate.lowercased()) {
      candidate = "\(name)_\(number)"
      number += 1
    }
    return candidate
  }
}
