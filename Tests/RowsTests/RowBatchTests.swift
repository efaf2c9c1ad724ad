import Rows
import Testing

@Suite struct RowBatchTests {
  static func appendPair(_ first: String, _ second: String, to builder: inout RowBatchBuilder) throws {
    builder.beginRow()
    for text in [first, second] {
      try Array(text.utf8).withUnsafeBytes { try builder.appendText($0, maxLength: 100_000) }
    }
    builder.endRow()
  }

  static func batch(_ pairs: [(String, String)]) throws -> RowBatch {
    var builder = RowBatchBuilder(columnCount: 2)
    for (first, second) in pairs { try appendPair(first, second, to: &builder) }
    return try builder.batch()
  }

  @Test func `fields that move across a border have another hash`() throws {
    let pairs = [("a|b", "c"), ("a", "b|c"), ("a|b|c", ""), ("", "a|b|c"), ("ab", "c"), ("a", "bc")]
    let sums = try pairs.map { try RowBatchTests.batch([$0]).fingerprint.sum }
    #expect(Set(sums).count == pairs.count)
  }

  @Test func `NULL, empty and the word NULL have different hashes`() throws {
    let text = ColumnType.text(maxLength: nil)
    let rows = try [nil, "", "NULL"].map { try encodedRow([($0, text)]) }
    #expect(Set(rows.map { row in row.withUnsafeBytes { Fingerprint.hash($0) } }).count == 3)
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `a fingerprint does not depend on order, nor on how rows fall into batches`(_ seed: UInt64) throws {
    var random = Seeded(seed)
    var pairs = (0..<random.number(1...300)).map { _ in
      (String(random.number(0...50)), String(repeating: "x", count: random.number(0...40)))
    }
    let whole = try RowBatchTests.batch(pairs).fingerprint
    pairs.shuffle(using: &random)
    #expect(try RowBatchTests.batch(pairs).fingerprint == whole)

    var builder = RowBatchBuilder(columnCount: 2, budget: 500)
    var total = Fingerprint()
    var rowCount = 0
    for (first, second) in pairs {
      try RowBatchTests.appendPair(first, second, to: &builder)
      if builder.isFull, let batch = builder.take() {
        #expect(batch.bytes.count >= 500)
        rowCount += batch.rowCount
        total += batch.fingerprint
      }
    }
    if let batch = builder.take() {
      rowCount += batch.rowCount
      total += batch.fingerprint
    }
    #expect(total == whole)
    #expect(rowCount == pairs.count)

    // One more, one less and one twice instead of another are all different sets.
    #expect(try RowBatchTests.batch(pairs + [pairs[0]]).fingerprint != whole)
    #expect(try RowBatchTests.batch(pairs + [pairs[0], pairs[0]]).fingerprint.sum != whole.sum)
    var changed = pairs
    changed[0].1 += "y"
    #expect(try RowBatchTests.batch(changed).fingerprint != whole)
  }

  @Test func `a row larger than the budget makes a batch of its own`() throws {
    var builder = RowBatchBuilder(columnCount: 2, budget: 64)
    let large = String(repeating: "é", count: 50_000)
    try RowBatchTests.appendPair(large, "end", to: &builder)
    let isFull = builder.isFull
    #expect(isFull)
    let batch = try builder.batch()
    #expect(batch.rowCount == 1)
    #expect(batch.bytes.count == 2 + 4 + 100_000 + 4 + 3)
    var fields = FieldCursor(batch.row(0))
    #expect(fields.fieldCount == 2)
    #expect(fields.nextField().map { String(decoding: $0, as: UTF8.self) } == large)
    #expect(fields.nextField().map { String(decoding: $0, as: UTF8.self) } == "end")
    // The builder starts anew.
    let isEmpty = builder.isEmpty
    #expect(isEmpty)
    try RowBatchTests.appendPair("a", "b", to: &builder)
    let again = try builder.batch()
    #expect(try again.fingerprint == RowBatchTests.batch([("a", "b")]).fingerprint)
  }

  @Test func `a discarded row leaves no trace`() throws {
    var builder = RowBatchBuilder(columnCount: 2, budget: 100)
    try RowBatchTests.appendPair("a", "1", to: &builder)
    builder.beginRow()
    try Array("never seen".utf8).withUnsafeBytes { try builder.appendText($0, maxLength: nil) }
    #expect(throws: BadValue("is longer than 3 characters")) {
      try Array("too long".utf8).withUnsafeBytes { try builder.appendText($0, maxLength: 3) }
    }
    builder.discardRow()
    try RowBatchTests.appendPair("b", "2", to: &builder)
    let batch = try builder.batch()
    let clean = try RowBatchTests.batch([("a", "1"), ("b", "2")])
    #expect(Array(batch.bytes) == Array(clean.bytes))
    #expect(batch.rowEnds == clean.rowEnds)
    #expect(batch.fingerprint == clean.fingerprint)
  }

