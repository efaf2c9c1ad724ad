import ModelDatabase
import Testing

@testable import SQLServerSimulator

/// A database `db` with what the catalog can show: keys, indexes, constraints, all types, a view, a trigger
/// and routines.
extension QueryServer {
  static func withCatalog() throws -> QueryServer {
    var server = try QueryServer()
    server.context.catalog = SystemCatalog()
    server.context.storage.alterDatabase(server.context.session.database) { $0.schemas.append("sales") }
    let parent = try server.addParent()
    try server.addChild(of: parent)
    try server.addTypes()
    try server.add(
      "my order", schema: "sales", [ColumnDescription(name: "a.b", id: 1, type: .int, isNullable: true)])
    server.addModules(parent)
    _ = try server.run("SELECT 1 AS id INTO #own")
    return server
  }

  /// Makes a table; its number in the storage.
  @discardableResult
  mutating func add(
    _ name: String, schema: String = "dbo", _ columns: [ColumnDescription],
    _ change: @escaping (inout ServerTable) -> Void = { _ in }
  ) throws -> Int {
    let session = context.session
    let attempt = try context.attempt { context throws(SQLError) in
      let number = try context.storage.createTable(
        session.number, session.database, QualifiedName(schema, name))
      try context.storage.alterTable(session.number, number) { (table: inout ServerTable) throws(SQLError) in
        table.about.columns = columns
        table.about.lastColumnID = Int32(columns.count)
        change(&table)
      }.value()
      return number
    }
    guard case .done(let number) = attempt else { throw SQLError.blocked }
    return number
  }

  mutating func storing(
    _ body: (inout Storage, Int) throws(SQLError) -> Void
  ) throws {
    let session = context.session.number
    _ = try context.attempt { context throws(SQLError) in try body(&context.storage, session) }
  }

  mutating func newID() -> Int32 { context.storage.newObjectID(context.session.database) }

  private mutating func addParent() throws -> Int {
    var id = ColumnDescription(name: "id", id: 1, type: .int, isNullable: false)
    id.isIdentity = true
    var name = ColumnDescription(name: "name", id: 3, type: .nvarchar(50), isNullable: true)
    name.defaultValue = .init(name: "DF_parent_name", objectID: newID(), text: "(N'x')")
    let code = ColumnDescription(name: "code", id: 2, type: .varchar(10), isNullable: false)
    let constraints = [
      ConstraintDescription(name: "PK_parent", objectID: newID(), kind: .primaryKey(1)),
      ConstraintDescription(name: "UQ_parent_code", objectID: newID(), kind: .unique(2)),
    ]
    let number = try add("parent", [id, code, name]) { table in
      table.about.constraints = constraints
      table.identity = IdentityCounter(seed: 10, increment: 5)
    }
    try storing { storage, session throws(SQLError) in
      try storage.setClustered(
        session, number,
        IndexDescription(
          "PK_parent", KeyMaker([KeyColumn(0, .int)]), isUnique: true, constraint: .primaryKey)
      ).value()
      _ = try storage.createIndex(
        session, number,
        IndexDescription(
          "UQ_parent_code", KeyMaker([KeyColumn(1, .varchar(10))]), isUnique: true, constraint: .unique)
      ).value()
      var builder = RowChunkBuilder()
      for (id, code) in [(10, "a"), (15, "b")] {
        builder.append(SQLType.int.encoded(.integer(Int64(id))))
        builder.append(Array(code.utf8))
        builder.appendNull()
        builder.endRow()
      }
      _ = try storage.insert(session, into: number, builder.finish()).value()
      storage.noteIdentity(session, number, 15)
    }
    return number
  }

  private mutating func addChild(of parent: Int) throws {
    var amount = ColumnDescription(name: "amount", id: 3, type: .decimal(10, 2), isNullable: false)
    amount.defaultValue = .init(name: "DF__child__amount__1A", objectID: newID(), text: "((0))")
    var total = ColumnDescription(name: "total", id: 5, type: .decimal(13, 2), isNullable: true)
    total.computed = "([amount]*(2))"
    let columns = [
      ColumnDescription(name: "id", id: 1, type: .bigint, isNullable: false),
      ColumnDescription(name: "parent_id", id: 2, type: .int, isNullable: true), amount, total,
      ColumnDescription(name: "stamp", id: 6, type: .rowversion, isNullable: false),
    ]
    var reference = ConstraintDescription.Reference(
      columns: [1], table: parent, referencedColumns: [0], index: 1)
    reference.onDelete = .cascade
    var check = ConstraintDescription(
      name: "CK_child_amount", objectID: newID(), kind: .check("([amount]>=(0))"))
    check.isTrusted = false
    let constraints = [
      ConstraintDescription(name: "PK_child", objectID: newID(), kind: .primaryKey(2)),
      ConstraintDescription(name: "FK_child.parent", objectID: newID(), kind: .foreignKey(reference)), check,
    ]
    let number = try add("child", columns) { $0.about.constraints = constraints }
    try storing { storage, session throws(SQLError) in
      _ = try storage.createIndex(
        session, number,
        IndexDescription(
          "PK_child", KeyMaker([KeyColumn(0, .bigint)]), isUnique: true, constraint: .primaryKey)
      ).value()
      var filtered = IndexDescription(
        "IX_child_parent", KeyMaker([KeyColumn(1, .int, isDescending: true)]), isUnique: false)
      filtered.included = [2]
      filtered.filter = { _ in true }
      filtered.filterText = "([parent_id] IS NOT NULL)"
      _ = try storage.createIndex(session, number, filtered).value()
    }
  }

  private mutating func addTypes() throws {
    let types: [SQLType] = [
      .bit, .tinyint, .smallint, .int, .bigint, .decimal(18, 4), .numeric(38, 10), .smallmoney, .money, .real,
      .float, .date, .time(7), .smalldatetime, .datetime, .datetime2(3), .datetimeoffset(0), .char(10),
      .varchar(20), .varchar(-1), .text(), .nchar(5), .nvarchar(100), .nvarchar(-1), .ntext(), .binary(8),
      .varbinary(16), .varbinary(-1), .image, .uniqueidentifier, .xml, .variant,
      .nvarchar(10, Collation(.latin1Version100, [.accentSensitive, .caseSensitive])),
    ]
    try add(
      "types",
      types.enumerated().map { index, type in
        ColumnDescription(name: "c\(index + 1)", id: Int32(index + 1), type: type, isNullable: true)
      })
  }

  private mutating func addModules(_ parent: Int) {
    let database = context.session.database
    func add(_ name: String, _ kind: ServerModule.Kind, _ text: String) {
      let id = newID()
      context.storage.modules.append(
        ServerModule(
          objectID: id, database: database, name: QualifiedName("dbo", name), kind: kind, text: text))
    }
    add(
      "v_parent", .view, "CREATE VIEW dbo.v_parent (key_, code) AS SELECT id, code FROM parent WHERE id > 10")
    add(
      "trg_parent", .trigger(.init(table: parent, isInsteadOf: false, events: [.insert, .delete])),
      "CREATE TRIGGER dbo.trg_parent ON dbo.parent AFTER INSERT, DELETE AS SELECT 1")
    add("p_one", .procedure, "CREATE PROCEDURE dbo.p_one AS SELECT 1")
    add("f_one", .function, "CREATE FUNCTION dbo.f_one (@a int) RETURNS TABLE AS RETURN (SELECT 1 AS x)")
  }
}
