/// The nine tables, in the order in which they can be loaded.
enum StackOverflowTable: Int, CaseIterable, Sendable {
  case linkTypes, postTypes, voteTypes, users, badges, posts, comments, postLinks, votes

  var name: String {
    switch self {
    case .linkTypes: "LinkTypes"
    case .postTypes: "PostTypes"
    case .voteTypes: "VoteTypes"
    case .users: "Users"
    case .badges: "Badges"
    case .posts: "Posts"
    case .comments: "Comments"
    case .postLinks: "PostLinks"
    case .votes: "Votes"
    }
  }

  init?(name: String) {
    guard let table = StackOverflowTable.allCases.first(where: { $0.name == name }) else { return nil }
    self = table
  }

  /// Rows of StackOverflow2010.
  var fullCount: Int {
    switch self {
    case .linkTypes: Lookup.linkTypes.rows.count
    case .postTypes: Lookup.postTypes.rows.count
    case .voteTypes: Lookup.voteTypes.rows.count
    case .users: 299_398
    case .badges: 1_102_019
    case .posts: 3_729_195
    case .comments: 3_875_183
    case .postLinks: 161_519
    case .votes: 10_143_364
    }
  }

  var isLookup: Bool { rawValue <= StackOverflowTable.voteTypes.rawValue }
}

/// What seed, scale and hostility determine: how many rows each table has, their ids, and who refers to whom.
struct Population: Sendable {
  let seed: UInt64
  let isHostile: Bool
  let users: IdSequence
  let posts: IdSequence
  let userActivity: Zipf
  let postPopularity: Zipf
  let threads: PostThreads
  private let scale: Scale

  init(seed: UInt64, scale: Scale, hostile: Bool) {
    self.seed = seed
    self.scale = scale
    isHostile = hostile
    let userCount = Population.count(.users, scale)
    let postCount = Population.count(.posts, scale)
    users = IdSequence(count: userCount, includesCommunity: true, hostile: hostile)
    posts = IdSequence(count: postCount, includesCommunity: false, hostile: hostile)
    userActivity = Zipf(count: userCount)
    postPopularity = Zipf(count: postCount)
    threads = PostThreads(count: postCount, seed: seed)
  }

  func count(_ table: StackOverflowTable) -> Int { Population.count(table, scale) }

  private static func count(_ table: StackOverflowTable, _ scale: Scale) -> Int {
    table.isLookup ? table.fullCount : max(1, scale.applied(to: table.fullCount))
  }

  /// The ids of a table that is not a lookup table.
  func ids(_ table: StackOverflowTable) -> IdSequence {
    switch table {
    case .users: users
    case .posts: posts
    default: IdSequence(count: count(table), includesCommunity: false, hostile: isHostile)
    }
  }

  func draws(_ table: StackOverflowTable, row: Int) -> Draws {
    Draws(key: Draws.key(seed: seed, use: 16 + table.rawValue), row: row)
  }

  /// The author of something: few write much.
  func author(_ draw: UInt64) -> Int32 { users.id(userActivity.row(draw)) }

  /// Any user, as likely as any other.
  func anyone(_ draw: UInt64) -> Int32 { users.id(Draws.scale(draw, to: users.count)) }

  /// A post that was there when `row` of so many rows was written; most are recent.
  func recentPost(row: Int, of count: Int, _ draws: inout Draws) -> Int {
    let newest = newestPost(row: row, of: count)
    let age = postPopularity.rank(draws.next()) - 1
    return draws.chance(3_000) || age > newest ? draws.below(newest + 1) : newest - age
  }

  /// A post that was there when `row` of so many rows was written; some are much more likely than others.
  func popularPost(row: Int, of count: Int, _ draws: inout Draws) -> Int {
    let post = postPopularity.row(draws.next())
    return post <= newestPost(row: row, of: count) ? post : recentPost(row: row, of: count, &draws)
  }

  /// The last post before a row of another table. The first rows have none, and take the first post.
  private func newestPost(row: Int, of count: Int) -> Int {
    max(0, Int(truncatingIfNeeded: UInt64(row) &* UInt64(posts.count) / UInt64(count)) - 1)
  }
}
