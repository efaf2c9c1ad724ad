/// Bodies of posts and profiles: paragraphs, lists, quotations, links and code in HTML, to the byte.
enum Markup {
  /// Shorter texts have no room for a paragraph.
  static let minimum = 16

  /// Writes exactly so many bytes, at least `minimum`.
  static func write(_ count: Int, to start: UnsafeMutableRawPointer, _ draws: inout Draws) {
    precondition(count >= minimum, "a paragraph has at least 16 bytes")
    var next = start
    var rest = count
    // A block leaves room for the one after it.
    while rest > 2 * Block.longest {
      let draw = draws.next()
      let block = blocks[Int(truncatingIfNeeded: draw >> 60)]
      let length = block.overhead + 60 + Draws.scale(draw << 4, to: Block.longest - 100)
      block.write(length, to: next, &draws)
      next += length
      rest -= length
    }
    paragraph.write(rest, to: next, &draws)
  }

  private static let paragraph = Block("<p>", "</p>\n")
  private static let separated = Block("<p>", "</p>\n\n")
  private static let code = Block("<pre><code>", "</code></pre>\n\n", isCode: true)
  private static let list = Block("<ul>\n<li>", "</li>\n</ul>\n\n")
  private static let quotation = Block("<blockquote>\n  <p>", "</p>\n</blockquote>\n\n")
  private static let link = Block("<p><a href=\"http://example.com/\" rel=\"nofollow\">", "</a></p>\n\n")
  private static let emphasis = Block("<p><strong>", "</strong></p>\n\n")

  /// Sixteen, so that four bits choose one.
  private static let blocks: InlineArray<16, Block> = [
    separated, separated, separated, separated, separated, separated, separated, separated, separated,
    code, code, code, list, quotation, link, emphasis,
  ]
}

/// An element with text in it.
private struct Block: Sendable {
  static let longest = 400
  let open: StaticString
  let close: StaticString
  let isCode: Bool

  init(_ open: StaticString, _ close: StaticString, isCode: Bool = false) {
    self.open = open
    self.close = close
    self.isCode = isCode
  }

  var overhead: Int { open.utf8CodeUnitCount + close.utf8CodeUnitCount }

  func write(_ count: Int, to start: UnsafeMutableRawPointer, _ draws: inout Draws) {
    let textCount = count - overhead
    let text = start + open.utf8CodeUnitCount
    start.copyMemory(from: open.utf8Start, byteCount: open.utf8CodeUnitCount)
    (isCode ? Prose.code : Prose.english).write(textCount, to: text, &draws)
    (text + textCount).copyMemory(from: close.utf8Start, byteCount: close.utf8CodeUnitCount)
  }
}
