import Testing

@testable import SQLServerSimulator

@Suite struct DefinitionTests {
  private func table(_ elements: String) throws -> TableElements {
    guard case .createTable(let create) = try Parsing.statement("CREATE TABLE t (\(elements))") else {
      throw Parsing.Unexpected(what: elements)
    }
    return create.elements
  }

  private func action(_ text: String) throws -> AlterTableAction {
    guard case .alterTable(let alter) = try Parsing.statement("ALTER TABLE dbo.t " + text) else {
      throw Parsing.Unexpected(what: text)
    }
    return alter.action
  }

  @Test func `columns have types, nullability, identity, defaults and collations in any order`() throws {
    let columns = try table(
      """
      Id int IDENTITY(1, -1) NOT FOR REPLICATION NOT NULL, [Display Name] nvarchar(40) COLLATE \
      Latin1_General_BIN2 NULL,
      d datetime2(3) NOT NULL CONSTRAINT df DEFAULT (getdate()), g uniqueidentifier ROWGUIDCOL DEFAULT \
      newid(),
      v rowversion, timestamp, x xml SPARSE NULL, b varbinary(max), i int constraint n not null identity primary key
      """
    ).columns
    #expect(
      columns.map(\.type?.name.text) == [
        "int", "nvarchar", "datetime2", "uniqueidentifier", "rowversion", "timestamp", "xml", "varbinary",
        "int",
      ])
    #expect(columns[0].identity?.increment == .unary(.minus, integer(1)))
    #expect(columns[0].identity?.isNotForReplication == true)
    #expect(columns.map(\.isNullable) == [false, true, false, nil, nil, nil, true, nil, false])
    #expect(columns[1].collation?.text == "Latin1_General_BIN2")
    #expect(columns[2].defaultValue?.constraintName?.text == "df")
    #expect(columns[3].isRowGUID)
    #expect(columns[6].isSparse)
    #expect(columns[8].identity?.seed == integer(1))
  }

  @Test func `the source of defaults, checks and computed columns is found`() throws {
    let text = """
      CREATE TABLE t (a int DEFAULT ((0)) NOT NULL, b AS (a * 2) PERSISTED NOT NULL,
      c int CONSTRAINT ck CHECK ( c > 0 and c < 10 ))
      """
    let batch = try Parser.parse(text)
    guard case .createTable(let create) = batch.statements[0].body,
      case .check(let check, false) = create.elements.constraints[0].kind
    else { throw Parsing.Unexpected(what: text) }
    let columns = create.elements.columns
    #expect(columns[0].defaultValue.map { batch.source(of: $0.value.range) } == "((0))")
    #expect(columns[1].computed.map { batch.source(of: $0.expression.range) } == "(a * 2)")
    #expect(columns[1].computed?.isPersisted == true)
    #expect(batch.source(of: check.range) == "c > 0 and c < 10")
    #expect(create.elements.constraints[0].name?.text == "ck")
  }

  @Test func `constraints of columns and of tables are the same`() throws {
    let inline = try table(
      "a int CONSTRAINT p PRIMARY KEY, b int UNIQUE, c int REFERENCES u (x) ON DELETE CASCADE")
    let apart = try table(
      """
      a int, b int, c int, CONSTRAINT p PRIMARY KEY (a), UNIQUE (b),
      FOREIGN KEY (c) REFERENCES u (x) ON DELETE CASCADE
      """)
    #expect(inline.constraints.map(\.kind).dropLast() == apart.constraints.map(\.kind).dropLast())
    #expect(inline.constraints.map(\.name) == apart.constraints.map(\.name))
  }

  @Test func `keys have clustering, order and options`() throws {
    let constraints = try table(
      """
      a int, b int, CONSTRAINT pk PRIMARY KEY NONCLUSTERED (a ASC, b DESC) WITH (PAD_INDEX = OFF, \
      FILLFACTOR = 80)
      ON [PRIMARY], UNIQUE CLUSTERED (b), FOREIGN KEY (a, b) REFERENCES dbo.u ON UPDATE SET NULL ON DELETE \
      NO ACTION
      """
    ).constraints
    guard case .primaryKey(let key) = constraints[0].kind, case .unique(let unique) = constraints[1].kind,
      case .foreignKey(let foreign) = constraints[2].kind
    else { throw Parsing.Unexpected(what: "\(constraints)") }
    #expect(key.isClustered == false)
    #expect(key.columns.map(\.isDescending) == [false, true])
    #expect(
      key.options == [
        NamedOption(name: "PAD_INDEX", value: "OFF"), NamedOption(name: "FILLFACTOR", value: "80"),
      ])
    #expect(unique.isClustered == true)
    #expect(foreign.referencedColumns.isEmpty)
    #expect(foreign.onUpdate == .setNull)
  }

  @Test func `tables are added to`() throws {
    guard case .add(let columns, nil) = try action("ADD a int NULL, b int NOT NULL DEFAULT 0 WITH VALUES"),
      case .add(let constraint, true) = try action(
        "WITH CHECK ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES u (b) NOT FOR REPLICATION"),
      case .add(let value, nil) = try action("ADD CONSTRAINT df DEFAULT (0) FOR a WITH VALUES"),
      case .default(let definition, let target) = value.constraints[0].kind
    else { throw Parsing.Unexpected(what: "ADD") }
    #expect(columns.columns.count == 2)
    #expect(columns.columns[1].defaultValue?.fillsExistingRows == true)
    #expect(constraint.constraints.count == 1)
    #expect(definition.fillsExistingRows)
    #expect(target.text == "a")
    #expect(
      Parsing.failure("ALTER TABLE t ADD COLUMN a int")?.message
        == "Incorrect syntax near the keyword 'COLUMN'.")
  }

  @Test func `tables are changed in every other way`() throws {
    let names = [Identifier("a"), Identifier("b")]
    #expect(
      try action("NOCHECK CONSTRAINT ALL") == .switchConstraints([], isOn: false, checksRows: nil))
    #expect(
      try action("WITH CHECK CHECK CONSTRAINT a, b")
        == .switchConstraints(names, isOn: true, checksRows: true))
    #expect(
      try action("WITH NOCHECK CHECK CONSTRAINT ALL")
        == .switchConstraints([], isOn: true, checksRows: false))
    #expect(try action("DISABLE TRIGGER ALL") == .switchTriggers([], isOn: false))
    #expect(try action("ENABLE TRIGGER a, b") == .switchTriggers(names, isOn: true))
    #expect(
      try action("DROP COLUMN IF EXISTS a, b, CONSTRAINT c")
        == .drop([
          DroppedElement(kind: .column, name: names[0], ifExists: true),
          DroppedElement(kind: .column, name: names[1], ifExists: true),
          DroppedElement(kind: .constraint, name: Identifier("c"), ifExists: false),
        ]))
    #expect(
      try action("DROP a")
        == .drop([DroppedElement(kind: .constraint, name: names[0], ifExists: false)]))
    guard case .alterColumn(let column) = try action("ALTER COLUMN a nvarchar(10) COLLATE x NOT NULL") else {
      throw Parsing.Unexpected(what: "ALTER COLUMN")
    }
    #expect(column.isNullable == false)
    #expect(
      try action("SET (LOCK_ESCALATION = DISABLE)")
        == .set([NamedOption(name: "LOCK_ESCALATION", value: "DISABLE")]))
    #expect(try action("REBUILD") == .rebuild([]))
  }

  @Test func `indexes are made, changed and dropped`() throws {
    let batch = try Parser.parse(
      """
      CREATE UNIQUE NONCLUSTERED INDEX i ON dbo.t (a DESC, b) INCLUDE (c, d) WHERE (a IS NOT NULL)
      WITH (FILLFACTOR = 90, ONLINE = ON, DATA_COMPRESSION = PAGE) ON [PRIMARY]
      """)
    guard case .createIndex(let index, on: _) = batch.statements[0].body else {
      throw Parsing.Unexpected(what: "no INDEX")
    }
    #expect(index.isUnique)
    #expect(!index.isClustered)
    #expect(index.includedColumns.count == 2)
    #expect(index.filter.map { batch.source(of: $0.range) } == "(a IS NOT NULL)")
    #expect(index.options.map(\.value) == ["90", "ON", "PAGE"])

    let t = ObjectName(name: Identifier("t"))
    #expect(
      try Parsing.statement("alter index all on t rebuild partition = all with (online = on)")
        == .alterIndex(
          AlterIndexStatement(
            name: nil, table: t, action: .rebuild, options: [NamedOption(name: "ONLINE", value: "ON")])))
    #expect(
      try Parsing.statement("alter index i on t disable")
        == .alterIndex(AlterIndexStatement(name: Identifier("i"), table: t, action: .disable, options: [])))
    let dropped = DroppedIndex(name: Identifier("i"), table: t)
    #expect(try Parsing.statement("drop index if exists i on t") == .dropIndexes([dropped], ifExists: true))
    #expect(try Parsing.statement("drop index t.i") == .dropIndexes([dropped], ifExists: false))
  }

  @Test func `objects and databases are made and dropped`() throws {
    let names = ["a", "b"].map { ObjectName(name: Identifier($0)) }
    #expect(try Parsing.statement("drop table if exists a, b") == .drop(.table, names, ifExists: true))
    #expect(try Parsing.statement("drop proc a") == .drop(.procedure, [names[0]], ifExists: false))
    #expect(try Parsing.statement("drop database a, b") == .drop(.database, names, ifExists: false))
    #expect(try Parsing.statement("create schema a authorization dbo") == .createSchema(Identifier("a")))
    #expect(
      try Parsing.statement("create database a collate x")
        == .createDatabase(Identifier("a"), collation: Identifier("x")))
    #expect(
      try Parsing.statement(
        "alter database a set allow_snapshot_isolation on, read_only with rollback immediate")
        == .alterDatabase(
          AlterDatabaseStatement(
            database: Identifier("a"),
            options: [
              NamedOption(name: "ALLOW_SNAPSHOT_ISOLATION", value: "ON"),
              NamedOption(name: "READ_ONLY", value: ""),
            ])))
    #expect(
      try Parsing.statement("alter database current set compatibility_level = 160")
        == .alterDatabase(
          AlterDatabaseStatement(
            database: nil, options: [NamedOption(name: "COMPATIBILITY_LEVEL", value: "160")])))
  }

  @Test func `a view is kept as text and as a query`() throws {
    let text = "CREATE VIEW v (x) WITH SCHEMABINDING AS SELECT a FROM dbo.t WITH CHECK OPTION"
    let batch = try Parser.parse(text + ";\n")
    guard case .createView(let view) = batch.statements[0].body else { throw Parsing.Unexpected(what: text) }
    #expect(batch.source(of: view.range) == text)
    #expect(view.withCheckOption)
    #expect(view.columns.count == 1)
    #expect(Parsing.failure("select 1 create view v as select 1 a")?.number == 111)
    #expect(Parsing.failure("create view v as select 1 a select 2")?.number == 156)
  }

  @Test func `a trigger is kept as text and as statements`() throws {
    let text = """
      CREATE TRIGGER tr ON dbo.t AFTER INSERT, UPDATE NOT FOR REPLICATION AS
      SET NOCOUNT ON
      IF UPDATE(a) UPDATE t SET b = 1 FROM t JOIN inserted i ON t.id = i.id
      """
    let batch = try Parser.parse(text)
    guard case .createTrigger(let trigger) = batch.statements[0].body else {
      throw Parsing.Unexpected(what: text)
    }
    #expect(batch.source(of: trigger.range) == text)
    #expect(trigger.events == [.insert, .update])
    #expect(trigger.body.count == 2)
    #expect(trigger.bodyRefusal == nil)
  }

  @Test func `a trigger whose body is refused exists, and knows why`() throws {
    let text = "create trigger tr on t instead of delete as declare c cursor for select 1"
    guard case .createTrigger(let trigger) = try Parsing.statement(text) else {
      throw Parsing.Unexpected(what: text)
    }
    #expect(trigger.isInsteadOf)
    #expect(trigger.bodyRefusal?.message.contains("CURSOR") == true)
    #expect(Parsing.failure("create trigger tr on t for delete as select from")?.number == 156)
  }

  @Test func `a table is defined as Management Studio scripts it`() throws {
    let statements = try Parsing.statements(
      """
      SET ANSI_NULLS ON
      SET QUOTED_IDENTIFIER ON
      CREATE TABLE [dbo].[Posts](
        [Id] [int] IDENTITY(1,1) NOT NULL,
        [Score] [decimal](18, 2) NOT NULL,
        [Body] [nvarchar](max) NULL,
        [Name]  AS (([First]+' ')+[Last]) PERSISTED NOT NULL,
       CONSTRAINT [PK_Posts] PRIMARY KEY CLUSTERED
      (
        [Id] ASC
      )WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF, IGNORE_DUP_KEY = OFF, ALLOW_ROW_LOCKS = ON,
      ALLOW_PAGE_LOCKS = ON, OPTIMIZE_FOR_SEQUENTIAL_KEY = OFF) ON [PRIMARY]
      ) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
      ALTER TABLE [dbo].[Posts] ADD  CONSTRAINT [DF_Score]  DEFAULT ((0)) FOR [Score]
      ALTER TABLE [dbo].[Posts] ADD  DEFAULT (getdate()) FOR [Body]
      ALTER TABLE [dbo].[Posts]  WITH NOCHECK ADD  CONSTRAINT [FK] FOREIGN KEY([Id])
      REFERENCES [dbo].[Users] ([Id]) NOT FOR REPLICATION
      ALTER TABLE [dbo].[Posts] NOCHECK CONSTRAINT [FK]
      ALTER TABLE [dbo].[Posts]  WITH CHECK ADD CHECK  (([Score]>=(0)))
      CREATE NONCLUSTERED INDEX [IX] ON [dbo].[Posts]
      (
        [Score] ASC
      )
      INCLUDE([Body])
      WHERE ([Score] IS NOT NULL)
      WITH (PAD_INDEX = OFF, SORT_IN_TEMPDB = OFF, DROP_EXISTING = OFF, ONLINE = OFF) ON [PRIMARY]
      """)
    #expect(statements.count == 9)
    guard case .createTable(let create) = statements[2],
      case .primaryKey(let key) = create.elements.constraints[0].kind
    else { throw Parsing.Unexpected(what: "no table") }
    #expect(create.elements.columns.map(\.type?.name.text) == ["int", "decimal", "nvarchar", nil])
    #expect(key.options.map(\.name).last == "OPTIMIZE_FOR_SEQUENTIAL_KEY")
  }

  @Test func `procedures and functions are kept as text`() throws {
    let text = "CREATE OR ALTER PROCEDURE dbo.p @a int AS BEGIN anything at all END"
    let batch = try Parser.parse(text)
    guard case .createRoutine(let routine) = batch.statements[0].body else {
      throw Parsing.Unexpected(what: text)
    }
    #expect(routine.verb == .createOrAlter)
    #expect(routine.kind == .procedure)
    #expect(batch.source(of: routine.range) == text)
  }
}
