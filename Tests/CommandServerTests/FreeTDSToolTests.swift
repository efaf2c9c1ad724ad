import Foundation
import TestSupport
import Testing

/// The tools of Debian's freetds-bin against the simulated SQL Server, as far as they can show it.
@Suite(ForeignProgram.need("tsql", "bsqldb", "freebcp"), .blocks) struct FreeTDSToolTests {
  private let server: SimulatedServerProcess
  private let program: ForeignProgram

  init() async throws {
    server = try await SimulatedServerProcess(password: SimulatedServerProcess.password)
    program = try ForeignProgram()
  }

  private func login(_ password: String = SimulatedServerProcess.password) -> [String] {
    ["-S", server.address, "-U", "sa", "-P", password]
  }

  private func bsqldb(_ batches: String...) throws -> ForeignProgram.Result {
    try program.run(
      ["bsqldb"] + login() + ["-D", "shop", "-h", "-q", "-t", "|"],
      input: batches.map { "\($0)\ngo\n" }.joined(), seconds: 20)
  }

  /// freebcp asks for ever when the server does not answer its first questions: it gets ten seconds.
  private func freebcp(_ words: String...) throws -> ForeignProgram.Result {
    try program.run(["freebcp"] + words + login(), seconds: 10)
  }

  private func tsql(
    _ input: String, password: String = SimulatedServerProcess.password, database: String = "shop"
  )
    throws -> ForeignProgram.Result
  {
    let parts = server.address.split(separator: ":").map(String.init)
    return try program.run(
      ["tsql", "-H", parts[0], "-p", parts[1], "-U", "sa", "-P", password, "-D", database, "-o", "q"],
      input: input, seconds: 20)
  }

  @Test func `tsql logs in, or reads why not, and shows numbers, states and lines`() throws {
    #expect(try tsql("", password: "wrong").everything.contains("Msg 18456"))
    #expect(try tsql("", database: "nowhere").everything.contains("Msg 4060"))
    let result = try tsql(
      "select 1, N'hé😀', cast(null as int)\ngo\n\nselect 1/0\ngo\nthrow 51000, N'thrown', 3\ngo\nexit\n")
    #expect(result.code == 0)
    #expect(result.output.contains("1\thé😀\tNULL"))
    #expect(result.everything.contains("Msg 8134 (severity 16, state 1) from SIMULATOR"))
    #expect(result.everything.contains("Msg 51000 (severity 16, state 3) from SIMULATOR"))
    try server.stop()
  }

  @Test func `bsqldb runs transactions, several results and messages, and stops at errors`() throws {
    let result = try bsqldb(
      "create table t (id int primary key, v nvarchar(10))",
      "begin tran insert t values (1, N'é') save tran s insert t values (2, N'b') rollback tran s commit",
      "begin tran insert t values (3, N'c') rollback",
      "print 'said' select id, v from t select count(*) from t")
    #expect(result.code == 0, "\(result.everything)")
    #expect(result.lines == ["1|é", "1"])
    #expect(result.errors.contains("said"))
    let failed = try bsqldb("insert t values (1, N'x')")
    #expect(failed.code == 14 && failed.errors.contains("Msg 2627, Level 14"), "\(failed.everything)")
    try server.stop()
  }

  @Test(arguments: [
    ("@error = 1205", "Msg 1205"), ("@error = 1222", "Msg 1222"), ("@error = 8115", "Msg 8115"),
    ("@error = 40501", "Msg 40501"), ("@error = 1205, @rows = 2", "Msg 1205"),
    ("@action = 'close'", "Msg 20017"), ("@action = 'close', @rows = 1", "Msg 20017"),
  ])
  func `bsqldb is told of every fault that its library shows`(fault: String, told: String) throws {
    _ = try bsqldb("create table t (id int) insert t values (1), (2), (3)")
    let result = try bsqldb(
      "exec sp_proofload_fault \(fault), @statement = N'from t'", "select id from t order by id")
    #expect(result.errors.contains(told), "\(result.everything)")
    #expect(result.code != 0, "\(result.everything)")
    try server.stop()
  }

  @Test func `freebcp takes a table out and in again, with identities, NULLs and every type`() throws {
    let columns = """
      (id int identity primary key, b bit, ti tinyint, si smallint, bi bigint, d decimal(38, 10), m money, f float,
      dt datetime, dt2 datetime2(7), da date, t time(7), o datetimeoffset(3), v varchar(20), n nvarchar(20),
      mx nvarchar(max), vb varbinary(max), u uniqueidentifier)
      """
    let made = try bsqldb(
      "create table a \(columns) create table b \(columns)",
      """
      set identity_insert a on
      insert a (id, b, ti, si, bi, d, m, f, dt, dt2, da, t, o, v, n, mx, vb, u) values (
        40, 1, 255, -32768, 9223372036854775807, -1234567890123456789012345678.0123456789, 922337203685477.5807,
        0.1,
        '2010-01-02T03:04:05.997', '9999-12-31T23:59:59.9999999', '0001-01-01', '23:59:59.9999999',
        '2010-01-02T03:04:05.123+05:30', 'plain', N'hé😀', replicate(cast(N'é' as nvarchar(max)), 20000), 0x00FF,
        '6F9619FF-8B86-D011-B42D-00C04FC964FF')
      insert a (id) values (7)
      """)
    #expect(made.code == 0, "\(made.everything)")
    let out = try freebcp("shop.dbo.a", "out", "a.dat", "-c")
    #expect(out.code == 0 && out.output.contains("2 rows copied."), "\(out.everything)")
    let into = try freebcp("shop.dbo.b", "in", "a.dat", "-c", "-E", "-h", "TABLOCK")
    #expect(into.code == 0 && into.output.contains("2 rows copied."), "\(into.everything)")
    // Of the newer times its text does not give back all that the server had.
    let names = "id b ti si bi d m f dt v n mx vb u".split(separator: " ")
    let same = names.map { "(a.\($0) = b.\($0) or a.\($0) is null and b.\($0) is null)" }
    let count = try bsqldb(
      "select count(*) from a join b on \(same.joined(separator: " and ")) select count(*), sum(id) from b")
    let other = try zip(names, same).filter { _, same in
      try bsqldb("select count(*) from a join b on a.id = b.id and \(same)").lines != ["2"]
    }
    #expect(count.lines == ["2", "2|47"], "\(other)")
    try server.stop()
  }

  @Test func `freebcp takes a query out, loads in batches, and tells of what the server refuses`() throws {
    _ = try bsqldb("create table t (id int primary key, v varchar(10)) insert t values (1, 'a'), (2, null)")
    let query = try freebcp("select id, v from shop.dbo.t where id > 1", "queryout", "q.dat", "-c")
    #expect(query.code == 0 && query.output.contains("1 rows copied."), "\(query.everything)")
    try program.write((10..<30).map { "\($0)\tv\($0)\n" }.joined(), to: "rows.dat")
    let batches = try freebcp("shop.dbo.t", "in", "rows.dat", "-c", "-b", "7", "-h", "KEEP_NULLS")
    #expect(batches.code == 0, "\(batches.everything)")
    #expect(try bsqldb("select count(*), min(v), max(v) from t").lines == ["22|a|v29"])
    let again = try freebcp("shop.dbo.t", "in", "rows.dat", "-c")
    // Its exit code is 0, and it says that 20 rows were copied: only the message and the table tell.
    #expect(again.everything.contains("Msg 2627"), "\(again.everything)")
    #expect(try bsqldb("select count(*) from t").lines == ["22"])
    let nowhere = try freebcp("shop.dbo.nowhere", "in", "rows.dat", "-c")
    #expect(nowhere.code != 0 && nowhere.everything.contains("Msg 208"), "\(nowhere.everything)")
    for fault in ["@error = 1205, @rows = 3", "@error = 8115, @rows = 20", "@error = 8115, @rows = 50"] {
      _ = try bsqldb("delete t exec sp_proofload_fault \(fault), @statement = N'insert bulk'")
      let struck = try freebcp("shop.dbo.t", "in", "rows.dat", "-c")
      #expect(
        struck.everything.contains("Msg \(fault.contains("1205") ? 1205 : 8115)"), "\(struck.everything)")
      #expect(try bsqldb("select count(*) from t").lines == ["0"], "\(fault)")
    }
    try server.stop()
  }

  @Test func `freebcp calls a table copied after rows, then 1205, and only its message tells`() throws {
    _ = try bsqldb("create table t (id int) insert t values (1), (2), (3)")
    // Its first two statements with the name ask for the columns.
    _ = try bsqldb("exec sp_proofload_fault @error = 1205, @statement = N'shop.dbo.t', @rows = 2, @nth = 3")
    let result = try freebcp("shop.dbo.t", "out", "t.dat", "-c")
    #expect(result.code == 0 && result.output.contains("2 rows copied."), "\(result.everything)")
    #expect(result.everything.contains("Msg 1205"))
    try server.stop()
  }
}
