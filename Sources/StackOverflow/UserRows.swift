import Rows

struct UserRows: RowGenerator {
  private let population: Population
  private let ids: IdSequence
  private let timeline: Timeline
  private let hostile: Hostile
  private let communityRow: Int

  private static let ages = QuantileTable(
    (0, -972), (1, 13), (200, 22), (600, 30), (900, 42), (1020, 66), (1024, 97))
  private static let profileLengths = QuantileTable(
    (0, 20), (500, 120), (800, 350), (1000, 1_200), (1024, 4_000))
  private static let downVotes = QuantileTable((0, 0), (800, 1), (960, 10), (1015, 80), (1024, 2_000))
  private static let upVotes = QuantileTable(
    (0, 0), (500, 1), (700, 8), (900, 60), (1000, 500), (1024, 5_000))
  private static let views = QuantileTable(
    (0, 0), (300, 3), (700, 20), (950, 120), (1015, 1_000), (1024, 30_000))

  init(_ population: Population) {
    self.population = population
    ids = population.users
    timeline = Timeline(count: ids.count)
    hostile = Hostile(isEnabled: population.isHostile)
    communityRow = ids.rows(below: -1)
  }

  func append(row: Int, to batch: inout RowBatchBuilder, scratch: inout Scratch) {
    var draws = population.draws(.users, row: row)
    let created = timeline.ticks(row: row, draws.next())
    batch.beginRow()
    batch.append(ids.id(row))
    appendProfile(row, &batch, &draws)
    batch.append(
      nullable: draws.chance(7_900) ? nil : UserRows.ages.value(draws.next()), hostile, row: row, column: 2)
    batch.append(ticks: created, hostile, row: row, column: 3)
    appendDisplayName(row, &batch, &scratch, &draws)
    batch.append(UserRows.downVotes.value(draws.next()), hostile, row: row, column: 5)
    appendEmailHash(row, &batch, &scratch, &draws)
    batch.append(ticks: Timeline.later(than: created, draws.next()), hostile, row: row, column: 7)
    if !hostile.appendText(row: row, column: 8, limit: 100, into: &batch) {
      if draws.chance(7_100) { batch.appendNull() } else { batch.append(Names.places.any(draws.next())) }
    }
    batch.append(reputation(row, draws.next()), hostile, row: row, column: 9)
    batch.append(UserRows.upVotes.value(draws.next()), hostile, row: row, column: 10)
    batch.append(UserRows.views.value(draws.next()), hostile, row: row, column: 11)
    appendWebsite(row, &batch, &scratch, &draws)
    batch.append(
      nullable: draws.chance(200) ? nil : Int32(row * 2 + draws.below(2) + 1), hostile, row: row, column: 13)
    batch.endRow()
  }

  private func appendProfile(_ row: Int, _ batch: inout RowBatchBuilder, _ draws: inout Draws) {
    if hostile.appendText(row: row, column: 1, limit: nil, into: &batch) { return }
    guard !draws.chance(7_700) else { return batch.appendNull() }
    let length = Int(UserRows.profileLengths.value(draws.next()))
    Markup.write(length, to: batch.appendField(byteCount: length), &draws)
  }

  private func appendDisplayName(
    _ row: Int, _ batch: inout RowBatchBuilder, _ scratch: inout Scratch, _ draws: inout Draws
  ) {
    if hostile.appendText(row: row, column: 4, limit: 40, into: &batch) { return }
    guard row != communityRow else { return batch.append("Community") }
    scratch.clear()
    DisplayName.add(to: &scratch, &draws)
    batch.append(scratch.text)
  }

  private func appendEmailHash(
    _ row: Int, _ batch: inout RowBatchBuilder, _ scratch: inout Scratch, _ draws: inout Draws
  ) {
    if hostile.appendText(row: row, column: 6, limit: 40, into: &batch) { return }
    guard !draws.chance(300) else { return batch.appendNull() }
    scratch.clear()
    scratch.add(hexadecimal: draws.next())
    scratch.add(hexadecimal: draws.next())
    batch.append(scratch.text)
  }

  private func appendWebsite(
    _ row: Int, _ batch: inout RowBatchBuilder, _ scratch: inout Scratch, _ draws: inout Draws
  ) {
    if hostile.appendText(row: row, column: 12, limit: 200, into: &batch) { return }
    guard !draws.chance(8_000) else { return batch.appendNull() }
    scratch.clear()
    scratch.add(draws.chance(3_000) ? "http://www." : "http://")
    scratch.add(Names.handles.any(draws.next()))
    scratch.add(number: draws.below(1_000))
    scratch.add(draws.chance(5_000) ? ".example.com" : ".example.org/blog/")
    batch.append(scratch.text)
  }

  /// In inverse proportion to the user's rank of activity, less what the last rank would have: so 15 % of
  /// users hold about 85 %, and everybody has at least 1.
  private func reputation(_ row: Int, _ draw: UInt64) -> Int32 {
    let rank = population.userActivity.rank(row: row)
    let top = 5 * ids.count
    let share = top / (rank + 4) - top / (ids.count + 4)
    return Int32(truncatingIfNeeded: min(2_000_000, 1 + share / 2 + Draws.scale(draw, to: share + 1)))
  }
}

/// What people call themselves, in at most 40 UTF-16 code units.
enum DisplayName {
  static func add(to scratch: inout Scratch, _ draws: inout Draws) {
    switch draws.below(8) {
    case 0:
      scratch.add("user")
      scratch.add(number: draws.below(600_000))
    case 1, 2:
      scratch.add(Names.handles.any(draws.next()))
      if draws.chance(4_000) { scratch.add(number: draws.below(100)) }
    case 3:
      scratch.add(Names.given.any(draws.next()))
    default:
      scratch.add(Names.given.any(draws.next()))
      scratch.add(" ")
      scratch.add(Names.family.any(draws.next()))
    }
  }
}
