/// The ids of a table in ascending order, by row number and back, without a list.
///
/// Plain ids are 1, 2, 3 and so on. Hostile ones begin at the lowest int32, have gaps, and end at the highest.
struct IdSequence: Sendable {
  let count: Int
  /// Rows with ids that follow no rule, before all others.
  private let head: InlineArray<3, Int64>
  private let headCount: Int
  private let tailCount: Int
  private let isGapped: Bool

  /// In hostile sequences three ids are missing after each run of 97.
  private static let run = 97
  private static let period = 100
  private static let smallestHostileCount = 8

  init(count: Int, includesCommunity: Bool, hostile: Bool) {
    self.count = count
    isGapped = hostile && count >= IdSequence.smallestHostileCount
    if isGapped {
      head = [Int64(Int32.min), -1, 0]
      headCount = 3
    } else {
      head = [-1, 0, 0]
      headCount = includesCommunity ? 1 : 0
    }
    tailCount = isGapped ? 3 : 0
  }

  func id(_ row: Int) -> Int32 {
    if row < headCount { return Int32(truncatingIfNeeded: head[row]) }
    if row >= count - tailCount { return Int32.max - Int32(truncatingIfNeeded: count - 1 - row) }
    let position = row - headCount
    guard isGapped else { return Int32(truncatingIfNeeded: position + 1) }
    let gaps = position / IdSequence.run * (IdSequence.period - IdSequence.run)
    return Int32(truncatingIfNeeded: position + gaps + 1)
  }

  /// The number of rows whose id is less, which is the first row whose id is not.
  func rows(below id: Int64) -> Int {
    var headRows = 0
    while headRows < headCount, head[headRows] < id { headRows += 1 }
    guard id > 1 else { return headRows }
    let middle = count - headCount - tailCount
    let rows = min(middle, rowsOfMiddle(below: id))
    let firstOfTail = Int64(Int32.max) - Int64(tailCount) + 1
    let tailRows = Int(max(0, min(Int64(tailCount), id - firstOfTail)))
    return headCount + rows + tailRows
  }

  private func rowsOfMiddle(below id: Int64) -> Int {
    // No id is larger than an int32, and the sum below must not overflow.
    let distance = Int(min(id, Int64(Int32.max) + 1)) - 1
    guard isGapped else { return distance }
    return distance / IdSequence.period * IdSequence.run + min(distance % IdSequence.period, IdSequence.run)
  }
}
