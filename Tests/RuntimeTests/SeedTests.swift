import Runtime
import Testing

@Suite struct SeedTests {
  @Test func `the numbers are SplitMix64's`() {
    var seed = Seed(1_234_567)
    #expect(
      (0..<5).map { _ in seed.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func `a derived seed does not depend on what was drawn`() {
    let fresh = Seed(7)
    var used = fresh
    _ = used.next()
    #expect(fresh.derived(3) == used.derived(3))
  }

  @Test func `different labels, seeds and orders of labels give different seeds`() {
    var values: [UInt64] = []
    for value in 0..<40 as Range<UInt64> {
      let seed = Seed(value)
      values.append(value)
      for label in 0..<40 as Range<UInt64> {
        values.append(seed.derived(label).value)
        values.append(seed.derived(label).derived(label + 1).value)
        values.append(seed.derived(label + 1).derived(label).value)
      }
    }
    #expect(Set(values).count == values.count)
  }

  @Test func `a seed shows the value that replays it, whatever was drawn`() {
    var seed = Seed(2010)
    _ = seed.next()
    #expect("\(seed)" == "2010")
  }
}
