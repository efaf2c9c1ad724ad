import ModelDatabase
import Testing

@testable import SQLServerSimulator

/// A server with tables and two sessions, which runs statements and shows what they did as text. Tables are
/// made through the storage.
struct WritingServer {
  var query: QueryServer
  private var sessions: [SessionState]
  private var current = 0

  init(_ setup: String...) throws {
    query = try QueryServer()
    sessions = [query.context.session]
    let other = query.context.storage.connect()
    sessions.append(SessionState(number: other, database: query.context.session.database))
    for text in setup {
      let answer = self(text)
      if answer.hasPrefix("!") { Issue.record("\(text): \(answer)") }
    }
  }

  /// Goes on as the session of this number, 0 or 1.
  mutating func use(_ session: Int) {
    sessions[current] = query.context.session
    current = session
    query.context.session = sessions[session]
  }

  mutating func begin() { query.context.storage.begin(query.context.session.number) }
  mutating func commit() throws { try query.context.storage.commit(query.context.session.number) }
  mutating func rollback() throws { try query.context.storage.rollback(query.context.session.number) }

  var storage: Storage {
    get { query.context.storage }
    _modify { yield &query.context.storage }
  }

  var session: SessionState {
    get { query.context.session }
    _modify { yield &query.context.session }
  }

  /// What the last statement of a batch did: rows as `1 a|2 NULL`, a number of rows as `#3`, an error as
  /// `!515`, a wait as `waits`.
  mutating func callAsFunction(_ text: String) -> String {
    do throws(SQLError) {
      var answer = ""
      for statement in try Parser.parse(text).statements {
        answer = try run(statement)
        if answer == "waits" { return answer }
      }
      return answer
    } catch {
      return "!\(error.number)"
    }
  }

  /// The message of the error that a statement ends with.
  mutating func message(_ text: String) -> String {
    do throws(SQLError) {
      for statement in try Parser.parse(text).statements { _ = try run(statement) }
      return ""
    } catch {
      return error.message
    }
  }

  private mutating func run(_ statement: Statement) throws(SQLError) -> String {
    switch statement.body {
    case .createTable(let create):
      return try attempt { context throws(SQLError) in
        try context.make(create.elements, create.table.name.text)
        return ""
      }
    case .declareTable(let name, let elements):
      return try attempt { context throws(SQLError) in
        let number = try context.make(elements, "#" + name)
        context.session.tableVariables[name.lowercased()] = number
        return ""
      }
    case .insert(let insert): return try write { context throws(SQLError) in try context.insert(insert) }
    case .update(let update): return try write { context throws(SQLError) in try context.update(update) }
    case .delete(let delete): return try write { context throws(SQLError) in try context.delete(delete) }
    case .truncate(let name):
      return try attempt { context throws(SQLError) in
        try context.truncate(name)
        return ""
      }
    case .select(let select):
      return try attempt { context throws(SQLError) in
        switch try context.select(select) {
        case .count(let count): "#\(count)"
        case .rows(let set): try set.text
        }
      }
    default: throw .unsupported("\(statement.body)")
    }
  }

  private mutating func write(
    _ body: (inout StatementContext) throws(SQLError) -> WriteOutcome
  ) throws(SQLError) -> String {
    try attempt { context throws(SQLError) in
      let outcome = try body(&context)
      if let output = outcome.output { return try output.text }
      return "#\(outcome.count)"
    }
  }

  mutating func attempt(
    _ body: (inout StatementContext) throws(SQLError) -> String
  ) throws(SQLError) -> String {
    query.context.evaluation.options = query.context.session.options
    guard case .done(let answer) = try query.context.attempt(body) else { return "waits" }
    return answer
  }

  func number(of name: String) throws -> Int { try query.number(of: name) }

  func constraints(of name: String) throws -> [ConstraintDescription] {
    try #require(storage.tables[number(of: name)]).about.constraints
  }

  mutating func disable(_ constraint: String, of table: String) throws {
    let number = try number(of: table)
    let place = try constraints(of: table).firstIndex { $0.name == constraint }
    storage.tables[number]?.about.constraints[try #require(place)].isDisabled = true
  }

  mutating func addTrigger(
    _ name: String, on table: String, _ events: [TriggerDefinition.Event], isInsteadOf: Bool = false
  ) throws -> Int32 {
    let number = try number(of: table)
    let id = storage.newObjectID(session.database)
    storage.modules.append(
      ServerModule(
        objectID: id, database: session.database, name: QualifiedName("dbo", name),
        kind: .trigger(
          ServerModule.Trigger(table: number, isInsteadOf: isInsteadOf, events: events)), text: ""))
    return id
  }
}

extension StatementContext {
  /// As much of CREATE TABLE as the tests need. Primary keys are clustered.
  @discardableResult
  fileprivate mutating func make(_ elements: TableElements, _ name: String) throws(SQLError) -> Int {
    let number = try storage.createTable(
      session.number, session.database, QualifiedName("dbo", name))
    var (about, identity) = (TableDescription(), IdentityCounter?.none)
    for column in elements.columns { about.columns.append(try describe(column, in: about, &identity)) }
    for constraint in elements.constraints {
      if case .primaryKey(let key) = constraint.kind {
        for column in key.columns { about.columns[about.column(column.name.text) ?? 0].isNullable = false }
      }
    }
    let (columns, counter) = (about, identity)
    try storage.alterTable(session.number, number) { (table: inout ServerTable) throws(SQLError) in
      table.about = columns
      table.identity = counter
    }.value()
    for constraint in elements.constraints { try add(constraint, to: number, name) }
    return number
  }