  @Test func `counting only leaves the builder empty and its fingerprint behind`() throws {
    var builder = RowBatchBuilder(columnCount: 2)
    try RowBatchTests.appendPair("a", "1", to: &builder)
    let counted = builder.takeFingerprint()
    #expect(try counted == RowBatchTests.batch([("a", "1")]).fingerprint)
    let isEmpty = builder.isEmpty
    #expect(isEmpty)
    let batch = builder.take()
    #expect(batch == nil)
    let nothing = builder.takeFingerprint()
    #expect(nothing == Fingerprint())
  }

  @Test func `a row that was not ended is not silently part of the next one`() async {
    await #expect(processExitsWith: .failure) {
      var builder = RowBatchBuilder(columnCount: 1)
      builder.beginRow()
      builder.append(1 as Int64)
      builder.beginRow()
    }
  }

  @Test func `the example in the documentation has the fingerprint that it states`() throws {
    let types: [ColumnType] = [
      .int32, .text(maxLength: nil), .decimal(precision: 10, scale: 2), .timestamp(precision: 6),
    ]
    let rows = [
      ["1", "Ada", "12.50", "2024-05-01 12:30:00.25"], ["2", nil, "-0.01", "1999-12-31 23:59:59"],
    ]
    var fingerprint = Fingerprint()
    for row in rows {
      let encoded = try encodedRow(Array(zip(row, types)))
      encoded.withUnsafeBytes { fingerprint.add($0) }
    }
    let page = try Repository.text("docs/encoding.md")
    #expect(page.contains("# \(fingerprint.description)\n"))
  }

  @Test func `a UUID has sixteen bytes`() throws {
    for count in [0, 15, 17, 36] {
      var builder = RowBatchBuilder(columnCount: 1)
      builder.beginRow()
      #expect(throws: BadValue("is not sixteen bytes long, as a UUID is")) {
        try [UInt8](repeating: 1, count: count).withUnsafeBytes { try builder.appendUUID(bytes: $0) }
      }
      builder.discardRow()
    }
  }

  @Test func `NUL passes unless the target cannot hold it`() throws {
    let text = Array("a\0b".utf8)
    var builder = RowBatchBuilder(columnCount: 1)
    builder.beginRow()
    #expect(throws: BadValue("contains the character NUL, which the target cannot hold")) {
      try text.withUnsafeBytes { try builder.appendText($0, maxLength: nil, allowsNUL: false) }
    }
    builder.discardRow()
    builder.beginRow()
    try text.withUnsafeBytes { try builder.appendText($0, maxLength: nil) }
    builder.endRow()
    let rowCount = builder.rowCount
    #expect(rowCount == 1)
  }
}

@Suite struct FingerprintTests {
  @Test func `the text form reads back`() throws {
    for fingerprint in [Fingerprint(), Fingerprint(rows: 3, sum: 0xAB), Fingerprint(rows: .max, sum: .max)] {
      #expect(Fingerprint(fingerprint.description) == fingerprint)
    }
    #expect(Fingerprint(rows: 3, sum: 0xAB).description == "3:000000000000000000000000000000ab")
  }

  @Test func `nothing else is a fingerprint`() {
    let sum = String(repeating: "0", count: 32)
    for text in [
      "", ":", "3", "3:ab", "-1:\(sum)", "+1:\(sum)", "1:+\(sum.dropLast())", "1:\(sum)0",
      "1:\(sum.dropLast())A", "1:\(sum):", " 1:\(sum)",
    ] {
      #expect(Fingerprint(text) == nil, "\(text)")
    }
  }

  @Test func `sums wrap`() {
    var left = Fingerprint(rows: 1, sum: .max)
    left += Fingerprint(rows: 1, sum: 2)
    #expect(left == Fingerprint(rows: 2, sum: 1))
  }
}
