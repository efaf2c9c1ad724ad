import Rows

/// One way in which a migration damages one row, and what a comparison must say about it.
package struct Mutation: Sendable, CustomStringConvertible {
  package enum Damage: Sendable {
    case missing, extra, doubled
    /// The cells of the row, in the source and in the target.
    case cells([(column: String, source: String?, target: String?)])
    /// Two neighbouring rows exchange what they have in a column.
    case exchanged(column: String)
  }

  package let description: String
  package let damage: Damage
  /// The cause by column. `%` stands for the key of the row's partner.
  package let causes: [String: String]

  package init(_ description: String, _ damage: Damage, causes: [String: String] = [:]) {
    self.description = description
    self.damage = damage
    self.causes = causes
  }

  private static func cell(
    _ name: String, _ column: String, _ source: String?, _ target: String?, _ cause: String
  ) -> Mutation {
    Mutation(name, .cells([(column, source, target)]), causes: [column: cause])
  }

  package static let all: [Mutation] = [
    Mutation("a missing row", .missing),
    Mutation("an extra row", .extra),
    Mutation("a doubled row", .doubled),
    Mutation(
      "two rows' values swapped", .exchanged(column: "Title"),
      causes: ["Title": "exchanged with the row whose %"]),
    cell("NULL for empty", "Note", "", nil, "target is NULL, source is empty"),
    cell("empty for NULL", "Note", nil, "", "source is NULL, target is empty"),
    cell("another case", "Title", "Hello World", "hello world", "target is in lower case"),
    cell("a lost trailing space", "Title", "Hello ", "Hello", "target lost 1 trailing space"),
    cell("NFC for NFD", "Title", "Cafe\u{301}", "Caf\u{E9}", "target is normalised to NFC"),
    cell(
      "a question mark for an emoji", "Title", "Hi \u{1F600}", "Hi ?",
      "target has '?' for characters outside the Basic Multilingual Plane, such as emoji"),
    cell("LF for CR LF", "Body", "a\r\nb", "a\nb", "target has LF where source has CR LF"),
    cell(
      "truncation", "Body", String(repeating: "long text ", count: 80),
      String(String(repeating: "long text ", count: 80).prefix(701)), "target is truncated at 701 characters"),
    cell(
      "an hour", "CreatedAt", "2008-07-31 21:42:52.667", "2008-07-31 22:42:52.667", "target is 1 hour later"),
    cell(
      "a microsecond", "CreatedAt", "2008-07-31 21:42:52.667001", "2008-07-31 21:42:52.667",
      "target is 1 microsecond earlier"),
    cell("a cent", "Amount", "12.34", "12.35", "target is 0.01 more"),
    cell("a sign", "Amount", "12.34", "-12.34", "target has the opposite sign"),
    cell("the literal NULL", "Note", nil, "NULL", "source is NULL, target holds the text 'NULL'"),
    Mutation(
      "contents across a border", .cells([("Title", "a|b", "a"), ("Body", "c", "b|c")]),
      causes: [
        "Title": "contents moved across the border between Title and Body",
        "Body": "contents moved across the border between Title and Body",
      ]),
  ]

  /// Does the damage at a row to a copy of the table. Returns both sides: some damage needs a value to begin with.
  package func apply(to table: SampleTable, at row: Int) -> (source: SampleTable, target: SampleTable) {
    var source = table
    var target = table
    switch damage {
    case .missing: target.rows.remove(at: row)
    case .extra: source.rows.remove(at: row)
    case .doubled: target.rows.append(table.rows[row])
    case .exchanged(let column):
      let position = table.position(column)
      let other = row + 1 < table.rows.count ? row + 1 : row - 1
      target.rows[row][position] = table.rows[other][position]
      target.rows[other][position] = table.rows[row][position]
    case .cells(let cells):
      for cell in cells {
        source.rows[row][table.position(cell.column)] = cell.source
        target.rows[row][table.position(cell.column)] = cell.target
      }
    }
    return (source, target)
  }
}

/// The tables that are damaged: what tells rows apart differs, the columns do not.
package enum SampleKey: String, Sendable, CaseIterable {
  case number, composite, text, nullable, none

  package static let columns: [(name: String, type: ColumnType, isNullable: Bool)] = [
    ("Id", .int32, false), ("GroupId", .int64, false), ("Code", .text(maxLength: 40), true),
    ("Title", .text(maxLength: 250), true), ("Body", .text(maxLength: nil), true),
    ("Amount", .decimal(precision: 10, scale: 2), true), ("CreatedAt", .timestamp(precision: 6), true),
    ("IsActive", .bool, true), ("Note", .text(maxLength: nil), true),
  ]

  package var key: [String] {
    switch self {
    case .number: ["Id"]
    case .composite: ["GroupId", "Id"]
    case .text, .nullable: ["Code"]
    case .none: []
    }
  }

  /// Rows whose texts are all different. With a nullable key, every third row has none.
  package func table(rows count: Int) -> SampleTable {
    var columns = SampleKey.columns
    if self == .text { columns[2].isNullable = false }
    return SampleTable(
      "LinkedPosts", columns, key: key,
      rows: (0..<count).map { index in
        let code = self == .nullable && index % 3 == 0 ? nil : "code-\(index * 7 % 1000)-\(index)"
        return [
          "\(index - 3)", "\(index / 4)", code, "Title \(index)", "Body of \(index)", "\(index).25",
          "2010-01-0\(index % 9 + 1) 12:00:00.5", index % 2 == 0 ? "true" : "false",
          index % 5 == 0 ? nil : "note \(index)",
        ]
      })
  }
}
