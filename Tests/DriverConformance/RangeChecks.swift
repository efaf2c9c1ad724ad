import Databases
import Rows

extension Conformance {
  static let rangeChecks: [Check] = [
    Check("ranges of an integer column cover every row once") { session in
      let numbers = [
        "-9223372036854775808", "-3", "-1", "0", "1", "2", "3", "100", "9223372036854775807", nil, nil,
      ]
      let table = try await session.create(session.schema("integers", [("value", .int64)]))
      let rows = Session.numbered(numbers)
      try await session.insert(rows, table, as: [.int64, .int64])
      let cuts = [-3, 0, 2, 1000, Int64.max].map(KeyValue.integer)
      try await requireCover(cuts, rows, table, [.int64, .int64], session)
    },
    Check("ranges of a text column are in the order of its bytes") { session in
      let texts = [
        "", " ", "A", "B", "Z", "a", "ab", "aB", "b", "z", "~", "É", "é", "ß", "漢字", "\u{FFFD}", "👩", "a b",
        "a-b", "AB",
        "ä", "a\u{308}", nil,
      ]
      let types: [ColumnType] = [.int64, .text(maxLength: 20)]
      let table = try await session.create(session.schema("texts", [("value", types[1])]))
      let rows = Session.numbered(texts)
      try await session.insert(rows, table, as: types)
      let cuts = ["B", "a", "aB", "b", "É", "漢字", "👩"].map(KeyValue.text)
      try await requireCover(cuts, rows, table, types, session)
      // Bytewise, whatever the column's collation: b is behind B and Z.
      let range = TableRange(
        table: table.name, column: table.columns[1], range: .span(from: .text("B"), to: .text("a")))
      let found = try await session.rows(table, as: types, range).rows.compactMap { $0[1] }.sorted()
      try requireEqual(found, ["B", "Z"], "texts from B to a")
    },
    Check("a split's cuts are ascending, distinct, few, and cover every row once") { session in
      let types: [ColumnType] = [.int64, .text(maxLength: 40)]
      var asked = session.schema("cuttable", [("value", types[1])])
      asked.columns[1].isNullable = false
      asked.primaryKey = KeySchema(name: "cuttable_key", columns: ["value"], isUnique: true)
      let byText = try await session.create(asked)
      let byNumber = try await session.create(session.schema("numbered", [("value", types[1])]))
      // Dense at first, then sparse; texts that differ late.
      let rows = (1...3000).map {
        ["\($0 < 2000 ? $0 : $0 * 1000)", "key \($0 % 10) and \($0)"] as [String?]
      }
      try await session.insert(rows, byText, as: types)
      try await session.insert(rows, byNumber, as: types)
      for (table, column) in [(byText, 1), (byNumber, 0)] {
        for parts in [1, 2, 7] {
          let split = try await session.connection.split(
            SplitRequest(
              table: table.name, column: table.columns[column], partBytes: 5000, maximumParts: parts))
          try require(split.cuts.count < parts, "\(split.cuts.count) cuts for \(parts) parts")
          try requireAscending(split.cuts)
          try await requireCover(split.cuts, rows, table, types, session, column: column)
        }
        let whole = try await session.connection.split(
          SplitRequest(table: table.name, column: nil, partBytes: 5000, maximumParts: 9))
        try requireEqual(whole.cuts, [], "cuts without a column")
      }
    },
    Check("deleting a range deletes its rows and says how many") { session in
      let table = try await session.create(session.schema("deleted", [("value", .int32)]))
      let types: [ColumnType] = [.int64, .int32]
      try await session.insert(Session.numbered(["1", "2", "3", "4", nil, nil]), table, as: types)
      func delete(_ range: KeyRange) async throws -> Int {
        try await session.connection.begin()
        let count = try await session.connection.delete(
          TableRange(table: table.name, column: table.columns[1], range: range))
        try await session.connection.commit()
        return count
      }
      try requireEqual(try await delete(.span(from: .integer(2), to: .integer(4))), 2, "rows deleted")
      try requireEqual(try await delete(.span(from: .integer(2), to: .integer(4))), 0, "rows deleted again")
      try requireEqual(try await delete(.null), 2, "rows with NULL deleted")
      try requireEqual(
        try await session.rows(table, as: types).rows, [["1", "1"], ["4", "4"]], "rows left")
      try await session.connection.begin()
      try requireEqual(
        try await session.connection.delete(TableRange(table: table.name)), 2, "all rows deleted")
      try await session.connection.commit()
      try requireEqual(try await session.rows(table, as: types).rows, [], "rows left")
    },
  ]

  private static func requireAscending(_ cuts: [KeyValue]) throws {
    for (left, right) in zip(cuts, cuts.dropFirst()) {
      let isAscending =
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right
        case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        default: false
        }
      try require(isAscending, "cuts are ascending and distinct: \(left), \(right)")
    }
  }

  /// Reads every range between the cuts, and the one of NULL: together they have each row once.
  private static func requireCover(
    _ cuts: [KeyValue], _ rows: [[String?]], _ table: TableSchema, _ types: [ColumnType], _ session: Session,
    column: Int = 1
  ) async throws {
    let bounds: [KeyValue?] = [nil] + cuts + [nil]
    var ranges = zip(bounds, bounds.dropFirst()).map { KeyRange.span(from: $0, to: $1) }
    ranges.append(.null)
    var all: [[String?]] = []
    for range in ranges {
      let part = TableRange(table: table.name, column: table.columns[column], range: range)
      all += try await session.rows(table, as: types, part).rows
    }
    try requireEqual(Session.sorted(all), Session.sorted(rows), "rows of all ranges")
    let present = TableRange(
      table: table.name, column: table.columns[column], range: .span(from: nil, to: nil))
    let found = try await session.rows(table, as: types, present).rows
    try requireEqual(found, Session.sorted(rows.filter { $0[column] != nil }), "rows without NULL")
  }
}
