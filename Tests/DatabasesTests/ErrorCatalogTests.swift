import Testing
import YAML

@testable import Databases

@Suite struct ErrorCatalogTests {
  private static func catalog(_ engine: String) throws -> ErrorCatalog {
    try #require(ErrorCatalog.of(Engine(rawValue: engine)))
  }

  private func facts(_ engine: String, _ code: String) throws -> ErrorFacts {
    try Self.catalog(engine).facts(of: code)
  }

  @Test func `every engine has a catalog with provenance, and every entry a meaning`() {
    #expect(ErrorCatalog.all.map(\.engine.rawValue) == ["mysql", "postgres", "sqlite", "sqlserver"])
    for catalog in ErrorCatalog.all {
      #expect(catalog.provenance.count > 20)
      for entry in catalog.entries {
        #expect(catalog[entry.pattern.description] == entry, "\(catalog.engine) \(entry.pattern)")
        #expect(
          entry.meaning.count > 10 && !entry.meaning.hasSuffix("."), "\(catalog.engine) \(entry.pattern)")
        #expect(entry.remedy?.hasSuffix(".") ?? true, "\(catalog.engine) \(entry.pattern)")
        #expect(entry.errorClass != .fenced, "no server knows of our fence")
      }
    }
  }

  @Test func `a code counts more than the beginning that it shares with others`() throws {
    #expect(try facts("postgres", "53100").errorClass == .permanent)
    #expect(try facts("postgres", "53999").errorClass == .throttled)
    #expect(try facts("postgres", "08006").errorClass == .connectionLost)
    #expect(try facts("mysql", "08004").errorClass == .throttled)
    #expect(try facts("mysql", "08S01").errorClass == .connectionLost)
  }

  @Test func `what is no row's fault is not called a bad row`() throws {
    #expect(try facts("postgres", "22023").errorClass == .permanent)
    #expect(try facts("postgres", "22003").errorClass == .badRow)
    #expect(try facts("postgres", "72000").errorClass == .permanent)
    #expect(try facts("postgres", "72000").remedy?.contains("old_snapshot_threshold") == true)
  }

  @Test func `an extended code of SQLite is its primary code where nothing else is known`() throws {
    #expect(try facts("sqlite", "2067").errorClass == .badRow)
    #expect(try facts("sqlite", "517").meaning.contains("BUSY_SNAPSHOT"))
    #expect(try facts("sqlite", "1555").pattern == CodePattern("19"))
  }

  @Test(arguments: ["sqlserver", "mysql", "postgres", "sqlite"])
  func `an unknown code is permanent, and says that nobody knows it`(engine: String) throws {
    let code = engine == "postgres" ? "ZZ999" : "250"
    #expect(try Self.catalog(engine)[code] == nil)
    #expect(try facts(engine, code).errorClass == .permanent)
    #expect(try facts(engine, code).meaning == "not in our list: treated as permanent")
  }

  @Test func `what an error rolls back is known where a retry rests on it`() throws {
    #expect(try facts("sqlserver", "1205").rollback == .transaction)
    #expect(try facts("sqlserver", "1222").rollback == .statement)
    #expect(try facts("mysql", "1213").rollback == .transaction)
    #expect(try facts("mysql", "1205").rollback == .statement)
    #expect(try facts("postgres", "40001").rollback == .transaction)
    #expect(try facts("postgres", "57P01").rollback == .connection)
  }

  @Test(arguments: [
    ("postgres", "08007"), ("postgres", "40003"), ("mysql", "2013"), ("sqlserver", "-2"),
    ("sqlserver", "10054"),
  ])
  func `an error that leaves the outcome open says so`(engine: String, code: String) throws {
    #expect(try facts(engine, code).outcome == .unknown)
  }

  @Test func `an error takes what its engine's catalog knows`() {
    let place = ErrorPlace(endpoint: "e", operation: "o")
    let busy = DatabaseError(
      engine: Engine(rawValue: "sqlserver"), code: "40501", message: "busy", place: place)
    #expect(busy.errorClass == .throttled)
    #expect(busy.retryAfter == .seconds(10))
    #expect(!busy.isClassifiedByText)
    let foreign = DatabaseError(engine: Engine(rawValue: "files"), code: "1", message: "m", place: place)
    #expect(foreign.errorClass == .permanent)
  }

  @Test(
    arguments: [
      ("ERROR: cannot execute INSERT in a read-only transaction", .readOnly),
      ("attempt to write a readonly database", .readOnly),
      ("Connection already closed", .connectionLost), ("psycopg2.errors.AdminShutdown", .connectionLost),
      ("server closed the connection unexpectedly", .connectionLost),
      ("terminating connection due to administrator command", .connectionLost),
    ] as [(String, ErrorClass)])
  func `words decide only as the last resort, and the error says so`(text: String, expected: ErrorClass) {
    let place = ErrorPlace(endpoint: "e", operation: "o")
    let error = DatabaseError(engine: Engine(rawValue: "postgres"), wordsOnly: text, place: place)
    #expect(error.errorClass == expected)
    #expect(error.isClassifiedByText)
    #expect(error.description.hasSuffix("[postgres, no code: taken for \(expected) by its words]"))
    let mute = DatabaseError(engine: Engine(rawValue: "postgres"), wordsOnly: "no idea", place: place)
    #expect(mute.errorClass == .permanent)
    #expect(!mute.isClassifiedByText)
  }

  @Test func `a wrong catalog is refused with line and column`() {
    let head = "title: X\nprovenance: Y\ncodes: number\nrolls-back: statement\nerrors:\n"
    for (entry, message) in [
      ("  - {code: 12*, class: conflict, meaning: m}", "c.yml:6:12: '12*' is no code; it has to be a number"),
      ("  - {code: 1, class: deadlock, meaning: m}", "c.yml:6:22: the class has to be one of conflict"),
      (
        "  - {code: 1, class: conflict, meaning: m}\n  - {code: 1, class: conflict, meaning: m}",
        "c.yml:7:5: 1 is"
      ),
    ] {
      let error = #expect(throws: YAMLError.self) {
        try ErrorCatalog.load(head + entry, file: "c.yml", engine: Engine(rawValue: "x"))
      }
      #expect("\(error.map(String.init(describing:)) ?? "")".hasPrefix(message))
    }
  }
}
