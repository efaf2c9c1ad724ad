/// Which posts are questions, which are answers, and to what: in blocks of 64 rows that each stand alone.
///
/// A block begins with a question; an answer belongs to an earlier question of its block. So parents,
/// accepted answers and numbers of answers agree with one another and need no other block.
struct PostThreads: Sendable {
  static let blockSize = 64
  /// PostTypes 3 to 8, of which there are few.
  private static let rareTypes = 6
  private let count: Int
  private let blockKey: UInt64
  private let answerKey: UInt64

  /// The rows of a block by kind, as bits. Rows beyond the table's end are in none.
  struct Block {
    let first: Int
    let questions: UInt64
    let answers: UInt64
    /// What the rows that are neither are.
    let rareType: Int32
  }

  enum Role: Equatable {
    case question, answer
    case other(type: Int32)
  }

  init(count: Int, seed: UInt64) {
    self.count = count
    blockKey = Draws.key(seed: seed, use: 1)
    answerKey = Draws.key(seed: seed, use: 2)
  }

  func block(of row: Int) -> Block {
    let number = row / PostThreads.blockSize
    let first = number * PostThreads.blockSize
    var draws = Draws(key: blockKey, row: number)
    let existing = count - first >= 64 ? UInt64.max : 1 << UInt64(count - first) - 1
    // The first row of a block is a question, so that every answer has a parent.
    let rare: UInt64 = draws.chance(6_000) ? 1 << UInt64(1 + draws.below(63)) : 0
    let questions = (draws.next() | 1) & ~rare
    return Block(
      first: first, questions: questions & existing, answers: ~questions & ~rare & existing,
      rareType: Int32(3 + number % PostThreads.rareTypes))
  }

  func role(_ row: Int, in block: Block) -> Role {
    let bit: UInt64 = 1 << UInt64(row - block.first)
    if block.questions & bit != 0 { return .question }
    return block.answers & bit != 0 ? .answer : .other(type: block.rareType)
  }

  /// The row of an answer's question.
  func parent(ofAnswer row: Int, in block: Block) -> Int {
    let draw = Draws.mix(answerKey &+ UInt64(truncatingIfNeeded: row))
    // The first question of a block is the popular one.
    if draw & 7 == 0 { return block.first }
    var earlier = block.questions & (1 << UInt64(row - block.first) - 1)
    // Each question further back is half as likely.
    for _ in 0..<(draw >> 3 | 1 << 60).trailingZeroBitCount where earlier & (earlier - 1) != 0 {
      earlier ^= 1 << UInt64(63 - earlier.leadingZeroBitCount)
    }
    return block.first + 63 - earlier.leadingZeroBitCount
  }

  /// How many answers a question has, and the row of the first of them.
  func answers(toQuestion row: Int, in block: Block) -> (count: Int, first: Int?) {
    // Rows after this one: shifting twice because shifting by 64 at once leaves none to choose from.
    var later = block.answers & ((UInt64.max << UInt64(row - block.first)) << 1)
    var result: (count: Int, first: Int?) = (0, nil)
    while later != 0 {
      let answer = block.first + later.trailingZeroBitCount
      if parent(ofAnswer: answer, in: block) == row {
        result.count += 1
        if result.first == nil { result.first = answer }
      }
      later &= later - 1
    }
    return result
  }

  /// The row itself or the last question before it: its block begins with one.
  func question(near row: Int) -> Int {
    let block = block(of: row)
    let before = block.questions & (UInt64.max >> UInt64(63 - (row - block.first)))
    return block.first + 63 - before.leadingZeroBitCount
  }

  /// The row itself or an answer of its block; the row itself, whatever it is, if the block has none.
  func answer(near row: Int) -> Int {
    let block = block(of: row)
    let before = block.answers & (UInt64.max >> UInt64(63 - (row - block.first)))
    let candidates = before != 0 ? before : block.answers
    return candidates != 0 ? block.first + 63 - candidates.leadingZeroBitCount : row
  }
}
