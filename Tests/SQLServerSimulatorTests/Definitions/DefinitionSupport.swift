import ModelDatabase
import Testing

@testable import SQLServerSimulator

/// A server with a database `db`, in which statements of definition, SELECT and DBCC run.
struct DefinitionServer {
  var query: QueryServer

  init(_ setup: String...) throws {
    query = try QueryServer()
    query.context.catalog = ModuleCatalog()
    for text in setup {
      let outcome = self(text)
      guard outcome == "" else { throw Failure(outcome: outcome) }
    }
  }

  struct Failure: Error {
    let outcome: String
  }

  var storage: Storage { query.context.storage }

  /// Runs a batch: messages and the error that ended it by their numbers, "waits" for a lock, "" if it is
  /// done. `8111 !1750` is a message, or an error before the one that ended the statement.
  mutating func callAsFunction(_ text: String) -> String {
    var said: [String] = []
    do throws(SQLError) {
      let batch = try Parser.parse(text)
      for statement in batch.statements {
        defer { said += query.context.evaluation.warnings.map { "\($0.number)" } }
        query.context.evaluation.warnings = []
        guard try run(statement, in: batch) else { return (said + ["waits"]).joined(separator: " ") }
      }
    } catch {
      said.append("!\(error.number)")
    }
    return said.joined(separator: " ")
  }

  private mutating func run(_ statement: Statement, in batch: Batch) throws(SQLError) -> Bool {
    let session = query.context.session.number
    switch statement.body {
    case .beginTransaction: query.context.storage.begin(session)
    case .commitTransaction: try query.context.storage.commit(session)
    case .rollbackTransaction: try query.context.storage.rollback(session)
    case .use(let name): query.context.session.database = storage.database(name.text)?.id ?? 1
    default:
      let attempt = try query.context.attempt { context throws(SQLError) in
        switch statement.body {
        case .dbcc(let statement): try context.dbcc(statement)
        case .select(let select): _ = try context.select(select)
        default: try context.define(statement, in: batch)
        }
      }
      guard case .done = attempt else { return false }
    }
    return true
  }

  mutating func rename(_ old: String, _ new: String, _ kind: String? = nil) -> String {
    query.context.evaluation.warnings = []
    var said: [String] = []
    do throws(SQLError) {
      let attempt = try query.context.attempt { context throws(SQLError) in
        try context.renameObject(old, to: new, kind: kind)
      }
      guard case .done = attempt else { return "waits" }
      said = query.context.evaluation.warnings.map { "\($0.number)" }
    } catch {
      said.append("!\(error.number)")
    }
    return said.joined(separator: " ")
  }

  /// The message of the error that ends a batch.
  mutating func message(_ text: String) -> String {
    do throws(SQLError) {
      let batch = try Parser.parse(text)
      for statement in batch.statements { _ = try run(statement, in: batch) }
      return ""
    } catch {
      return error.message
    }
  }

  /// Texts of the messages that a batch leaves.
  mutating func messages(_ text: String) -> [String] {
    _ = self(text)
    return query.context.evaluation.warnings.map(\.message)
  }

  /// Another session, which goes on from here; the one before.
  mutating func connect() -> SessionState { query.connect() }

  /// Lets a session go on.
  mutating func resume(_ session: SessionState) -> SessionState {
    defer { query.context.session = session }
    return query.context.session
  }

  /// Puts the rows of a query into a table: a value for each column. Identities count.
  mutating func insert(_ name: String, _ text: String) throws {
    let number = try number(of: name)
    guard case .rows(let set)? = try query.run(text) else { return }
    let about = storage.table(number).about
    let identity = about.columns.firstIndex(where: \.isIdentity)
    let session = query.context.session.number
    _ = try query.context.attempt { context throws(SQLError) in
      var builder = RowChunkBuilder()
      var identities: [Int64] = []
      try set.forEach { (values: [UnsafeRawBufferPointer?]) throws(SQLError) in
        for (index, column) in about.columns.enumerated() {
          let source = set.columns[index].declared
          try column.type.appendStored(converting: values[index], from: source, to: &builder.bytes)
          if index == identity, case .integer(let value) = source.decoded(values[index]) {
            identities.append(value)
          }
        }
        builder.endRow()
      }
      try context.storage.insert(session, into: number, builder.finish()).value()
      for value in identities { context.storage.noteIdentity(session, number, value) }
    }
  }

