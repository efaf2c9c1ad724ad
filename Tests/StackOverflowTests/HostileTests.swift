import Databases
import Rows
import Testing

@testable import StackOverflow

@Suite struct HostileTests {
  private static let tables: [StackOverflowTable] = [.users, .badges, .posts, .comments, .postLinks, .votes]

  @Test(arguments: tables)
  func `every kind of hostile value is in every column that it fits, at scale 0.001`(
    table: StackOverflowTable
  ) throws {
    var source = try TestSource(hostile: true)
    let columns = table.columns
    let references = ["Id", "PostTypeId", "VoteTypeId", "LinkTypeId"] + table.references.map(\.column)
    var found = columns.map { _ in Set<[UInt8]?>() }
    try source.forEachRow(table) { row in
      for index in columns.indices { found[index].insert(row.fields[index]) }
    }
    for (index, column) in columns.enumerated() where !references.contains(column.name) {
      for expected in hostileFields(column) {
        #expect(found[index].contains(expected), "\(table.name).\(column.name) lacks \(expected)")
      }
      #expect(found[index].contains(nil) == column.isNullable, "\(table.name).\(column.name)")
    }
  }

  private func hostileFields(_ column: ColumnSchema) -> [[UInt8]] {
    switch column.type {
    case .int32: return HostileValues.integers.map { withUnsafeBytes(of: $0.bigEndian) { Array($0) } }
    case .timestamp: return HostileValues.times.map { withUnsafeBytes(of: $0.bigEndian) { Array($0) } }
    case .text(let limit):
      let fixed = (0..<HostileTexts.fixed.count).map { Array(HostileTexts.fixed[$0]) }
      return fixed
        + ["x", "'", " ", "語", "\u{1F600}"].map { unit in
          let units = limit ?? Hostile.hugeUnits
          let rest = String(repeating: "x", count: units % unit.utf16.count)
          return Array((String(repeating: unit, count: units / unit.utf16.count) + rest).utf8)
        }
    default: return []
    }
  }

  @Test func `a fixed hostile text fits every column, and each is another one`() {
    var seen: Set<[UInt8]> = []
    for index in 0..<HostileTexts.fixed.count {
      let bytes = Array(HostileTexts.fixed[index])
      #expect(String(decoding: bytes, as: UTF8.self).utf16.count <= 40)
      #expect(seen.insert(bytes).inserted)
    }
    #expect(Hostile.textPeriod * (seen.count + HostileTexts.units.count) <= 299)
    #expect(Hostile.integerPeriod * HostileValues.integers.count <= 161)
    #expect(Hostile.timePeriod * HostileValues.times.count <= 161)
  }

  @Test(arguments: tables, [false, true])
  func `texts are valid UTF-8 without NUL and no longer than their column`(
    table: StackOverflowTable, hostile: Bool
  ) throws {
    var source = try TestSource(hostile: hostile)
    let columns = table.columns
    try source.forEachRow(table) { row in
      for (column, field) in zip(columns, row.fields) {
        guard case .text(let limit) = column.type, let field else { continue }
        let text = String(validating: field, as: UTF8.self)
        #expect(text != nil, "\(table.name).\(column.name) is no UTF-8")
        #expect(!field.contains(0))
        if let limit {
          #expect((text ?? "").utf16.count <= limit, "\(table.name).\(column.name) is too long")
        }
      }
    }
  }

  @Test func `hostile ids have gaps and reach both ends of int32`() throws {
    var source = try TestSource(hostile: true)
    var ids: [Int] = []
    try source.forEachRow(.votes) { ids.append($0.int("Id")!) }
    #expect(ids.first == Int(Int32.min))
    #expect(ids.contains(-1) && ids.contains(0) && ids.contains(1))
    #expect(ids.last == Int(Int32.max))
    #expect(zip(ids, ids.dropFirst()).contains { $1 - $0 == 4 })
  }
}
