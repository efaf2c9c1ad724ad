import Testing

@testable import SQLServerSimulator

@Suite struct CreateTableTests {
  @Test func `columns have types, nullability, identity, defaults and collations`() throws {
    var server = try DefinitionServer(
      """
      CREATE TABLE dbo.t (id bigint IDENTITY(10, 5) NOT NULL, a int, b nvarchar(40) NOT NULL DEFAULT N'x',
        c varchar(9) COLLATE Latin1_General_100_BIN2 NULL, d decimal(18, 4) CONSTRAINT DF_d DEFAULT (0),
        g uniqueidentifier ROWGUIDCOL DEFAULT newid(), v rowversion, s sysname)
      """)
    #expect(
      try server.columns("t")
        == "id bigint identity; a int null; b nvarchar(40) default (N'x'); c varchar(9) null; "
        + "d decimal(18,4) null default ((0)); g uniqueidentifier null default (newid()); v timestamp; "
        + "s nvarchar(128)")
    let table = try server.table("t")
    #expect(table.identity == IdentityCounter(seed: 10, increment: 5))
    #expect(table.about.columns[3].type.collation == Collation(.latin1Version100, .binary2))
    #expect(table.about.columns[2].type.collation == .standard)
    #expect(table.about.columns[4].defaultValue?.name == "DF_d")
    #expect(table.about.columns[5].isRowGUID)
    #expect(table.about.columns.map(\.id) == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(server("CREATE TABLE T (a int)") == "!2714")
    #expect(server.rows("SELECT COUNT(*) FROM t") == "0")
  }

  @Test func `names that the server makes have the shape of SQL Server's`() throws {
    let server = try DefinitionServer(
      """
      CREATE TABLE publishers (pub_id char(4) PRIMARY KEY, country varchar(30) DEFAULT 'USA',
        job_desc varchar(50) UNIQUE CHECK (job_desc <> ''))
      """)
    let table = try server.table("publishers")
    #expect(table.about.columns[1].defaultValue?.name.hasPrefix("DF__publisher__count__") == true)
    #expect(table.clustered?.name.hasPrefix("PK__publishe__") == true)
    #expect(table.clustered?.name.count == 30)
    #expect(table.indexes[0].about.name.hasPrefix("UQ__publishe__") == true)
    #expect(table.about.constraints.map(\.isSystemNamed) == [true, true, true])
    #expect(table.about.constraints[2].name.hasPrefix("CK__publisher__job_d__") == true)
  }

  @Test func `a column that cannot be is refused as SQL Server does`() throws {
    var server = try DefinitionServer()
    for (text, outcome) in [
      ("CREATE TABLE t (a int, A int)", "!2705"), ("CREATE TABLE t (a nosuch)", "!2715"),
      ("CREATE TABLE t (a int(4))", "!2716"), ("CREATE TABLE t (a dbo.mine)", "!2715"),
      ("CREATE TABLE t (a int IDENTITY, b int IDENTITY)", "!2744"),
      ("CREATE TABLE t (a varchar(9) IDENTITY)", "!2749"),
      ("CREATE TABLE t (a decimal(9, 2) IDENTITY)", "!2749"),
      ("CREATE TABLE t (a tinyint IDENTITY(300, 1))", "!2752"),
      ("CREATE TABLE t (a int IDENTITY(1, 0))", "!2753"),
      ("CREATE TABLE t (a int NULL IDENTITY)", "!8147"),
      ("CREATE TABLE t (a int IDENTITY DEFAULT 1)", "1754 !1750"),
      ("CREATE TABLE t (a timestamp, b timestamp)", "!2738"),
      ("CREATE TABLE t (a int COLLATE Latin1_General_BIN)", "!447"),
      ("CREATE TABLE t (a varchar(9) COLLATE Nosuch_CI_AS)", "!448"),
      ("CREATE TABLE nosuch.t (a int)", "!2760"),
      ("CREATE TABLE nosuch.dbo.t (a int)", "!2702"), ("CREATE TABLE sys.t (a int)", "!2760"),
      ("CREATE TABLE ##t (a int)", "!40514"), ("CREATE TABLE t (a int DEFAULT b)", "!128"),
      ("CREATE TABLE t (a int DEFAULT (SELECT 1))", "!1046"), ("CREATE TABLE t (a date DEFAULT 1)", "!206"),
      ("CREATE TABLE t (a int CHECK (b > 0))", "!207"), ("CREATE TABLE t (a int, b AS a + c)", "!207"),
      ("CREATE TABLE t (a int, b AS a + 1, c AS b + 1)", "!1759"),
      ("CREATE TABLE t (a int, b AS GETDATE() PERSISTED)", "!4936"),
      ("CREATE TABLE t (a int, b AS GETDATE())", "!40514"),
      ("CREATE TABLE t (a int, b AS a + 1 NOT NULL)", "!8183"),
    ] {
      #expect(server(text) == outcome, "\(text)")
      #expect(storageIsEmpty(server), "\(text)")
    }
  }

  private func storageIsEmpty(_ server: DefinitionServer) -> Bool {
    server.storage.tables.allSatisfy { $0 == nil }
  }

  @Test func `computed columns have the type of their expression`() throws {
    let server = try DefinitionServer(
      """
      CREATE TABLE t (a int NOT NULL, b nvarchar(10) NOT NULL, c AS a * 2, d AS (b + N'x') PERSISTED,
        e AS ISNULL(a, 0), f AS CAST(a AS bigint) PERSISTED NOT NULL, g int)
      """)
    #expect(
      try server.columns("t")
        == "a int; b nvarchar(10); c int null as ([a]*(2)); d nvarchar(11) as ([b]+N'x') persisted; "
        + "e int as (isnull([a],(0))); f bigint as (CONVERT([bigint],[a])) persisted; g int null")
    #expect(try server.table("t").about.columns[3].type.collation == .standard)
  }

  @Test func `keys are clustered as they say, the primary key if nothing else is`() throws {
    var server = try DefinitionServer(
      "CREATE TABLE a (id int CONSTRAINT PK_a PRIMARY KEY, b int CONSTRAINT UQ_a UNIQUE)",
      """
      CREATE TABLE b (id int NOT NULL, c int, CONSTRAINT PK_b PRIMARY KEY (id DESC, c ASC)
        WITH (FILLFACTOR = 80,
        PAD_INDEX = OFF, IGNORE_DUP_KEY = OFF, DATA_COMPRESSION = PAGE) ON [PRIMARY],
        CONSTRAINT UQ_b UNIQUE CLUSTERED (c)) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
      """,
      """
      CREATE TABLE c (id int PRIMARY KEY NONCLUSTERED, n int INDEX ix_n, m int, x int,
        INDEX ix_c CLUSTERED (m), INDEX ix_m UNIQUE (m, n) INCLUDE (x) WHERE m > 3 AND n IS NOT NULL)
      """)
    #expect(try server.indexes("a") == "PK_a primary key (id) clustered; UQ_a unique key (b)")
    #expect(try server.indexes("b") == "UQ_b unique key (c) clustered; PK_b primary key (id desc, c)")
    #expect(
      try server.indexes("c").hasSuffix(
        "ix_n (n); ix_m unique (m, n) include (x) where ([m]>(3) AND [n] IS NOT NULL)"))
    #expect(try server.columns("b") == "id int; c int")
    #expect(try server.table("c").clustered?.name == "ix_c")
    for (text, outcome) in [
      ("CREATE TABLE t (a int PRIMARY KEY, b int PRIMARY KEY)", "8110 !1750"),
      ("CREATE TABLE t (a int NULL PRIMARY KEY)", "8111 !1750"),
      ("CREATE TABLE t (a int NOT NULL, PRIMARY KEY (b))", "1911 !1750"),
      ("CREATE TABLE t (a int, PRIMARY KEY (a, a))", "1909 !1750"),
      ("CREATE TABLE t (a nvarchar(max) PRIMARY KEY)", "1919 !1750"),
      ("CREATE TABLE t (a int PRIMARY KEY CLUSTERED, b int UNIQUE CLUSTERED)", "8112 !1750"),
      ("CREATE TABLE t (a int PRIMARY KEY CLUSTERED, INDEX i CLUSTERED (a))", "!1902"),
      ("CREATE TABLE t (a int, INDEX i (a), INDEX I (a))", "!1913"),
      ("CREATE TABLE t (a int CONSTRAINT PK_a PRIMARY KEY)", "2714 !1750"),
      ("CREATE TABLE t (a int CONSTRAINT b DEFAULT 1)", "2714 !1750"),
      ("CREATE TABLE t (a int CONSTRAINT x CHECK (a > 0), b int CONSTRAINT X CHECK (b > 0))", "2714 !1750"),
      ("CREATE TABLE PK_a (a int)", "!2714"),
      ("CREATE TABLE t (a int PRIMARY KEY WITH (IGNORE_DUP_KEY = ON))", "!40517"),
      ("CREATE TABLE t (a int PRIMARY KEY WITH (NOSUCH = ON))", "!155"),
      ("CREATE TABLE t (a char(2000) PRIMARY KEY)", "1944 !1750"),
      ("CREATE TABLE t (a nvarchar(900) NOT NULL PRIMARY KEY)", "1945"),
    ] {
      #expect(server(text) == outcome, "\(text)")
    }
  }

  @Test func `a temporary table is the session's own, and another schema has other names`() throws {
    var server = try DefinitionServer(
      "CREATE SCHEMA s", "CREATE TABLE #t (a int)", "CREATE TABLE s.t (a int)")
    #expect(server("CREATE TABLE #T (a int)") == "!2714")
    #expect(server("CREATE TABLE t (a int CONSTRAINT c CHECK (a > 1)); CREATE TABLE s.c (a int)") == "")
    #expect(server("CREATE TABLE tempdb..#u (a int); DROP TABLE #u") == "")
    #expect(try server.table("#t").database == Storage.tempdb)
    _ = server.connect()
    #expect(server("CREATE TABLE #t (b int)") == "")
    #expect(try server.columns("#t") == "b int null")
  }

  @Test func `a table of another database is made there`() throws {
    var server = try DefinitionServer("CREATE DATABASE other", "CREATE TABLE other.dbo.t (a varchar(3))")
    #expect(server.rows("SELECT COUNT(*) FROM other..t") == "0")
    #expect(server.rows("SELECT * FROM t") == "!208")
    #expect(server("CREATE TABLE t (a int)") == "")
  }

  @Test func `a table variable is there until the batch ends, and a rollback leaves it`() throws {
    var server = try DefinitionServer(
      "DECLARE @t TABLE (id int IDENTITY PRIMARY KEY, n nvarchar(9) NOT NULL DEFAULT 'x', CHECK (id > 0))")
    #expect(server("DECLARE @T TABLE (a int)") == "!134")
    #expect(server("BEGIN TRAN; CREATE TABLE u (a int)") == "")
    try server.insert("@t", "SELECT 1, 'a' UNION ALL SELECT 2, 'b'")
    #expect(server("ROLLBACK") == "")
    #expect(server.rows("SELECT id, n FROM @t ORDER BY id") == "1 a|2 b")
    #expect(server.rows("SELECT * FROM u") == "!208")
    #expect(server("BEGIN TRAN; DECLARE @u TABLE (a int)") == "")
    try server.insert("@u", "SELECT 7")
    server.query.context.dropTableVariables()
    #expect(server.rows("SELECT * FROM @t") == "!1087")
    #expect(server("CREATE TABLE v (a int); ROLLBACK; CREATE TABLE w (a int)") == "")
    #expect(server.rows("SELECT * FROM v") == "!208")
    #expect(server.rows("SELECT * FROM w") == "")
    #expect(server.storage.tables.compactMap { $0 }.count == 1)
  }

  @Test func `the nine tables of StackOverflow are made`() throws {
    let server = try DefinitionServer(StackOverflow.tables)
    #expect(
      try server.columns("Comments")
        == "Id int identity; CreationDate datetime; PostId int; Score int null; "
        + "Text nvarchar(700); UserId int null"
    )
    #expect(try server.indexes("Users") == "PK_Users_Id primary key (Id) clustered")
    #expect(try server.indexes("VoteTypes") == "PK_VoteType__Id primary key (Id) clustered")
    #expect(server.storage.tables.count == 9)
  }
}