  func number(of name: String) throws -> Int {
    let parts = name.split(separator: ".").map(String.init)
    let isTemporary = name.hasPrefix("#")
    if name.hasPrefix("@") { return try #require(query.context.session.tableVariables[name]) }
    let found = storage.findTable(
      query.context.session.number, isTemporary ? Storage.tempdb : query.context.session.database,
      parts.count == 1 ? QualifiedName("dbo", name) : QualifiedName(parts[0], parts[1]))
    return try #require(found)
  }

  func table(_ name: String) throws -> ServerTable { storage.table(try number(of: name)) }

  /// `id int identity; name nvarchar(40) null default (N'x'); twice int null as ([id]*(2))`.
  func columns(_ name: String) throws -> String {
    try table(name).about.columns.map { column in
      var text = "\(column.name) \(column.type.declaration)"
      if column.isNullable { text += " null" }
      if column.isIdentity { text += " identity" }
      if let value = column.defaultValue { text += " default \(value.text)" }
      if let computed = column.computed { text += " as \(computed)\(column.isPersisted ? " persisted" : "")" }
      return text
    }.joined(separator: "; ")
  }

  /// `PK_t clustered primary key (id); ix (a desc) include (b) where ([a]>(1)) disabled`.
  func indexes(_ name: String) throws -> String {
    let table = try table(name)
    func text(_ about: IndexDescription) -> String {
      func list(_ names: [String]) -> String { "(\(names.joined(separator: ", ")))" }
      let keys = about.keys.columns.map {
        table.about.columns[$0.column].name + ($0.isDescending ? " desc" : "")
      }
      var text = about.name
      switch about.constraint {
      case .primaryKey: text += " primary key"
      case .unique: text += " unique key"
      case nil: if about.isUnique { text += " unique" }
      }
      text += " \(list(keys))"
      if !about.included.isEmpty {
        text += " include \(list(about.included.map { table.about.columns[$0].name }))"
      }
      if let filter = about.filterText { text += " where \(filter)" }
      return text
    }
    var texts = table.clustered.map { [text($0) + " clustered"] } ?? []
    for index in table.indexes { texts.append(text(index.about) + (index.isDisabled ? " disabled" : "")) }
    return texts.joined(separator: "; ")
  }

  /// Checks and foreign keys: `CK_t ([a]>(1)) untrusted; FK_t (a) -> p (id) cascade/noAction`.
  func constraints(_ name: String) throws -> String {
    let table = try table(name)
    func list(_ fields: [Int], of table: ServerTable) -> String {
      "(\(fields.map { table.about.columns[$0].name }.joined(separator: ", ")))"
    }
    return table.about.constraints.compactMap { constraint -> String? in
      var text = constraint.name
      switch constraint.kind {
      case .check(let check): text += " \(check)"
      case .foreignKey(let reference):
        let parent = storage.table(reference.table)
        text += " \(list(reference.columns, of: table)) -> \(parent.name.name) "
        text += list(reference.referencedColumns, of: parent)
        if reference.onDelete != .noAction || reference.onUpdate != .noAction {
          text += " \(reference.onDelete)/\(reference.onUpdate)"
        }
      case .primaryKey, .unique: return nil
      }
      if constraint.isDisabled { text += " disabled" }
      if !constraint.isTrusted { text += " untrusted" }
      return text
    }.joined(separator: "; ")
  }

  mutating func rows(_ text: String) -> String { query(text) }

  /// How many entries an index has.
  func entries(_ index: String, of name: String) throws -> Int {
    let table = try table(name)
    let position = try #require(table.index(index))
    return table.indexes[position].entries.count
  }
}

/// Views by their texts.
struct ModuleCatalog: ServerCatalog {
  func virtualTable(
    schema: String, name: String, database: Int, _ context: inout StatementContext
  ) throws(SQLError) -> (any VirtualTable)? { nil }

  func view(
    _ name: QualifiedName, database: Int, _ context: inout StatementContext
  ) throws(SQLError) -> (query: Query, columns: [Identifier])? {
    guard let module = context.storage.module(name, in: database), module.kind == .view,
      case .createView(let view) = try Parser.parse(module.text).statements[0].body
    else { return nil }
    return (view.query, view.columns)
  }

  func function(_ name: String) -> CatalogFunction? { nil }
}
