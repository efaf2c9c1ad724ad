import Testing

@testable import SQLServerSimulator

/// Texts that nobody would write: the parser answers each with a tree or an error.
@Suite struct FuzzTests {
  private static let statements = [
    "SELECT DISTINCT TOP (5) PERCENT a.b, c AS 'd', e = f + -1.5 * $2 FROM dbo.t x WITH (NOLOCK)"
      + " LEFT JOIN u ON x.a = u.a",
    "WHERE NOT (a = 1 AND b LIKE N'%x' ESCAPE '!') OR c IN (1, 2) OR d BETWEEN 1 AND 2 OR e IS NOT NULL",
    "GROUP BY a HAVING COUNT(*) > 1 ORDER BY a DESC OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY OPTION (MAXDOP 1)",
    "WITH q (a) AS (SELECT 1 UNION ALL SELECT 2) INSERT INTO t (a) OUTPUT inserted.a INTO @x SELECT"
      + " * FROM q;",
    "INSERT t WITH (TABLOCK) VALUES (1, 'a', 0x1F, NULL, DEFAULT, {d '2020-01-01'}), (2, \"b\","
      + " 1e5, $1, @@x, @y)",
    "UPDATE t SET a += 1, @v = b = 2 FROM t JOIN (VALUES (1)) v (c) ON 1 = 1 WHERE EXISTS (SELECT 1)",
    "DELETE TOP (1) FROM t OUTPUT deleted.* WHERE a = ANY (SELECT CASE WHEN 1 = 1 THEN 2 ELSE 3 END)",
    "CREATE TABLE t (a int IDENTITY(1, 1) PRIMARY KEY, b AS (a + 1) PERSISTED, CONSTRAINT c CHECK"
      + " (a > 0), INDEX i (a))",
    "ALTER TABLE t WITH CHECK ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (b) ON DELETE SET NULL",
    "ALTER TABLE t DROP COLUMN a, CONSTRAINT b ALTER INDEX ALL ON t REBUILD WITH (ONLINE = ON (x))",
    "CREATE UNIQUE INDEX i ON t (a DESC) INCLUDE (b) WHERE a > 1 WITH (FILLFACTOR = 80) ON [PRIMARY]",
    "INSERT BULK t ([a] INT, [b] NVARCHAR(MAX) COLLATE x) WITH (ORDER (a ASC), ROWS_PER_BATCH = 5)",
    "IF @@TRANCOUNT > 0 BEGIN COMMIT TRAN a END ELSE WHILE 1 = 1 BREAK BEGIN TRY THROW END TRY"
      + " BEGIN CATCH RETURN 1 END CATCH",
    "DECLARE @a int = 1, @t TABLE (x int) SET @a = 1 SET ANSI_NULLS, QUOTED_IDENTIFIER OFF EXEC @a"
      + " = p 1, @x = @y OUTPUT",
    "RAISERROR ('x', 16, 1, 'y') WITH NOWAIT PRINT 'x' WAITFOR DELAY '0:0:1' DBCC CHECKIDENT (t,"
      + " RESEED, -1) KILL 5",
    "CREATE TRIGGER g ON t AFTER INSERT AS SELECT 1 FROM inserted",
    "SELECT CONVERT(varchar(10), a, 1), CAST(b AS decimal(1, 2)), {fn ucase('x')}, TRIM(BOTH 'x'"
      + " FROM y), DATEADD(day, 1, z)",
    "SELECT SUM(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 1 PRECEDING AND UNBOUNDED"
      + " FOLLOWING) /* x /* y */ */ -- z",
  ]

  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var mixed = state ^ (state >> 33)
      mixed = mixed &* 0xFF51_AFD7_ED55_8CCD
      return mixed ^ (mixed >> 33)
    }
  }

  /// Every range of a tree is one of its text.
  private func check(_ text: [UInt16], quotedIdentifiers: Bool) {
    do throws(SQLError) {
      let batch = try Parser.parse(text, quotedIdentifiers: quotedIdentifiers)
      for statement in batch.statements { _ = batch.source(of: statement.range) }
    } catch {
      #expect(error.line >= 1)
      #expect(!error.message.isEmpty)
    }
    _ = try? Parser.parseParameters(text)
    _ = try? Parser.parseObjectName(text)
    _ = try? Parser.parseDataType(text)
  }

  @Test func `each statement itself is parsed`() {
    let whole = [Self.statements[0], Self.statements[1], Self.statements[2]].joined(separator: " ")
    for text in [whole] + Self.statements.dropFirst(3) {
      let error = Parsing.failure(text)
      #expect(error == nil || error?.number == 10709, "\(text)")
    }
  }

  @Test func `a text cut anywhere is answered`() {
    for statement in Self.statements {
      let units = Array(statement.utf16)
      for count in 0...units.count { check(Array(units[..<count]), quotedIdentifiers: true) }
    }
  }

  @Test(arguments: 0..<8) func `texts of mixed tokens are answered`(seed: UInt64) throws {
    var generator = Generator(state: seed)
    var pieces: [[UInt16]] = []
    for statement in Self.statements {
      let units = Array(statement.utf16)
      for token in try Lexer.tokens(of: units) { pieces.append(Array(units[token.range])) }
    }
    for _ in 0..<1500 {
      let units = Array(Self.statements.randomElement(using: &generator)!.utf16)
      var tokens = try Lexer.tokens(of: units).map { Array(units[$0.range]) }
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let position = Int.random(in: 0..<tokens.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: tokens.remove(at: position)
        case 1: tokens.insert(pieces.randomElement(using: &generator)!, at: position)
        case 2: tokens[position] = pieces.randomElement(using: &generator)!
        default: tokens.swapAt(position, Int.random(in: 0..<tokens.count, using: &generator))
        }
        if tokens.isEmpty { tokens = [[0x31]] }
      }
      check(Array(tokens.joined(separator: [0x20])), quotedIdentifiers: Bool.random(using: &generator))
    }
  }

  @Test(arguments: 0..<4) func `texts of mixed characters are answered`(seed: UInt64) {
    var generator = Generator(state: seed)
    let marks = Array("'\"[]().,;@#$%-+*/\\\n\r0x1eN{}:<>!=&|^~?".utf16) + [0, 0xD800, 0xDC00, 0xFEFF, 0xE9]
    for _ in 0..<1500 {
      var units = Array(Self.statements.randomElement(using: &generator)!.utf16)
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        let position = Int.random(in: 0..<units.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: units.remove(at: position)
        case 1: units.insert(marks.randomElement(using: &generator)!, at: position)
        default: units[position] = marks.randomElement(using: &generator)!
        }
      }
      check(units, quotedIdentifiers: Bool.random(using: &generator))
    }
  }

  @Test(arguments: 0..<2) func `texts of nothing but random units are answered`(seed: UInt64) {
    var generator = Generator(state: seed)
    for _ in 0..<1500 {
      let count = Int.random(in: 0...40, using: &generator)
      check((0..<count).map { _ in UInt16.random(in: 0...0x17F, using: &generator) }, quotedIdentifiers: true)
    }
  }
}