/// The shape of StackOverflow2010, as SQL Server Management Studio scripts it.
enum StackOverflow {
  static let tables = [
    (
      "Badges", "PK_Badges__Id",
      "[Name] [nvarchar](40) NOT NULL, [UserId] [int] NOT NULL, [Date] [datetime] NOT NULL"
    ),
    (
      "Comments", "PK_Comments__Id",
      """
      [CreationDate] [datetime] NOT NULL, [PostId] [int] NOT NULL, [Score] [int] NULL,
      [Text] [nvarchar](700) NOT NULL, [UserId] [int] NULL
      """
    ),
    ("LinkTypes", "PK_LinkTypes__Id", "[Type] [varchar](50) NOT NULL"),
    (
      "PostLinks", "PK_PostLinks__Id",
      """
      [CreationDate] [datetime] NOT NULL, [PostId] [int] NOT NULL, [RelatedPostId] [int] NOT NULL,
      [LinkTypeId] [int] NOT NULL
      """
    ),
    (
      "Posts", "PK_Posts__Id",
      """
      [AcceptedAnswerId] [int] NULL, [AnswerCount] [int] NULL, [Body] [nvarchar](max) NOT NULL,
      [ClosedDate] [datetime] NULL, [CommentCount] [int] NULL, [CommunityOwnedDate] [datetime] NULL,
      [CreationDate] [datetime] NOT NULL, [FavoriteCount] [int] NULL, [LastActivityDate] [datetime] NOT NULL,
      [LastEditDate] [datetime] NULL,
      [LastEditorDisplayName] [nvarchar](40) NULL, [LastEditorUserId] [int] NULL,
      [OwnerUserId] [int] NULL, [ParentId] [int] NULL, [PostTypeId] [int] NOT NULL, [Score] [int] NOT NULL,
      [Tags] [nvarchar](150) NULL, [Title] [nvarchar](250) NULL, [ViewCount] [int] NOT NULL
      """
    ),
    ("PostTypes", "PK_PostTypes__Id", "[Type] [nvarchar](50) NOT NULL"),
    (
      "Users", "PK_Users_Id",
      """
      [AboutMe] [nvarchar](max) NULL, [Age] [int] NULL, [CreationDate] [datetime] NOT NULL,
      [DisplayName] [nvarchar](40) NOT NULL, [DownVotes] [int] NOT NULL, [EmailHash] [nvarchar](40) NULL,
      [LastAccessDate] [datetime] NOT NULL, [Location] [nvarchar](100) NULL, [Reputation] [int] NOT NULL,
      [UpVotes] [int] NOT NULL, [Views] [int] NOT NULL, [WebsiteUrl] [nvarchar](200) NULL,
      [AccountId] [int] NULL
      """
    ),
    (
      "Votes", "PK_Votes__Id",
      """
      [PostId] [int] NOT NULL, [UserId] [int] NULL, [BountyAmount] [int] NULL, [VoteTypeId] [int] NOT NULL,
      [CreationDate] [datetime] NOT NULL
      """
    ),
    ("VoteTypes", "PK_VoteType__Id", "[Name] [varchar](50) NOT NULL"),
  ].map { (name, key, columns) in
    """
    CREATE TABLE [dbo].[\(name)]([Id] [int] IDENTITY(1,1) NOT NULL, \(columns),
      CONSTRAINT [\(key)] PRIMARY KEY CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF,
      STATISTICS_NORECOMPUTE = OFF,
      IGNORE_DUP_KEY = OFF, ALLOW_ROW_LOCKS = ON, ALLOW_PAGE_LOCKS = ON) ON [PRIMARY]) ON [PRIMARY];
    """
  }.joined(separator: "\n")
}
