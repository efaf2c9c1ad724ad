/// How far a misspelt word is from one that exists.
enum EditDistance {
  /// Insertions, deletions, replacements, and swaps of neighbours.
  static func between(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var before: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let isSame = left[row] == right[column]
        var best = min(previous[column] + (isSame ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, before[column - 1] + 1)
        }
        current.append(best)
      }
      (before, previous) = (previous, current)
    }
    return previous[right.count]
  }

  /// The nearest of the words, the first of equals; nil if none is near.
  static func nearest(to word: String, among words: [String]) -> String? {
    let distances = words.map { (word: $0, distance: between(word, $0)) }
    let best = distances.min { $0.distance < $1.distance }
    // A word of which most letters are wrong is another word.
    guard let best, best.distance <= max(1, min(word.count, best.word.count) / 2) else { return nil }
    return best.word
  }
}
