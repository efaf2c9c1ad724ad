/// A small database that has one of everything that a copy can stumble over.
package enum Fixture {
  /// SQLite's SQL. `rows` is the size of the larger tables.
  package static func script(rows: Int = 60) -> String {
    """
    BEGIN;
    CREATE TABLE "Kinds" ("Id" INTEGER PRIMARY KEY, "Name" NVARCHAR(50) NOT NULL UNIQUE);
    INSERT INTO "Kinds" VALUES (1, 'Question'), (2, 'Answer'), (7, 'Wiki');

    CREATE TABLE "Threads" (
      "Id" INTEGER PRIMARY KEY, "ParentId" INT REFERENCES "Threads" ("Id"),
      "KindId" INT NOT NULL REFERENCES "Kinds" ("Id"), "Title" NVARCHAR(250), "Body" TEXT NOT NULL,
      "Score" DECIMAL(10,2) NOT NULL, "CreatedAt" DATETIME NOT NULL, "Token" INT NOT NULL);
    CREATE INDEX "IX_Threads_Score" ON "Threads" ("Score");
    CREATE UNIQUE INDEX "UX_Threads_Token" ON "Threads" ("Token");
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
    INSERT INTO "Threads" SELECT i * 3, CASE WHEN i % 4 = 0 THEN (i - 3) * 3 END, 1 + i % 2,
      CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'NULL' ELSE 'title ' || i END,
      'body "' || i || '" \\ ' || char(9) || char(128512) || replace(hex(zeroblob(i % 40)), '0', 'x'),
      i * 1.25 - 20, datetime('2010-01-01', i || ' hours'), (i * 7919) % 100003 FROM n;

    -- A range column that can be NULL: a unit of its own.
    CREATE TABLE "Readings" ("Sensor" INT, "Value" DOUBLE, "Note" TEXT);
    CREATE UNIQUE INDEX "UX_Readings" ON "Readings" ("Sensor");
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
    INSERT INTO "Readings" SELECT CASE WHEN i % 6 > 0 THEN i - 30 END, i / 3.0, 'note ' || i FROM n;

    -- Text keys, compared by their bytes on both sides whatever the collation.
    CREATE TABLE "Words" ("Word" TEXT NOT NULL PRIMARY KEY, "Count" INT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows * 3))
    INSERT INTO "Words" SELECT char(65 + i % 26 + 32 * (i % 2)) || char(224 + i % 20) || i, i FROM n;

    CREATE TABLE "Pairs" ("Left" INT NOT NULL, "Right" VARCHAR(20) NOT NULL, "Weight" INT, PRIMARY KEY ("Left", "Right")) WITHOUT ROWID;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
    INSERT INTO "Pairs" SELECT i / 4, 'r' || (i % 4), i FROM n;

    -- No key at all, and rows that are there twice.
    CREATE TABLE "Log" ("Line" TEXT, "Level" SMALLINT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
    INSERT INTO "Log" SELECT 'line ' || (i / 2), i % 3 FROM n;

    CREATE TABLE "Empty" ("Id" INTEGER PRIMARY KEY, "Nothing" BLOB);
    COMMIT;
    """
  }

  package static let tables = ["Empty", "Kinds", "Log", "Pairs", "Readings", "Threads", "Words"]
}
