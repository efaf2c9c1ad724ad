import Databases
import Rows
import Testing

@testable import StackOverflow

/// The distributions of the original, at a scale where chance is small beside the tolerance.
@Suite struct ShapeTests {
  private static let scale = "0.01"

  /// The share of rows without a value, for each column that has any.
  private func nullShares(_ table: StackOverflowTable) throws -> [String: Double] {
    var source = try TestSource(scale: ShapeTests.scale)
    let columns = table.columns
    var nulls = Array(repeating: 0, count: columns.count)
    var rows = 0
    try source.forEachRow(table) { row in
      for index in columns.indices where row.fields[index] == nil { nulls[index] += 1 }
      rows += 1
    }
    for (column, count) in zip(columns, nulls) where count > 0 { #expect(column.isNullable) }
    return Dictionary(uniqueKeysWithValues: zip(columns.map(\.name), nulls.map { Double($0) / Double(rows) }))
  }

  @Test func `columns have the original's null rates`() throws {
    let posts = [
      ("OwnerUserId", 0.015), ("AcceptedAnswerId", 0.84), ("FavoriteCount", 0.86), ("LastEditorUserId", 0.51),
      ("LastEditDate", 0.51), ("CommunityOwnedDate", 0.97), ("ClosedDate", 0.98),
      ("LastEditorDisplayName", 0.995), ("ParentId", 0.51), ("Title", 0.50), ("Tags", 0.50),
      ("AnswerCount", 0.50),
    ]
    try expectNullShares(.posts, posts, within: 0.01)
    let users = [("WebsiteUrl", 0.80), ("Location", 0.71), ("AboutMe", 0.77), ("Age", 0.79)]
    try expectNullShares(.users, users, within: 0.025)
    try expectNullShares(.comments, [("UserId", 0.016)], within: 0.003)
    try expectNullShares(.votes, [("UserId", 0.91)], within: 0.01)
    try expectNullShares(.votes, [("BountyAmount", 0.997)], within: 0.001)
  }

  private func expectNullShares(
    _ table: StackOverflowTable, _ expected: [(column: String, share: Double)], within tolerance: Double
  ) throws {
    let shares = try nullShares(table)
    for (column, share) in expected {
      let found = try #require(shares[column])
      #expect(abs(found - share) < tolerance, "\(table.name).\(column): \(found)")
    }
  }

  @Test func `15 % of users hold about 85 % of reputation`() throws {
    var source = try TestSource(scale: "0.1")
    var reputations: [Int] = []
    try source.forEachRow(.users) { reputations.append($0.int("Reputation")!) }
    reputations.sort(by: >)
    let top = reputations.prefix(reputations.count * 15 / 100).reduce(0, +)
    let share = Double(top) / Double(reputations.reduce(0, +))
    #expect(abs(share - 0.85) < 0.04, "\(share)")
    #expect(reputations.last! >= 1)
  }

  /// As many users with k posts as k^-2: twice the posts, a quarter of the density, half of the tail.
  @Test func `posting activity is Zipf`() throws {
    var source = try TestSource(scale: ShapeTests.scale)
    var posts: [Int: Int] = [:]
    var all = 0
    try source.forEachRow(.posts) { row in
      guard let owner = row.int("OwnerUserId"), owner != -1 else { return }
      posts[owner, default: 0] += 1
      all += 1
    }
    let counts = posts.values.sorted(by: >)
    for minimum in [10, 20, 40, 80] {
      let tail = Double(counts.count { $0 >= minimum })
      let halvedTail = Double(counts.count { $0 >= 2 * minimum })
      #expect(abs(halvedTail / tail - 0.5) < 0.15, "\(minimum): \(halvedTail / tail)")
    }
    #expect(Double(counts[0]) / Double(all) < 0.12)
  }

  @Test func `posts have the original's kinds, lengths, scores and dates`() throws {
    var source = try TestSource(scale: ShapeTests.scale)
    var kinds: [Int: Int] = [:]
    var (bodyBytes, longest, negative, rows) = (0, 0, 0, 0)
    let days = Int(Calendar.microseconds(2008, 7, 31))..<Int(Calendar.microseconds(2011, 1, 1))
    try source.forEachRow(.posts) { row in
      rows += 1
      kinds[row.int("PostTypeId")!, default: 0] += 1
      bodyBytes += row.field("Body")!.count
      longest = max(longest, row.field("Body")!.count)
      negative += row.int("Score")! < 0 ? 1 : 0
      let created = row.time("CreationDate")!
      #expect([0, 3, 7].contains(created / 1000 % 10) && created % 1000 == 0)
      for column in ["CreationDate", "LastActivityDate", "LastEditDate", "ClosedDate", "CommunityOwnedDate"] {
        guard let time = row.time(column) else { continue }
        #expect(days.contains(time) && time >= created)
      }
      let isQuestion = row.int("PostTypeId") == 1
      #expect((row.field("Title") != nil) == isQuestion)
      #expect((row.text("Tags")?.hasPrefix("<") ?? false) == isQuestion)
      if !isQuestion { #expect(row.int("ViewCount") == 0) }
    }
    #expect(kinds.keys.sorted() == Array(1...8))
    #expect(abs(Double(kinds[2]!) / Double(rows) - 0.5) < 0.02)
    #expect((950...1150).contains(bodyBytes / rows))
    #expect(longest > 30_000)
    #expect((0.02...0.06).contains(Double(negative) / Double(rows)))
  }

  @Test func `comments are 15 to 600 long, and votes have no time of day`() throws {
    var source = try TestSource(scale: ShapeTests.scale)
    var (bytes, rows) = (0, 0)
    try source.forEachRow(.comments) { row in
      #expect((15...600).contains(row.field("Text")!.count))
      bytes += row.field("Text")!.count
      rows += 1
    }
    #expect((140...165).contains(bytes / rows))
    try source.forEachRow(.votes) { row in
      #expect(row.time("CreationDate")! % 86_400_000_000 == 0)
      #expect((row.int("UserId") != nil) == [5, 8].contains(row.int("VoteTypeId")!))
      #expect((row.int("BountyAmount") != nil) == [8, 9].contains(row.int("VoteTypeId")!))
    }
  }
}
