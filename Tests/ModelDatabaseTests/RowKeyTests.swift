import Databases
import ModelDatabase
import Rows
import Runtime
import Testing

@Suite struct RowKeyTests {
  @Test func `integers compare by size`() {
    let numbers: [Int64] = [.min, -70000, -256, -1, 0, 1, 255, 256, 70000, .max]
    let keys = numbers.map { RowKey($0) }
    #expect(keys == keys.sorted())
    #expect(Set(keys).count == keys.count)
  }

  @Test func `texts compare by their bytes, whatever their length`() {
    var seed = Seed(7)
    let letters = ["\u{0}", "a", "b", "é", "漢", "\u{FFFD}"]
    var texts = (0..<300).map { _ in
      (0..<Int(seed.next() % 14)).map { _ in letters[Int(seed.next() % 6)] }.joined()
    }
    texts += ["", "abcdefgh", "abcdefghi", "abcdefgg\u{0}", "abcdefg", "abcdefg\u{0}"]
    for left in texts {
      for right in texts {
        let order = RowKey(.text(left)) < RowKey(.text(right))
        #expect(order == left.utf8.lexicographicallyPrecedes(right.utf8))
        #expect((RowKey(.text(left)) == RowKey(.text(right))) == left.utf8.elementsEqual(right.utf8))
      }
    }
  }

  @Test func `intervals overlap if a key can be in both`() {
    let keys = (0..<4).map { RowKey(Int64($0)) }
    let cuts: [KeyCut?] = [nil] + keys.flatMap { [KeyCut.before($0), .after($0)] }
    var intervals: [KeyInterval] = []
    for (low, from) in cuts.enumerated() {
      for to in [cuts[0]] + cuts[max(1, low)...] {
        if let from, let to, to <= from { continue }
        intervals.append(KeyInterval(from: from, to: to))
      }
    }
    // Gaps have keys, too: between 0 and 1 there could be a longer one.
    let points = keys.flatMap { [$0, RowKey(prefix: $0.prefix, rest: [1])] } + [RowKey(-1)]
    for left in intervals {
      for right in intervals {
        let common = points.contains { left.contains($0) && right.contains($0) }
        #expect(left.overlaps(right) == common, "\(left) and \(right)")
      }
    }
  }
}