  private mutating func describe(
    _ column: ColumnDefinition, in table: TableDescription, _ counter: inout IdentityCounter?
  ) throws(SQLError) -> ColumnDescription {
    var type = SQLType.int
    if let declared = column.type { type = try Binder.type(declared) }
    if let computed = column.computed {
      var binder = Binder()
      binder.open([
        (
          name: "t",
          columns: table.columns.enumerated().map {
            SourceColumn($1.name, $1.type, isNullable: $1.isNullable, field: $0)
          }
        )
      ])
      type = try binder.bind(computed.expression.expression, in: &self).knownType
    }
    if type.isText, type.collation == nil { type.collation = .standard }
    var about = ColumnDescription(
      name: column.name.text, id: Int32(table.columns.count + 1), type: type,
      isNullable: column.isNullable ?? (type.kind != .rowversion))
    if let value = column.defaultValue {
      about.defaultValue = ColumnDescription.Default(
        name: "DF", objectID: 1, text: CatalogText.definition(of: value.value.expression) ?? "")
    }
    if let computed = column.computed {
      about.computed = CatalogText.definition(of: computed.expression.expression)
    }
    if let identity = column.identity {
      about.isIdentity = true
      about.isNullable = false
      counter = IdentityCounter(seed: identity.seed.number, increment: identity.increment.number)
    }
    return about
  }

  private mutating func add(
    _ constraint: ConstraintDefinition, to number: Int, _ table: String
  ) throws(SQLError) {
    let count = storage.table(number).about.constraints.count
    let name = constraint.name?.text ?? "C\(count)_\(table)"
    let id = Int32(1000 * (number + 1) + count)
    let kind: ConstraintDescription.Kind
    switch constraint.kind {
    case .primaryKey(let key):
      let about = index(name, key, of: number, .primaryKey)
      try storage.setClustered(session.number, number, about).value()
      kind = .primaryKey(1)
    case .unique(let key):
      let about = index(name, key, of: number, .unique)
      kind = .unique(try storage.createIndex(session.number, number, about).value())
    case .check(let condition, _): kind = .check(CatalogText.definition(of: condition.condition) ?? "")
    case .foreignKey(let key): kind = .foreignKey(try reference(key, from: number))
    case .default: throw .unsupported("DEFAULT FOR")
    }
    let added = ConstraintDescription(name: name, objectID: id, kind: kind)
    try storage.alterTable(session.number, number) { (table: inout ServerTable) throws(SQLError) in
      table.about.constraints.append(added)
    }.value()
  }

  private func index(
    _ name: String, _ key: KeyDefinition, of table: Int, _ constraint: IndexDescription.Constraint
  ) -> IndexDescription {
    let about = storage.table(table).about
    let columns = key.columns.map { column in
      let place = about.column(column.name.text) ?? 0
      return KeyColumn(
        place, about.columns[place].type, isNullable: about.columns[place].isNullable,
        isDescending: column.isDescending)
    }
    return IndexDescription(name, KeyMaker(columns), isUnique: true, constraint: constraint)
  }

  private mutating func reference(
    _ key: ForeignKeyDefinition, from number: Int
  ) throws(SQLError) -> ConstraintDescription.Reference {
    let own = storage.table(number).about
    guard let parent = try Binder.findTable(key.referencedTable, in: &self) else {
      throw .invalidObjectName("parent")
    }
    let other = storage.table(parent)
    let referenced = key.referencedColumns.compactMap { other.about.column($0.text) }
    let keys = other.clustered.map { [(Int32(1), $0)] } ?? []
    let index = (keys + other.indexes.map { ($0.id, $0.about) }).first {
      Set($0.1.keys.columns.map(\.column)) == Set(referenced)
    }
    var reference = ConstraintDescription.Reference(
      columns: key.columns.compactMap { own.column($0.text) }, table: parent,
      referencedColumns: referenced, index: index?.0 ?? 1)
    reference.onDelete = key.onDelete.described
    reference.onUpdate = key.onUpdate.described
    return reference
  }
}

extension ReferentialAction {
  fileprivate var described: ConstraintDescription.Action {
    switch self {
    case .noAction: .noAction
    case .cascade: .cascade
    case .setNull: .setNull
    case .setDefault: .setDefault
    }
  }
}

extension Expression {
  fileprivate var number: Int64 {
    switch self {
    case .literal(.integer(let value)): Int64(value)
    case .literal(.decimal(let digits, _)): Int64(digits) ?? 0
    case .unary(.minus, let operand): -operand.number
    default: 0
    }
  }
}
