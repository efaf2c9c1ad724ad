import Testing

@testable import Runtime

@Suite struct QueueTests {
  @Test(arguments: seeds(50, prove: 1_000))
  func `what goes in first comes out first, and the count is true`(seed: Seed) {
    var random = seed
    var queue = Queue<Int>()
    var model: [Int] = []
    for number in 0..<1_000 {
      // More in than out for a while, then the reverse, so that it grows, shrinks and empties.
      if Int.random(in: 0..<1_000, using: &random) >= number {
        queue.append(number)
        model.append(number)
      } else {
        #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
      }
      #expect(queue.count == model.count)
      #expect(queue.isEmpty == model.isEmpty)
    }
  }

  @Test func `an element is released when it leaves`() {
    final class Token {}
    var queue = Queue<Token>()
    weak var released: Token?
    do {
      let token = Token()
      released = token
      queue.append(token)
      queue.append(Token())
    }
    _ = queue.popFirst()
    #expect(released == nil)
    #expect(queue.count == 1)
  }
}
