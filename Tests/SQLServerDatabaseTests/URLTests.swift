import Databases
import Rows
import Testing

@testable import SQLServerDatabase

@Suite struct URLTests {
  private func malformed(_ url: String) -> String {
    do throws(SQLServerURL.Malformed) {
      _ = try SQLServerURL(url)
      return ""
    } catch {
      return error.reason
    }
  }

  @Test func `a URL is host, port, user, password, database and options`() throws {
    let url = try SQLServerURL("sqlserver://sa:p%40ss@db.example.com:1434/So%20long?schema=app&nolock=yes")
    #expect(url.host == "db.example.com")
    #expect(url.port == 1434)
    #expect(url.user == "sa")
    #expect(url.password == "p@ss")
    #expect(url.database == "So long")
    #expect(url.options.schema == "app")
    #expect(url.options.readsUncommitted)
    #expect(url.identity == "db.example.com:1434/So long/app")
    #expect(url.name == "sqlserver://sa@db.example.com:1434/So%20long?schema=app&nolock=yes")
  }

  @Test func `what is left out is the usual`() throws {
    let url = try SQLServerURL("mssql://sa@server/db", password: "x")
    #expect(url.port == 1433)
    #expect(url.password == "x")
    #expect(url.options.schema == "dbo")
    #expect(url.options.lockTimeout == 10)
  }

  @Test func `connections are encrypted, but on the loopback only if the server can`() throws {
    #expect(try SQLServerURL("sqlserver://sa@server/db").options.encryption == .require)
    for host in ["localhost", "127.0.0.1", "[::1]"] {
      #expect(try SQLServerURL("sqlserver://sa@\(host)/db").options.encryption == .request)
    }
    #expect(try SQLServerURL("sqlserver://sa@server/db?encryption=off").options.encryption == .off)
  }

  @Test func `a certificate is checked when there is a file of authorities`() throws {
    let settings = LibraryConfiguration.settings(try SQLServerURL("sqlserver://sa@server/db?ca=/etc/ca.pem"))
    #expect(settings.contains("ca file = /etc/ca.pem"))
    #expect(settings.contains("check certificate hostname = yes"))
    #expect(settings.contains("encryption = require"))
    #expect(!settings.contains("sa"))
  }

  @Test func `what cannot be understood is refused, and never quoted`() {
    #expect(malformed("postgres://a/b").contains("does not begin"))
    #expect(malformed("sqlserver://sa@server").contains("no database"))
    #expect(malformed("sqlserver://sa:p@ss@server/db").contains("percent-encoded"))
    #expect(malformed("sqlserver://sa@server:99999/db").contains("port"))
    #expect(malformed("sqlserver://sa@server\\SQLEXPRESS/db").contains("instance"))
    #expect(malformed("sqlserver://sa@server/db?colour=red") == "there is no parameter colour")
    #expect(malformed("sqlserver://sa@server/db?encryption=maybe").contains("off, request or require"))
    #expect(malformed("sqlserver://sa@server/db?as-text=int").contains("sql_variant"))
    #expect(malformed("sqlserver://sa@server/db?encryption=off&ca=x").contains("encryption"))
    for url in [
      "sqlserver://sa:hunter2@server", "sqlserver://sa:hunter2@x@y/db", "sqlserver://h:hunter2@s/d?hunter2=1",
    ] {
      #expect(!malformed(url).contains("hunter2"))
    }
  }
}
