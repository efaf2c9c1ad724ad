import SQLServerSimulator
import Testing

@Suite struct SyntaxErrorTests {
  @Test func `a refusal is error 102 and names the construct`() {
    let error = SyntaxError.refused("PIVOT", line: 3)
    #expect(error.number == 102)
    #expect(error.severity == 15)
    #expect(error.line == 3)
    #expect(error.message.hasPrefix("Incorrect syntax near 'PIVOT'."))
  }

  @Test func `a part of a batch is shown as it was written`() {
    let batch = Batch(statements: [], text: Array("SELECT  [ä b]".utf16))
    #expect(batch.source(of: 8..<13) == "[ä b]")
  }
}
