import Databases
import Replication
import Rows
import Testing

@Suite struct TargetCheckTests {
  private func check(
    _ source: [ColumnSchema], _ target: [ColumnSchema], allowNarrower: Bool = false
  ) throws {
    func table(_ columns: [ColumnSchema]) -> TableSchema {
      TableSchema(name: TableName(name: "t"), engine: Engine(rawValue: "test"), columns: columns)
    }
    try TargetCheck.check(
      try TablePair(source: table(source), target: table(target)), allowNarrower: allowNarrower)
  }

  private func column(_ name: String, _ type: ColumnType?, declared: String = "") -> ColumnSchema {
    ColumnSchema(name: name, type: type, declared: declared)
  }

  @Test(arguments: [
    (ColumnType.text(maxLength: 40), ColumnType.text(maxLength: 10)),
    (.text(maxLength: nil), .text(maxLength: 700)),
    (.int64, .int32), (.float64, .float32),
    (.decimal(precision: 10, scale: 2), .decimal(precision: 10, scale: 1)),
    (.decimal(precision: 10, scale: 2), .decimal(precision: 9, scale: 2)),
    (.timestamp(precision: 6), .timestamp(precision: 3)), (.timestamp(precision: 0), .date),
    (.numeric(trailingZeros: true), .decimal(precision: 38, scale: 10)),
  ])
  func `a narrower column is an error that names it`(source: ColumnType, target: ColumnType) {
    let error = #expect(throws: JobError.self) {
      try check([column("Body", source, declared: "wide")], [column("Body", target, declared: "narrow")])
    }
    #expect(error?.kind == .configuration)
    #expect(error?.message.contains("column Body: narrow is narrower than the source's wide") == true)
    #expect(throws: Never.self) {
      try check([column("Body", source)], [column("Body", target)], allowNarrower: true)
    }
  }

  @Test(arguments: [
    (ColumnType.int16, ColumnType.int64), (.text(maxLength: 10), .text(maxLength: nil)), (.bool, .int16),
    (.decimal(precision: 10, scale: 2), .numeric(trailingZeros: true)),
    (.decimal(precision: 10, scale: 2), .numeric(trailingZeros: false)),
    (.fixedText(length: 4), .text(maxLength: 4)), (.fixedText(length: 4), .text(maxLength: nil)),
    (.json, .text(maxLength: nil)), (.timestamp(precision: 3), .timestamp(precision: 7)),
  ])
  func `a wider column takes everything`(source: ColumnType, target: ColumnType) {
    #expect(throws: Never.self) { try check([column("a", source)], [column("a", target)]) }
  }

  @Test func `a column that rewrites texts takes only what was rewritten alike`() throws {
    var rewriting = column("doc", .json, declared: "jsonb")
    rewriting.rewritesText = true
    for source in [
      column("doc", .json, declared: "json"), column("doc", .text(maxLength: nil), declared: "text"),
    ] {
      for allowNarrower in [false, true] {
        let error = #expect(throws: JobError.self) {
          try check([source], [rewriting], allowNarrower: allowNarrower)
        }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("column doc: jsonb keeps what a text means") == true)
        #expect(error?.remedy?.contains("as json or text for the copy") == true)
      }
    }
    #expect(throws: Never.self) { try check([rewriting], [rewriting]) }
    #expect(throws: Never.self) { try check([rewriting], [column("doc", .json)]) }
    #expect(throws: Never.self) { try check([rewriting], [column("doc", .text(maxLength: nil))]) }
  }

  @Test func `a table without a column to write is an error`() {
    var computed = column("twice", .int32)
    computed.isGenerated = true
    for (source, target) in [([], []), ([column("twice", .int32)], [computed])]
      as [([ColumnSchema], [ColumnSchema])]
    {
      let error = #expect(throws: JobError.self) { try check(source, target) }
      #expect(error?.message.contains("it has no column that could be written") == true)
    }
  }

  @Test func `a source column without a target is an error`() {
    let error = #expect(throws: JobError.self) {
      try check([column("a", .int32), column("b", .int32)], [column("a", .int32)])
    }
    #expect(error?.message.contains("no column for the source's b") == true)
  }

  @Test func `a target column that a copy would empty is an error`() {
    #expect(throws: JobError.self) {
      try check([column("a", .int32)], [column("a", .int32), column("note", .text(maxLength: nil))])
    }
    let stamped = ColumnSchema(name: "stamp", type: .text(maxLength: nil), defaultExpression: "now()")
    #expect(throws: Never.self) { try check([column("a", .int32)], [column("a", .int32), stamped]) }
  }

  @Test func `types that cannot be compared without loss are an error`() {
    #expect(throws: JobError.self) {
      try check([column("a", .float64)], [column("a", .decimal(precision: 9, scale: 2))])
    }
    #expect(throws: JobError.self) { try check([column("a", nil, declared: "POINT")], [column("a", .int32)]) }
  }
}
