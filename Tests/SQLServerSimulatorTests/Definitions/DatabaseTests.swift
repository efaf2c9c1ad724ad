import Testing

@testable import SQLServerSimulator

@Suite struct DatabaseTests {
  @Test func `a schema is made once and dropped when it is empty`() throws {
    var server = try DefinitionServer("CREATE SCHEMA s AUTHORIZATION dbo")
    #expect(server("CREATE SCHEMA S") == "2714 !2759")
    #expect(server("CREATE TABLE s.t (a int); DROP SCHEMA s") == "!3729")
    #expect(server("DROP TABLE s.t") == "")
    #expect(server("CREATE VIEW s.v AS SELECT 1 AS a") == "")
    #expect(server.message("DROP SCHEMA s").contains("referenced by object 'v'"))
    #expect(server("DROP VIEW s.v; DROP SCHEMA s; DROP SCHEMA IF EXISTS s") == "")
    #expect(server("DROP SCHEMA s") == "!15151")
    #expect(server("DROP SCHEMA dbo") == "!15151")
  }

  @Test func `a database is made with a collation that is known, and dropped when nobody uses it`() throws {
    var server = try DefinitionServer("CREATE DATABASE other COLLATE SQL_Latin1_General_CP1_CS_AS")
    #expect(server("CREATE DATABASE Other") == "!1801")
    #expect(server("CREATE DATABASE x COLLATE Latin1_General_BIN2") == "!40514")
    #expect(server("CREATE DATABASE x COLLATE Nosuch") == "!448")
    #expect(server("BEGIN TRAN; CREATE DATABASE x") == "!226")
    #expect(server("ROLLBACK; USE other; CREATE TABLE t (a varchar(3)); DROP DATABASE other") == "!3702")
    #expect(try server.table("t").about.columns[0].type.collation?.name == "SQL_Latin1_General_CP1_CS_AS")
    #expect(server("USE db; DROP DATABASE other; DROP DATABASE IF EXISTS other") == "")
    #expect(server("DROP DATABASE other") == "!3701")
    #expect(server("DROP DATABASE master") == "!3708")
  }

  @Test func `options that change nothing here are accepted, and others refused`() throws {
    var server = try DefinitionServer(
      "ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON",
      "ALTER DATABASE db SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE",
      "ALTER DATABASE [db] SET RECOVERY SIMPLE", "ALTER DATABASE db SET COMPATIBILITY_LEVEL = 160",
      "ALTER DATABASE db SET AUTO_UPDATE_STATISTICS ON, PAGE_VERIFY CHECKSUM")
    let database = try #require(server.storage.database("db"))
    #expect(database.allowsSnapshot && database.readsCommittedSnapshot && !database.isReadOnly)
    #expect(server("ALTER DATABASE db SET READ_ONLY; CREATE TABLE t (a int)") == "!3906")
    #expect(server("ALTER DATABASE db SET READ_WRITE; CREATE TABLE t (a int)") == "")
    #expect(server("ALTER DATABASE db SET SINGLE_USER") == "!40517")
    #expect(server("ALTER DATABASE nosuch SET READ_ONLY") == "5011 !5069")
    #expect(server("ALTER DATABASE tempdb SET READ_ONLY") == "5058 !5069")
    #expect(server("ALTER DATABASE db COLLATE SQL_Latin1_General_CP1_CI_AS") == "")
    #expect(server("ALTER DATABASE db COLLATE Latin1_General_BIN") == "!40514")
    #expect(server("CREATE STATISTICS s ON t (a); UPDATE STATISTICS t") == "")
    #expect(server("UPDATE STATISTICS nosuch") == "!1088")
  }
}
