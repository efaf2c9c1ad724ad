import Databases
import Rows
import Testing

@testable import SQLiteDatabase

@Suite struct DeclaredTypeTests {
  static let spellings: [(String, ColumnType?)] = [
    ("INTEGER", .int64), ("int", .int64), ("INT(11)", .int64), ("BIGINT", .int64),
    ("UNSIGNED BIG INT", .int64),
    ("int  unsigned", .int64), ("INT8", .int64), ("INT4", .int32), ("MEDIUMINT", .int32), ("INT2", .int16),
    ("SMALLINT", .int16), ("TINYINT(1)", .int16), ("BOOLEAN", .bool), ("bool", .bool),
    ("REAL", .float64), ("DOUBLE PRECISION", .float64), ("Double", .float64), ("FLOAT(24)", .float64),
    ("FLOAT4", .float64), ("FLOAT32", .float32),
    ("DECIMAL(10,2)", .decimal(precision: 10, scale: 2)),
    ("numeric ( 10 , 2 )", .decimal(precision: 10, scale: 2)),
    ("DECIMAL(5)", .decimal(precision: 5, scale: 0)), ("NUMERIC", .numeric(trailingZeros: false)),
    ("DECIMAL_TEXT(38,10)", .decimal(precision: 38, scale: 10)),
    ("NUMERIC_TEXT", .numeric(trailingZeros: true)),
    ("NVARCHAR(40)", .text(maxLength: 40)), ("VARCHAR", .text(maxLength: nil)),
    ("CHARACTER VARYING(7)", .text(maxLength: 7)), ("NATIVE CHARACTER(70)", .text(maxLength: 70)),
    ("NVARCHAR(MAX)", .text(maxLength: nil)), ("TEXT", .text(maxLength: nil)),
    ("TEXT(9)", .text(maxLength: 9)),
    ("CLOB", .text(maxLength: nil)), ("ntext", .text(maxLength: nil)), ("BLOB", .bytes(maxLength: nil)),
    ("VARBINARY(16)", .bytes(maxLength: 16)), ("BYTEA", .bytes(maxLength: nil)),
    ("LONGBLOB", .bytes(maxLength: nil)),
    ("UUID", .uuid), ("GUID", .uuid), ("UNIQUEIDENTIFIER", .uuid), ("DATE", .date),
    ("TIME", .time(precision: 6)),
    ("TIME(0)", .time(precision: 0)), ("DATETIME", .timestamp(precision: 6)),
    ("DATETIME2(7)", .timestamp(precision: 7)),
    ("TIMESTAMP(3)", .timestamp(precision: 3)), ("timestamp without time zone", .timestamp(precision: 6)),
    ("TIMESTAMP(3) WITH TIME ZONE", .timestampTZ(precision: 3)), ("TIMESTAMPTZ", .timestampTZ(precision: 6)),
    ("DATETIMEOFFSET", .timestampTZ(precision: 6)), ("DATETIME(9)", .timestamp(precision: 7)),
    ("JSON", .json), ("JSONB", .json), ("JSON_TEXT", .json),
    ("", nil), ("POINT", nil), ("CHARINT", nil), ("STRING", nil), ("MONEY", nil), ("ANY", nil),
  ]

  @Test(arguments: spellings)
  func `a declared type says what it is`(_ declared: String, _ type: ColumnType?) {
    #expect(DeclaredType(declared).columnType == type)
  }

  @Test func `what the dialect declares is read back, and no affinity changes its values`() {
    let types: [(ColumnType, Affinity)] = [
      (.bool, .numeric), (.int16, .integer), (.int32, .integer), (.int64, .integer), (.float32, .real),
      (.float64, .real), (.decimal(precision: 15, scale: 2), .numeric),
      (.decimal(precision: 16, scale: 2), .text),
      (.numeric(trailingZeros: true), .text), (.numeric(trailingZeros: false), .text),
      (.text(maxLength: nil), .text), (.text(maxLength: 7), .text), (.bytes(maxLength: nil), .blob),
      (.bytes(maxLength: 3), .numeric), (.uuid, .numeric), (.date, .numeric), (.time(precision: 7), .numeric),
      (.timestamp(precision: 0), .numeric), (.timestampTZ(precision: 3), .numeric), (.json, .text),
    ]
    for (type, affinity) in types {
      let declared = SQLiteDialect().declaration(type)
      #expect(DeclaredType(declared).columnType == type)
      #expect(Affinity(declared: declared) == affinity, "\(declared)")
    }
  }

  @Test func `affinity is as SQLite documents it`() {
    #expect(Affinity(declared: "FLOATING POINT") == .integer)
    #expect(Affinity(declared: "STRING") == .numeric)
    #expect(Affinity(declared: "") == .blob)
    #expect(Affinity(declared: "DOUBLE") == .real)
    #expect(Affinity(declared: "CHARBLOB") == .text)
  }

  @Test(arguments: [
    ("1", NumberShape.plainInteger), ("0", .plainInteger), ("-12", .plainInteger),
    ("999999999999999999", .plainInteger),
    ("1234567890123456789", .other), ("-0", .other), ("+1", .other), ("007", .other), (" 1", .other),
    ("1 ", .other),
    ("1.0", .other), (".5", .other), ("5.", .other), ("1e5", .other), ("1E+5", .other), ("", .none),
    ("-", .none),
    (".", .none), ("1e", .none), ("1 2", .none), ("0x10", .none), ("2024-01-01", .none), ("abc", .none),
    ("1,5", .none),
  ])
  func `texts that SQLite takes for numbers are known`(_ text: String, _ shape: NumberShape) throws {
    var text = text
    #expect(text.withUTF8 { NumberShape(UnsafeRawBufferPointer($0)) } == shape)
    // SQLite's own opinion.
    let stored = try sqliteTypeOf(text)
    #expect((stored != "text") == (shape != .none), "SQLite stores \(stored)")
  }

  private func sqliteTypeOf(_ text: String) throws -> String {
    let scratch = try Scratch("CREATE TABLE t (x NUMERIC); INSERT INTO t VALUES ('\(text)')")
    return try scratch.query("SELECT typeof(x) FROM t")[0]
  }
}
