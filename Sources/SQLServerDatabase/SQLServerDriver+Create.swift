import Databases
import Rows

extension SQLServerDriver {
  package mutating func create(_ table: TableSchema, job: String) throws(DatabaseError) -> [String] {
    try closeRead()
    try requireSchema(operation: "create")
    try checkCreatable(table)
    let target = TableName(schema: schema, name: table.name.name)
    if try tableExists(target) {
      throw failure(
        .configuration, "it exists already", remedy: "Drop the table, or leave it to be replicated into.",
        operation: "create", table: table.name)
    }
    if try !tableExists(TableName(schema: schema, name: LedgerTables.putAside)) { try prepareLedger() }
    do throws(DatabaseError) {
      return try create(table, as: target, isPlain: false, job: job)
    } catch {
      // Its defaults, checks and computed columns may call functions that this database does not have.
      guard table.engine == engine, error.errorClass == .configuration || error.errorClass == .permanent
      else {
        throw error
      }
      return try create(table, as: target, isPlain: true, job: job)
    }
  }

  private mutating func create(
    _ table: TableSchema, as target: TableName, isPlain: Bool, job: String
  ) throws(DatabaseError) -> [String] {
    var definition = TableDefinition(table, isPlain: isPlain)
    let statement = definition.statement(target)
    let later = definition.later(target)
    try transaction { driver throws(DatabaseError) in
      try driver.session.run(statement, operation: "create", table: target)
      if !later.isEmpty { try driver.recordAside(later, job: job) }
    }
    return definition.notes + table.omissions(in: engine)
  }

  private func checkCreatable(_ table: TableSchema) throws(DatabaseError) {
    for column in table.columns where !table.keepsGeneration(of: column, in: engine) {
      var isKnown = column.type != nil || table.engine == engine
      if case .opaque = column.type { isKnown = false }
      guard isKnown else {
        throw failure(
          .configuration, "column \(column.name) has the type \(column.declared), which SQL Server has not",
          remedy: "Leave the column out, or create the table by hand with a type that holds it.",
          operation: "create", table: table.name)
      }
    }
    let keys = [table.primaryKey].compactMap { $0 } + table.indexes
    let names =
      [table.name.name] + table.columns.map(\.name) + keys.map(\.name) + table.foreignKeys.map(\.name)
    let limit = SQLServerDialect.maxIdentifierLength
    guard let long = names.first(where: { $0.utf16.count > limit }) else { return }
    throw failure(
      .configuration,
      "the name \(long) has \(long.utf16.count) characters, and SQL Server's names have at most \(limit)",
      remedy: "Rename it in the source, or create the table by hand with a shorter name.",
      operation: "create", table: table.name)
  }
}
