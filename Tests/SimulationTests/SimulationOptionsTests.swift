import Simulation
import Testing

@Suite struct SimulationOptionsTests {
  @Test func `options are read back from the line that they print`() throws {
    for seed in UInt64(0)..<500 {
      let options = SimulationOptions.drawn(from: seed)
      #expect(try SimulationOptions("\(options)") == options)
    }
  }

  @Test func `a seed draws the same options each time, and seeds draw different ones`() {
    #expect(SimulationOptions.drawn(from: 7) == .drawn(from: 7))
    #expect(Set((UInt64(0)..<500).map { SimulationOptions.drawn(from: $0) }).count > 490)
  }

  @Test(arguments: [
    ("", "there is no table: write tables=integers:30"),
    ("tables=integers:3 pace=4", "'pace' is no option of a simulation"),
    ("tables=integers:3 workers=0", "'workers=0': it is at least 1"),
    ("tables=integers:3 workers=two", "'workers=two': two is no number"),
    ("tables=integers:3 cut=10001", "'cut=10001': troubles strike 0 to 10000 calls of ten thousand"),
    ("tables=integers:3 twice", "'twice' is no option of a simulation"),
  ])
  func `a wrong line says what is wrong`(line: String, message: String) {
    #expect(throws: SimulationOptions.Mistake(message: message)) { try SimulationOptions(line) }
  }
}
