import SQLServerSimulator
import Testing

@Suite struct BatchTests {
  @Test func `a part of a batch is shown as it was written`() {
    let batch = Batch(statements: [], text: Array("SELECT  [ä b]".utf16))
    #expect(batch.source(of: 8..<13) == "[ä b]")
  }
}
