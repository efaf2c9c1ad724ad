import ModelDatabase
import Runtime
import Testing

@testable import SQLServerSimulator

@Suite struct PagesTests {
  struct Entry: Keyed, Equatable {
    let key: RowKey
    let value: Int
  }

  private static func entry(_ number: Int, _ value: Int = 0) -> Entry {
    Entry(key: RowKey(Int64(number)), value: value)
  }

  /// Pages beside the dictionary that they are to be equal to.
  private struct History {
    var pages = Pages<Entry>()
    var model: [Int: Int] = [:]
    var seed: Seed

    mutating func draw(_ count: Int) -> Int { Int(seed.next() % UInt64(count)) }

    var sorted: [Entry] { model.sorted { $0.key < $1.key }.map { PagesTests.entry($0.key, $0.value) } }

    mutating func change() {
      let (key, value) = (draw(3000), draw(1000))
      let entry = PagesTests.entry(key, value)
      switch draw(5) {
      case 0, 1:
        #expect(pages.insert(entry) == (model[key] == nil))
        if model[key] == nil { model[key] = value }
      case 2:
        #expect(pages.remove(entry.key)?.value == model.removeValue(forKey: key))
      case 3:
        #expect(pages.replace(entry)?.value == model[key])
        if model[key] != nil { model[key] = value }
      default:
        let first = (model.keys.max() ?? 0) + 1
        for next in first..<first + draw(40) {
          pages.append(PagesTests.entry(next))
          model[next] = 0
        }
      }
    }

    mutating func removeSome() {
      let (from, count) = (draw(3000), draw(1200))
      let keys = model.keys.sorted().filter { $0 >= from }.prefix(count)
      pages.remove(sorted: keys.map { PagesTests.entry($0).key })
      for key in keys { model[key] = nil }
    }

    mutating func interval() -> (KeyInterval, (Int) -> Bool) {
      let (low, high) = (draw(3200), draw(3200))
      let (after, upTo) = (draw(2) == 0, draw(2) == 0)
      let interval = KeyInterval(
        from: after ? .after(PagesTests.entry(low).key) : .before(PagesTests.entry(low).key),
        to: upTo ? .after(PagesTests.entry(high).key) : .before(PagesTests.entry(high).key))
      return (interval, { (after ? $0 > low : $0 >= low) && (upTo ? $0 <= high : $0 < high) })
    }
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `pages hold what a sorted dictionary holds, whatever is done to them`(_ seed: UInt64) {
    var history = History(seed: Seed(seed))
    for round in 0..<60 {
      for _ in 0..<80 { history.change() }
      if round % 5 == 4 { history.removeSome() }
      let all = history.sorted
      #expect(Array(history.pages.run(.all)) == all)
      #expect(history.pages.count == all.count)
      #expect(history.pages.pages.allSatisfy { !$0.isEmpty && $0.count <= Pages<Entry>.capacity })
      let (interval, isIn) = history.interval()
      let part = all.filter { interval.contains($0.key) }
      #expect(
        part.map(\.value) == history.model.filter { isIn($0.key) }.sorted { $0.key < $1.key }.map(\.value))
      #expect(Array(history.pages.run(interval)) == part)
      #expect(history.pages.isEmpty(in: interval) == part.isEmpty)
      let limit = 1 + history.draw(700)
      #expect(Array(history.pages.run(interval, limit: limit)) == Array(part.prefix(limit)))
      #expect(Array(history.pages.run(interval, limit: limit, fromEnd: true)) == Array(part.suffix(limit)))
      #expect(Array(history.pages.run(interval).reversed()) == part.reversed())
    }
  }

  @Test func `a copy stays what it was`() {
    var pages = Pages<Entry>()
    for number in 0..<5000 { pages.append(PagesTests.entry(number)) }
    let copy = pages
    for number in stride(from: 0, to: 5000, by: 3) { pages.remove(PagesTests.entry(number).key) }
    for number in 5000..<6000 { pages.insert(PagesTests.entry(number)) }
    _ = pages.replace(PagesTests.entry(1, 7))
    #expect(Array(copy.run(.all)) == (0..<5000).map { PagesTests.entry($0) })
    #expect(pages.find(PagesTests.entry(1).key)?.value == 7)
  }

  @Test func `few are left in few pages`() {
    var pages = Pages<Entry>()
    for number in 0..<20_000 { pages.append(PagesTests.entry(number)) }
    for number in 0..<20_000 where number % 50 != 0 { pages.remove(PagesTests.entry(number).key) }
    #expect(pages.count == 400)
    #expect(pages.pages.count < 20)
  }

  @Test func `a prefix's interval holds the keys that begin with it`() {
    let keys =
      [[1], [1, 0], [1, 0xFF], [1, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 1], [2], [0xFF], [0xFF, 3]] as [[UInt8]]
    for prefix in [[1], [1, 0xFF], [1, 0xFF, 0xFF], [0xFF], []] as [[UInt8]] {
      let interval = KeyInterval(prefix: prefix)
      for key in keys where key.count >= prefix.count {
        #expect(interval.contains(RowKey(bytes: key)) == key.starts(with: prefix), "\(prefix) and \(key)")
      }
    }
  }
}
