import SQLServerSimulator
import TDS
import Testing

@Suite struct CollationBytesTests {
  @Test func `a collation has the bytes and the code page that the protocol gives its name`() {
    for collation in SQLServerSimulator.Collation.all {
      let onWire = TDS.Collation(name: collation.name)
      #expect(onWire?.bytes == collation.bytes, "\(collation.name)")
      #expect(onWire?.codePage == collation.codePage, "\(collation.name)")
    }
  }
}
