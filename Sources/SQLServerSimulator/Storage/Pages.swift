import ModelDatabase

/// What a table or an index holds, in the order of its keys: an array of pages that are copied when they
/// are written and shared.
///
/// Inserting and removing touch one page; a copy of the whole shares every page until one of both
/// changes it. Keys are unique.
package struct Pages<Element: Keyed>: Sendable {
  typealias Page = ContiguousArray<Element>

  /// Elements of a full page.
  static var capacity: Int { 256 }

  /// None is empty.
  private(set) var pages: ContiguousArray<Page> = []
  package private(set) var count = 0

  init() {}

  /// A position between elements: `slot` is less than the page's count, or both are behind the last.
  struct Place: Equatable {
    var page: Int
    var slot: Int
  }

  // MARK: Finding

  /// The first element behind the cut.
  func place(_ cut: KeyCut) -> Place {
    guard let last = pages.last?.last, cut.isBefore(last.key) else {
      return Place(page: pages.count, slot: 0)
    }
    var (low, high) = (0, pages.count - 1)
    while low < high {
      let middle = (low + high) / 2
      // No page is empty.
      if cut.isBefore(pages[middle][pages[middle].count - 1].key) { high = middle } else { low = middle + 1 }
    }
    let page = low
    (low, high) = (0, pages[page].count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cut.isBefore(pages[page][middle].key) { high = middle } else { low = middle + 1 }
    }
    return Place(page: page, slot: low)
  }

  package func find(_ key: RowKey) -> Element? {
    let place = place(.before(key))
    guard place.page < pages.count else { return nil }
    let element = pages[place.page][place.slot]
    return element.key == key ? element : nil
  }

  package var first: Element? { pages.first?.first }
  package var last: Element? { pages.last?.last }

  /// The last element that the cut is behind.
  func last(before cut: KeyCut) -> Element? {
    let place = place(cut)
    if place.slot > 0 { return pages[place.page][place.slot - 1] }
    return place.page > 0 ? pages[place.page - 1].last : nil
  }

  func first(after cut: KeyCut) -> Element? {
    let place = place(cut)
    return place.page < pages.count ? pages[place.page][place.slot] : nil
  }

  func isEmpty(in interval: KeyInterval) -> Bool {
    guard let element = interval.from.map(first(after:)) ?? first else { return true }
    return !interval.contains(element.key)
  }

  /// The elements of an interval, or the first of them, or the last, in the order of their keys.
  func run(_ interval: KeyInterval, limit: Int = .max, fromEnd: Bool = false) -> Run<Element> {
    var run = Run<Element>()
    var start = interval.from.map(place) ?? Place(page: 0, slot: 0)
    var end = interval.to.map(place) ?? Place(page: pages.count, slot: 0)
    guard (start.page, start.slot) < (end.page, end.slot) else { return run }
    if limit < Int.max {
      let whole = distance(start, end, atMost: limit)
      if whole > limit, fromEnd { start = moved(end, back: limit) }
      if whole > limit, !fromEnd { end = moved(start, on: limit) }
    }
    for page in start.page...end.page where page < pages.count {
      let slots = (page == start.page ? start.slot : 0)..<(page == end.page ? end.slot : pages[page].count)
      if !slots.isEmpty { run.append(pages[page][slots]) }
    }
    return run
  }

  /// How many elements are between two places; counting stops above a limit.
  private func distance(_ start: Place, _ end: Place, atMost limit: Int) -> Int {
    var (distance, page) = (-start.slot, start.page)
    while page < end.page, distance <= limit {
      distance += pages[page].count
      page += 1
    }
    return page == end.page ? distance + end.slot : distance
  }

  private func moved(_ place: Place, on steps: Int) -> Place {
    var (place, left) = (place, steps)
    while place.page < pages.count, pages[place.page].count - place.slot <= left {
      left -= pages[place.page].count - place.slot
      place = Place(page: place.page + 1, slot: 0)
    }
    return Place(page: place.page, slot: place.slot + left)
  }

  private func moved(_ place: Place, back steps: Int) -> Place {
    var (place, left) = (place, steps)
    while left > place.slot {
      left -= place.slot
      place = Place(page: place.page - 1, slot: pages[place.page - 1].count)
    }
    return Place(page: place.page, slot: place.slot - left)
  }

  // MARK: Changing

  /// False if there is an element with this key.
  @discardableResult
  mutating func insert(_ element: Element) -> Bool {
    if last.map({ $0.key < element.key }) ?? true {
      append(element)
      return true
    }
    let place = place(.before(element.key))
    guard pages[place.page][place.slot].key != element.key else { return false }
    count += 1
    pages[place.page].insert(element, at: place.slot)
    if pages[place.page].count > Self.capacity { split(place.page) }
    return true
  }

  private mutating func split(_ page: Int) {
    let middle = pages[page].count / 2
    var upper = Page()
    upper.reserveCapacity(Self.capacity + 1)
    upper.append(contentsOf: pages[page][middle...])
    pages[page].removeSubrange(middle...)
    pages.insert(upper, at: page + 1)
  }

  /// Behind all others.
  @inline(__always)
  mutating func append(_ element: Element) {
    if pages.isEmpty || pages[pages.count - 1].count >= Self.capacity {
      var page = Page()
      page.reserveCapacity(Self.capacity + 1)
      pages.append(page)
    }
    count += 1
    pages[pages.count - 1].append(element)
  }

  @discardableResult
  mutating func remove(_ key: RowKey) -> Element? {
    let place = place(.before(key))
    guard place.page < pages.count, pages[place.page][place.slot].key == key else { return nil }
    count -= 1
    let removed = pages[place.page].remove(at: place.slot)
    shrink(place.page)
    return removed
  }

  /// Joins a small page with a neighbour, so that deletes do not leave pages of a few rows each.
  private mutating func shrink(_ page: Int) {
    if pages[page].isEmpty {
      pages.remove(at: page)
    } else if page + 1 < pages.count, pages[page].count + pages[page + 1].count <= Self.capacity / 2 {
      let next = pages.remove(at: page + 1)
      pages[page].append(contentsOf: next)
    } else if page > 0, pages[page - 1].count + pages[page].count <= Self.capacity / 2 {
      let small = pages.remove(at: page)
      pages[page - 1].append(contentsOf: small)
    }
  }

  /// Puts the element where the one with its key is, and returns that; nil, and nothing done, if there is
  /// none.
  mutating func replace(_ element: Element) -> Element? {
    let place = place(.before(element.key))
    guard place.page < pages.count, pages[place.page][place.slot].key == element.key else { return nil }
    let replaced = pages[place.page][place.slot]
    pages[place.page][place.slot] = element
    return replaced
  }

  /// Removes elements by their keys, which are sorted and all there: whole pages at once where it can.
  mutating func remove(sorted keys: [RowKey]) {
    var next = 0
    while next < keys.count {
      let place = place(.before(keys[next]))
      precondition(place.page < pages.count, "the keys are all there")
      var end = place.page
      while place.slot == 0, end < pages.count, isWhole(pages[end], keys, next) {
        next += pages[end].count
        count -= pages[end].count
        end += 1
      }
      if end > place.page {
        pages.removeSubrange(place.page..<end)
      } else {
        remove(keys[next])
        next += 1
      }
    }
  }

  /// Whether the keys from one on are those of a page: between its first and its last there can be no
  /// others.
  private func isWhole(_ page: Page, _ keys: [RowKey], _ first: Int) -> Bool {
    first + page.count <= keys.count && page[0].key == keys[first]
      && page[page.count - 1].key == keys[first + page.count - 1]
  }
}

/// Some elements as they were, in the order of their keys; it shares its pages with the table.
package struct Run<Element: Keyed>: Sendable {
  private(set) var slices: [ContiguousArray<Element>.SubSequence] = []
  package private(set) var count = 0

  init() {}

  init(_ elements: ContiguousArray<Element>) {
    if !elements.isEmpty { append(elements[...]) }
  }

  mutating func append(_ slice: ContiguousArray<Element>.SubSequence) {
    slices.append(slice)
    count += slice.count
  }

  package var isEmpty: Bool { count == 0 }
  package var first: Element? { slices.first?.first }
  package var last: Element? { slices.last?.last }

  @inline(__always)
  package func forEach<Failure: Error>(_ body: (Element) throws(Failure) -> Void) throws(Failure) {
    for slice in slices {
      for element in slice { try body(element) }
    }
  }

  package func reversed() -> ContiguousArray<Element> {
    var all = ContiguousArray<Element>()
    all.reserveCapacity(count)
    for slice in slices.reversed() { all.append(contentsOf: slice.reversed()) }
    return all
  }
}

extension Run: Sequence {
  package func makeIterator() -> FlattenSequence<[ContiguousArray<Element>.SubSequence]>.Iterator {
    slices.joined().makeIterator()
  }
}
