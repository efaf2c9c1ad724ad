import Databases
import Testing

@testable import PostgresDatabase

@Suite struct PostgresURLTests {
  @Test(arguments: [
    ("postgres://u:pw@h:1/d", "postgres://u@h:1/d", "h:1/d/public", "pw"),
    (
      "postgresql://u:p%40w@h/d?schema=s%20x&sslmode=require",
      "postgres://u@h/d?schema=s%20x&sslmode=require", "h:5432/d/s x", "p@w"
    ),
    ("postgres://h/d?password=pw&user=u", "postgres://h/d?user=u", "h:5432/d/public", "pw"),
    ("postgres://u:p?w@h/d", "postgres://u@h/d", "h:5432/d/public", "p?w"),
    ("postgres://%2Ftmp%2Fx/d", "postgres://%2Ftmp%2Fx/d", "/tmp/x:5432/d/public", ""),
    ("postgres://u@A,b:5433/d", "postgres://u@A,b:5433/d", "a,b:,5433/d/public", ""),
  ])
  func `a URL is split into what connects and what is printed`(
    text: String, name: String, identity: String, password: String
  ) throws {
    let url = try PostgresURL(text, password: nil)
    #expect(url.name == name)
    #expect(url.identity == identity)
    #expect(url.password ?? "" == password)
    #expect(try PostgresURL(text, password: "given").password == "given")
    #expect(!url.parameters.contains { $0.keyword == "password" })
  }

  @Test(arguments: [
    "mysql://h/d", "postgres://u:hunter2@more@h/d", "postgres://u:hunter2/x@h/d",
    "postgres://u:hunter2%zz@h/d",
    "postgres://u@h/d?hunter2", "postgres://h/d?sslpasword=hunter2", "postgres://h/d?schema=",
    "postgres://u:hunter2@\u{301}x@h/d", "postgres://u@h:hunter2/d", "postgres://u@h:0/d",
    "postgres://u@h:65536/d", "postgres://u@a:1,b:x/d", "postgres://u@h/d?port=hunter2",
  ])
  func `what is wrong with a URL is said without quoting it`(text: String) {
    let error = #expect(throws: PostgresURL.Malformed.self) { try PostgresURL(text, password: nil) }
    #expect(error?.reason.contains("hunter2") == false)
  }

  @Test(
    arguments: [
      ("40001", .conflict), ("40P01", .conflict), ("55P03", .conflict), ("57P01", .connectionLost),
      ("08006", .connectionLost), ("53300", .throttled), ("53200", .throttled), ("53100", .permanent),
      ("25006", .readOnly), ("23505", .badRow), ("22003", .badRow), ("28P01", .configuration),
      ("42501", .configuration), ("3D000", .configuration), ("57014", .permanent), ("XX000", .permanent),
      ("42601", .permanent),
    ] as [(String, ErrorClass)])
  func `an error is classified by its SQLSTATE`(code: String, expected: ErrorClass) {
    #expect(ErrorClassification.errorClass(code, wasInterrupted: false) == expected)
    #expect(ErrorClassification.errorClass("57014", wasInterrupted: true) == .cancelled)
    #expect(ErrorClassification.errorClass("23505", schema: "pg_catalog", wasInterrupted: false) == .conflict)
  }

  @Test func `libpq's verbose text gives its SQLSTATE`() {
    let refusal = Refusal(
      "connection to server at \"h\", port 1 failed: FATAL:  28P01: password wrong\nLOCATION:  x, y.c:1\n")
    #expect(refusal.sqlState == "28P01")
    #expect(refusal.text == "password wrong")
    #expect(Refusal("could not connect\n\tIs it running?").sqlState == nil)
  }
}
