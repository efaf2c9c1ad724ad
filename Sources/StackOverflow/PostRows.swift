import Rows

struct PostRows: RowGenerator {
  private let population: Population
  private let ids: IdSequence
  private let timeline: Timeline
  private let hostile: Hostile

  private static let bodyLengths = QuantileTable(
    (0, 30), (100, 180), (300, 380), (512, 620), (700, 950), (850, 1_400), (940, 2_100), (990, 3_700),
    (1015, 7_500),
    (1022, 15_000), (1024, 36_000))
  private static let scores = QuantileTable(
    (0, -40), (2, -6), (20, -1), (45, 0), (330, 1), (560, 2), (720, 3), (830, 5), (920, 9), (975, 18),
    (1005, 45),
    (1020, 150), (1023, 600), (1024, 2_500))
  private static let viewCounts = QuantileTable(
    (0, 5), (100, 60), (300, 180), (512, 400), (700, 900), (850, 2_000), (950, 6_000), (1005, 20_000),
    (1020, 80_000),
    (1024, 600_000))
  private static let commentCounts = QuantileTable(
    (0, 0), (500, 1), (750, 2), (900, 4), (1000, 8), (1024, 35))
  private static let favoriteCounts = QuantileTable(
    (0, 0), (100, 1), (650, 2), (850, 4), (980, 12), (1024, 300))

  init(_ population: Population) {
    self.population = population
    ids = population.posts
    timeline = Timeline(count: ids.count)
    hostile = Hostile(isEnabled: population.isHostile)
  }

  func append(row: Int, to batch: inout RowBatchBuilder, scratch: inout Scratch) {
    var draws = population.draws(.posts, row: row)
    let threads = population.threads
    let block = threads.block(of: row)
    let role = threads.role(row, in: block)
    let isQuestion = role == .question
    let answers = isQuestion ? threads.answers(toQuestion: row, in: block) : (count: 0, first: nil)
    let created = timeline.ticks(row: row, draws.next())

    batch.beginRow()
    batch.append(ids.id(row))
    // Of the questions that have an answer, most have accepted one.
    let accepted = draws.chance(5_800) ? answers.first : nil
    batch.append(accepted.map(ids.id))
    batch.append(nullable: isQuestion ? Int32(answers.count) : nil, hostile, row: row, column: 2)
    appendBody(row, &batch, &draws)
    appendTime(draws.chance(isQuestion ? 400 : 0), after: created, row, column: 4, &batch, &draws)
    batch.append(nullable: PostRows.commentCounts.value(draws.next()), hostile, row: row, column: 5)
    appendTime(draws.chance(300), after: created, row, column: 6, &batch, &draws)
    batch.append(ticks: created, hostile, row: row, column: 7)
    let favorites = isQuestion && draws.chance(2_850) ? PostRows.favoriteCounts.value(draws.next()) : nil
    batch.append(nullable: favorites, hostile, row: row, column: 8)
    batch.append(ticks: Timeline.later(than: created, draws.next()), hostile, row: row, column: 9)
    appendPeople(row, created: created, &batch, &scratch, &draws)
    batch.append(role == .answer ? ids.id(threads.parent(ofAnswer: row, in: block)) : nil)
    batch.append(role.postType)
    batch.append(PostRows.scores.value(draws.next()), hostile, row: row, column: 16)
    appendTags(isQuestion, row, &batch, &scratch, &draws)
    appendTitle(isQuestion, row, &batch, &scratch, &draws)
    batch.append(isQuestion ? PostRows.viewCounts.value(draws.next()) : 0, hostile, row: row, column: 19)
    batch.endRow()
  }

  private func appendBody(_ row: Int, _ batch: inout RowBatchBuilder, _ draws: inout Draws) {
    if hostile.appendText(row: row, column: 3, limit: nil, into: &batch) { return }
    let length = Int(PostRows.bodyLengths.value(draws.next()))
    Markup.write(length, to: batch.appendField(byteCount: length), &draws)
  }

  private func appendTime(
    _ isPresent: Bool, after created: Int, _ row: Int, column: Int, _ batch: inout RowBatchBuilder,
    _ draws: inout Draws
  ) {
    if let time = hostile.time(row: row, column: column) {
      batch.append(time)
    } else if isPresent {
      batch.append(Calendar.microseconds(ticks: Timeline.later(than: created, draws.next())))
    } else {
      batch.appendNull()
    }
  }

  /// LastEditDate, LastEditorDisplayName, LastEditorUserId, OwnerUserId.
  private func appendPeople(
    _ row: Int, created: Int, _ batch: inout RowBatchBuilder, _ scratch: inout Scratch, _ draws: inout Draws
  ) {
    let isEdited = draws.chance(4_900)
    appendTime(isEdited, after: created, row, column: 10, &batch, &draws)
    if !hostile.appendText(row: row, column: 11, limit: 40, into: &batch) {
      if draws.chance(9_950) {
        batch.appendNull()
      } else {
        scratch.clear()
        DisplayName.add(to: &scratch, &draws)
        batch.append(scratch.text)
      }
    }
    batch.append(isEdited ? person(community: 800, &draws) : nil)
    batch.append(draws.chance(150) ? nil : person(community: 60, &draws))
  }

  /// Somebody who writes, or so many times in ten thousand the Community user.
  private func person(community: Int, _ draws: inout Draws) -> Int32 {
    draws.chance(community) ? -1 : population.author(draws.next())
  }

  private func appendTags(
    _ isPresent: Bool, _ row: Int, _ batch: inout RowBatchBuilder, _ scratch: inout Scratch,
    _ draws: inout Draws
  ) {
    if hostile.appendText(row: row, column: 17, limit: 150, into: &batch) { return }
    guard isPresent else { return batch.appendNull() }
    scratch.clear()
    // Steps from tag to tag that add up to less than the list never name one twice.
    var tag = Tags.popularity.rank(draws.next()) - 1
    for _ in 0..<1 + draws.below(5) {
      scratch.add("<")
      scratch.add(Tags.names[tag])
      scratch.add(">")
      tag = (tag + 1 + draws.below(Tags.names.count / 5 - 1)) % Tags.names.count
    }
    batch.append(scratch.text)
  }

  private func appendTitle(
    _ isPresent: Bool, _ row: Int, _ batch: inout RowBatchBuilder, _ scratch: inout Scratch,
    _ draws: inout Draws
  ) {
    if hostile.appendText(row: row, column: 18, limit: 250, into: &batch) { return }
    guard isPresent else { return batch.appendNull() }
    scratch.clear()
    scratch.add(Titles.openings.any(draws.next()))
    if draws.chance(5_000) { scratch.add(Titles.adjectives.any(draws.next())) }
    scratch.add(Titles.nouns.any(draws.next()))
    if draws.chance(7_000) {
      scratch.add(Titles.joints.any(draws.next()))
      scratch.add(Titles.nouns.any(draws.next()))
    }
    if draws.chance(3_000) {
      scratch.add(" in ")
      scratch.add(Tags.names[Tags.popularity.rank(draws.next()) - 1])
    }
    scratch.add("?")
    batch.append(scratch.text)
  }
}

extension PostThreads.Role {
  /// PostTypes.Id.
  var postType: Int32 {
    switch self {
    case .question: 1
    case .answer: 2
    case .other(let type): type
    }
  }
}
