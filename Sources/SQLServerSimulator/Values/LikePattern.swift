/// A pattern of LIKE and PATINDEX: `%`, `_`, `[a-f]`, `[^a-f]` and an escape character.
package struct LikePattern {
  private enum Element {
    case character(UInt64)
    case any
    case anyString
    /// Ranks from and to, both included.
    case oneOf([ClosedRange<UInt64>], isNegated: Bool)
    /// A bracket that nothing matches: `[]`, or one without an end.
    case nothing
  }

  private var elements: [Element] = []
  private let collation: Collation
  private let isNational: Bool

  /// Throws 506 for an escape that is not one character.
  package init(
    _ pattern: [UInt16], escape: [UInt16]? = nil, collation: Collation, isNational: Bool
  ) throws(SQLError) {
    self.collation = collation
    self.isNational = isNational
    var escapeUnit: UInt16?
    if let escape {
      guard escape.count == 1 else { throw .invalidEscape(String(decoding: escape, as: UTF16.self)) }
      escapeUnit = escape[0]
    }
    var index = 0
    while index < pattern.count {
      let unit = pattern[index]
      index += 1
      if unit == escapeUnit, index < pattern.count {
        elements.append(.character(rank(pattern[index])))
        index += 1
      } else if unit == 0x25 {
        if case .anyString? = elements.last { continue }
        elements.append(.anyString)
      } else if unit == 0x5F {
        elements.append(.any)
      } else if unit == 0x5B {
        elements.append(set(pattern, &index, escape: escapeUnit))
      } else {
        elements.append(.character(rank(unit)))
      }
    }
  }

  private func rank(_ unit: UInt16) -> UInt64 { collation.rank(of: unit, isNational: isNational) }

  /// What stands in brackets; `index` is behind the opening one.
  private func set(_ pattern: [UInt16], _ index: inout Int, escape: UInt16?) -> Element {
    var ranges: [ClosedRange<UInt64>] = []
    var isNegated = false
    if index < pattern.count, pattern[index] == 0x5E {
      isNegated = true
      index += 1
    }
    var isFirst = true
    while index < pattern.count {
      var unit = pattern[index]
      index += 1
      if unit == 0x5D, !isFirst || index == pattern.count { return finish(ranges, isNegated) }
      if unit == 0x5D { return ranges.isEmpty ? .nothing : finish(ranges, isNegated) }
      isFirst = false
      if unit == escape, index < pattern.count {
        unit = pattern[index]
        index += 1
      }
      if index + 1 < pattern.count, pattern[index] == 0x2D, pattern[index + 1] != 0x5D {
        var last = pattern[index + 1]
        index += 2
        if last == escape, index < pattern.count {
          last = pattern[index]
          index += 1
        }
        if rank(unit) <= rank(last) { ranges.append(rank(unit)...rank(last)) }
      } else {
        ranges.append(rank(unit)...rank(unit))
      }
    }
    return .nothing
  }

  private func finish(_ ranges: [ClosedRange<UInt64>], _ isNegated: Bool) -> Element {
    .oneOf(ranges, isNegated: isNegated)
  }

  /// Whether the whole text is of the pattern. Blanks at the end of a text count only in nchar and nvarchar.
  package func matches(_ text: [UInt16]) -> Bool {
    let ranks = text.map(rank)
    if match(ranks[...], elements[...]) != nil { return true }
    guard !isNational else { return false }
    var count = text.count
    while count > 0, text[count - 1] == 0x20 {
      count -= 1
      if match(ranks[..<count], elements[...]) != nil { return true }
    }
    return false
  }

  /// PATINDEX: where the first text begins that the pattern without its outer `%` matches, from 0; nil for
  /// none.
  package func firstMatch(in text: [UInt16]) -> Int? {
    guard case .anyString? = elements.first else { return matches(text) ? 0 : nil }
    let rest = elements.dropFirst()
    let ranks = text.map(rank)
    for start in 0...text.count where match(ranks[start...], rest) != nil { return start }
    return nil
  }

  /// Goes back to the last `%` only, which is enough: what an earlier one could take, the last one can, too.
  private func match(_ text: ArraySlice<UInt64>, _ pattern: ArraySlice<Element>) -> Void? {
    var position = text.startIndex
    var element = pattern.startIndex
    var resume: (position: Int, element: Int)?
    while true {
      if element < pattern.endIndex {
        if case .anyString = pattern[element] {
          element += 1
          resume = (position, element)
          continue
        }
        if position < text.endIndex, accepts(pattern[element], text[position]) {
          position += 1
          element += 1
          continue
        }
      } else if position == text.endIndex {
        return ()
      }
      guard let last = resume, last.position < text.endIndex else { return nil }
      position = last.position + 1
      element = last.element
      resume = (position, element)
    }
  }

  private func accepts(_ element: Element, _ rank: UInt64) -> Bool {
    switch element {
    case .character(let wanted): wanted == rank
    case .any: true
    case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(rank) } != isNegated
    case .anyString, .nothing: false
    }
  }
}
