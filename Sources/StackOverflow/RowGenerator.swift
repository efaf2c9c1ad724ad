import Rows

/// Makes the rows of one table, each from its number alone.
protocol RowGenerator {
  /// Appends a row with all columns in their natural types.
  /// - Parameter scratch: memory for texts that are put together before their length is known.
  func append(row: Int, to batch: inout RowBatchBuilder, scratch: inout Scratch)
}

extension RowBatchBuilder {
  @inline(__always)
  mutating func append(_ value: Int32?) {
    if let value { append(value) } else { appendNull() }
  }

  /// A time, unless the row is to have a hostile one.
  @inline(__always)
  mutating func append(ticks: Int, _ hostile: Hostile, row: Int, column: Int) {
    append(hostile.time(row: row, column: column) ?? Calendar.microseconds(ticks: ticks))
  }

  /// A number of a column that is NOT NULL, unless the row is to have a hostile one.
  @inline(__always)
  mutating func append(_ value: Int32, _ hostile: Hostile, row: Int, column: Int) {
    append(hostile.integer(row: row, column: column) ?? value)
  }

  /// A number or NULL, unless the row is to have a hostile one.
  @inline(__always)
  mutating func append(nullable value: Int32?, _ hostile: Hostile, row: Int, column: Int) {
    if let integer = hostile.integer(row: row, column: column) {
      append(integer)
    } else {
      append(hostile.isNull(row: row, column: column) ? nil : value)
    }
  }

  mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}

struct LookupRows: RowGenerator {
  private let lookup: Lookup

  init(_ lookup: Lookup) { self.lookup = lookup }

  func append(row: Int, to batch: inout RowBatchBuilder, scratch: inout Scratch) {
    let (id, name) = lookup.rows[row]
    batch.beginRow()
    batch.append(id)
    batch.append(name)
    batch.endRow()
  }
}

struct BadgeRows: RowGenerator {
  private let population: Population
  private let ids: IdSequence
  private let timeline: Timeline
  private let hostile: Hostile
  private static let popularity = Zipf(count: Names.badges.count)

  init(_ population: Population) {
    self.population = population
    ids = population.ids(.badges)
    timeline = Timeline(count: ids.count)
    hostile = Hostile(isEnabled: population.isHostile)
  }

  func append(row: Int, to batch: inout RowBatchBuilder, scratch: inout Scratch) {
    var draws = population.draws(.badges, row: row)
    let user = draws.chance(5_000) ? population.author(draws.next()) : population.anyone(draws.next())
    batch.beginRow()
    batch.append(ids.id(row))
    if !hostile.appendText(row: row, column: 1, limit: 40, into: &batch) {
      batch.append(Names.badges[BadgeRows.popularity.rank(draws.next()) - 1])
    }
    batch.append(user)
    batch.append(ticks: timeline.ticks(row: row, draws.next()), hostile, row: row, column: 3)
    batch.endRow()
  }
}

struct CommentRows: RowGenerator {
  private let population: Population
  private let ids: IdSequence
  private let timeline: Timeline
  private let hostile: Hostile
  static let textLimit = 700
  /// From 15 to 600, on average 150.
  private static let lengths = QuantileTable(
    (0, 15), (150, 50), (400, 95), (650, 155), (850, 240), (960, 370), (1024, 601))
  private static let scores = QuantileTable((0, 0), (850, 1), (960, 2), (1000, 5), (1020, 20), (1024, 200))

  init(_ population: Population) {
    self.population = population
    ids = population.ids(.comments)
    timeline = Timeline(count: ids.count)
    hostile = Hostile(isEnabled: population.isHostile)
  }

  func append(row: Int, to batch: inout RowBatchBuilder, scratch: inout Scratch) {
    var draws = population.draws(.comments, row: row)
    batch.beginRow()
    batch.append(ids.id(row))
    batch.append(ticks: timeline.ticks(row: row, draws.next()), hostile, row: row, column: 1)
    let post = population.recentPost(row: row, of: ids.count, &draws)
    batch.append(population.posts.id(post))
    batch.append(nullable: CommentRows.scores.value(draws.next()), hostile, row: row, column: 3)
    if !hostile.appendText(row: row, column: 4, limit: CommentRows.textLimit, into: &batch) {
      let length = Int(CommentRows.lengths.value(draws.next()))
      Prose.english.write(length, to: batch.appendField(byteCount: length), &draws)
    }
    batch.append(draws.chance(160) ? nil : population.author(draws.next()))
    batch.endRow()
  }
}

struct PostLinkRows: RowGenerator {
  private let population: Population
  private let ids: IdSequence
  private let timeline: Timeline
  private let hostile: Hostile

  init(_ population: Population) {
    self.population = population
    ids = population.ids(.postLinks)
    timeline = Timeline(count: ids.count)
    hostile = Hostile(isEnabled: population.isHostile)
  }

  func append(row: Int, to batch: inout RowBatchBuilder, scratch: inout Scratch) {
    var draws = population.draws(.postLinks, row: row)
    let threads = population.threads
    let post = threads.question(near: population.recentPost(row: row, of: ids.count, &draws))
    let related = threads.question(near: population.popularPost(row: row, of: ids.count, &draws))
    batch.beginRow()
    batch.append(ids.id(row))
    batch.append(ticks: timeline.ticks(row: row, draws.next()), hostile, row: row, column: 1)
    batch.append(population.posts.id(post))
    batch.append(population.posts.id(related))
    batch.append(draws.chance(1_000) ? 3 as Int32 : 1)
    batch.endRow()
  }
}
