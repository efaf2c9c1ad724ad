import ModelDatabase
import Testing

@testable import SQLServerSimulator

/// What the rows must be after a statement, worked out the simple way: a statement counts if the end is
/// valid, and otherwise has done nothing.
private struct ExpectedRows: Equatable {
  struct Row: Equatable {
    var id: Int
    var u: Int?
    var up: Int?
  }

  var rows: [Row] = []
  /// Of the child table, whose foreign key cascades.
  var children: [Int] = []

  var isValid: Bool {
    let ids = Set(rows.map(\.id))
    return ids.count == rows.count && Set(rows.map(\.u)).count == rows.count
      && rows.allSatisfy { $0.up.map(ids.contains) ?? true } && children.allSatisfy(ids.contains)
  }

  mutating func update(_ range: ClosedRange<Int>, _ change: (inout Row) -> Void) {
    var moved: [Int: Int] = [:]
    for index in rows.indices where range.contains(rows[index].id) {
      let before = rows[index].id
      change(&rows[index])
      moved[before] = rows[index].id
    }
    children = children.map { moved[$0] ?? $0 }
  }

  mutating func delete(_ range: ClosedRange<Int>) {
    rows.removeAll { range.contains($0.id) }
    children.removeAll { range.contains($0) }
  }

  var text: String {
    rows.sorted { $0.id < $1.id }
      .map { "\($0.id) \($0.u.map(String.init) ?? "NULL") \($0.up.map(String.init) ?? "NULL")" }
      .joined(separator: "|")
  }
}

private struct Dice {
  var state: UInt64

  mutating func roll(_ sides: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % sides
  }

  /// NULL, or a small number.
  mutating func number() -> Int? {
    let number = roll(9)
    return number == 0 ? nil : number
  }
}

@Suite struct RandomWritingTests {
  private static func sql(_ number: Int?) -> String { number.map(String.init) ?? "NULL" }

  /// A statement, and what it does if the end is valid.
  private static func statement(_ dice: inout Dice, _ rows: inout ExpectedRows) -> String {
    let low = dice.roll(9)
    let range = low...(low + dice.roll(6))
    let filter = "WHERE id BETWEEN \(range.lowerBound) AND \(range.upperBound)"
    switch dice.roll(9) {
    case 0, 1, 2:
      let added = (0...dice.roll(3)).map { _ in
        ExpectedRows.Row(id: dice.roll(9), u: dice.number(), up: dice.number())
      }
      rows.rows += added
      let values = added.map { "(\($0.id), \(sql($0.u)), \(sql($0.up)))" }
      return "INSERT t VALUES \(values.joined(separator: ", "))"
    case 3:
      let child = dice.roll(9)
      rows.children.append(child)
      return "INSERT c VALUES (\(child))"
    case 4:
      let step = dice.roll(5) - 2
      rows.update(range) { $0.id += step }
      return "UPDATE t SET id = id + \(step) \(filter)"
    case 5:
      let sum = range.lowerBound + range.upperBound
      rows.update(range) {
        $0.id = sum - $0.id
        $0.up = $0.up.map { sum - $0 }
      }
      return "UPDATE t SET id = \(sum) - id, up = \(sum) - up \(filter)"
    case 6:
      let up = dice.number()
      rows.update(range) { $0.up = up }
      return "UPDATE t SET up = \(sql(up)) \(filter)"
    case 7:
      rows.update(range) { $0.u = $0.id }
      return "UPDATE t SET u = id \(filter)"
    default:
      rows.delete(range)
      return "DELETE t \(filter)"
    }
  }

  @Test(arguments: 1...12)
  func `a statement counts if its end is valid, and otherwise leaves nothing`(seed: Int) throws {
    var run = try WritingServer(
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, u int UNIQUE, up int, "
        + "CONSTRAINT own FOREIGN KEY (up) REFERENCES t (id))",
      "CREATE TABLE c (id int, CONSTRAINT fk FOREIGN KEY (id) REFERENCES t (id) "
        + "ON DELETE CASCADE ON UPDATE CASCADE)")
    var dice = Dice(state: UInt64(seed))
    var expected = ExpectedRows()
    var done = 0
    for _ in 0..<150 {
      var after = expected
      let statement = RandomWritingTests.statement(&dice, &after)
      let answer = run(statement)
      let isDone = answer.hasPrefix("#")
      #expect(isDone == after.isValid, "\(statement): \(answer) after \(expected.text)")
      if after.isValid {
        expected = after
        done += 1
      }
      #expect(run("SELECT * FROM t") == expected.text, "\(statement)")
      let children = expected.children.sorted().map(String.init).joined(separator: "|")
      #expect(run("SELECT id FROM c ORDER BY id") == children, "\(statement)")
      for table in run.storage.tables.compactMap({ $0 }) { #expect(table.disagreements.isEmpty) }
      guard isDone == after.isValid else { return }
    }
    #expect(done > 30)
    #expect(run.storage.lockViews.isEmpty)
  }
}
