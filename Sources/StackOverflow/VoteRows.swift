import Rows

struct VoteRows: RowGenerator {
  private let population: Population
  private let ids: IdSequence
  private let timeline: Timeline
  private let hostile: Hostile

  /// VoteTypes.Id, and how many in ten thousand votes are of it. Favorites and the starts of bounties are
  /// the ones that name their user; they and the ends of bounties make the share of NULLs.
  private static let kinds: InlineArray<15, (id: Int32, share: Int)> = [
    (2, 7_488), (1, 1_000), (5, 885), (3, 380), (10, 120), (6, 40), (16, 20), (8, 15), (9, 15), (11, 12),
    (15, 8), (12, 6), (4, 4), (13, 4), (7, 3),
  ]
  private static let bounties: InlineArray<8, Int32> = [50, 50, 50, 100, 25, 150, 200, 100]

  init(_ population: Population) {
    self.population = population
    ids = population.ids(.votes)
    timeline = Timeline(count: ids.count)
    hostile = Hostile(isEnabled: population.isHostile)
  }

  func append(row: Int, to batch: inout RowBatchBuilder, scratch: inout Scratch) {
    var draws = population.draws(.votes, row: row)
    let kind = VoteRows.kind(draws.below(10_000))
    let isBounty = kind == 8 || kind == 9
    let hasUser = kind == 5 || kind == 8
    batch.beginRow()
    batch.append(ids.id(row))
    batch.append(population.posts.id(post(row: row, kind: kind, &draws)))
    batch.append(hasUser ? population.author(draws.next()) : nil)
    let bounty = isBounty ? VoteRows.bounties[draws.below(8)] : nil
    batch.append(nullable: bounty, hostile, row: row, column: 3)
    batch.append(kind)
    let ticks = timeline.ticks(row: row, draws.next())
    // Votes have a day and no time of day.
    let day = ticks / Calendar.ticksPerDay * Calendar.ticksPerDay
    batch.append(ticks: day, hostile, row: row, column: 5)
    batch.endRow()
  }

  private static func kind(_ place: Int) -> Int32 {
    var rest = place
    for index in kinds.indices {
      rest -= kinds[index].share
      if rest < 0 { return kinds[index].id }
    }
    preconditionFailure("the shares make ten thousand")
  }

  /// Answers are accepted and win bounties; questions are favorites and offer them.
  private func post(row: Int, kind: Int32, _ draws: inout Draws) -> Int {
    let post =
      draws.chance(4_000)
      ? population.popularPost(row: row, of: ids.count, &draws)
      : population.recentPost(row: row, of: ids.count, &draws)
    switch kind {
    case 1, 9: return population.threads.answer(near: post)
    case 5, 8: return population.threads.question(near: post)
    default: return post
    }
  }
}
