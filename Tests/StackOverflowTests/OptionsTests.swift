import Databases
import StackOverflow
import Testing

@Suite struct OptionsTests {
  @Test(arguments: [
    ("stackoverflow:", "stackoverflow:?scale=0.01&seed=2010"),
    ("stackoverflow:?", "stackoverflow:?scale=0.01&seed=2010"),
    ("stackoverflow:?hostile&scale=1.500", "stackoverflow:?scale=1.5&seed=2010&hostile"),
    ("stackoverflow:?seed=18446744073709551615", "stackoverflow:?scale=0.01&seed=18446744073709551615"),
    ("stackoverflow:?scale=200", "stackoverflow:?scale=200&seed=2010"),
    ("stackoverflow:?scale=0.000000001", "stackoverflow:?scale=0.000000001&seed=2010"),
  ])
  func `a URL is read and printed in one form`(url: String, canonical: String) throws {
    #expect(try StackOverflowOptions(url: url).url == canonical)
    #expect(try StackOverflowOptions(url: canonical).url == canonical)
  }

  @Test(arguments: [
    ("stackoverflow:?scale=0", "scale '0' is not larger than zero"),
    ("stackoverflow:?scale=0.000", "scale '0.000' is not larger than zero"),
    ("stackoverflow:?scale=-1", "scale '-1' is not a decimal"),
    ("stackoverflow:?scale=1e3", "scale '1e3' is not a decimal"),
    ("stackoverflow:?scale=", "scale '' is not a decimal"),
    ("stackoverflow:?scale", "scale '' is not a decimal"),
    ("stackoverflow:?scale=.5", "scale '.5' is not a decimal"),
    ("stackoverflow:?scale=1.", "scale '1.' is not a decimal"),
    ("stackoverflow:?scale=1.2.3", "scale '1.2.3' is not a decimal"),
    ("stackoverflow:?scale=200.000000001", "scale '200.000000001' is larger than 200"),
    ("stackoverflow:?scale=99999999999999999999999", "is larger than 200"),
    ("stackoverflow:?scale=0.0000000001", "scale '0.0000000001' has more than 9 decimals"),
    ("stackoverflow:?seed=-1", "seed '-1'"),
    ("stackoverflow:?seed=18446744073709551616", "seed '18446744073709551616'"),
    ("stackoverflow:?hostile=yes", "option 'hostile' has no value"),
    ("stackoverflow:?size=1", "there is no option 'size'"),
    ("stackoverflow:?seed=1&seed=1", "option 'seed' is given twice"),
    ("stackoverflow:path", "options and no path"),
    ("sqlite:a.db", "does not begin with stackoverflow:"),
  ])
  func `a wrong URL is a configuration error that names the option`(url: String, message: String) {
    let error = #expect(throws: DatabaseError.self) { try StackOverflowOptions(url: url) }
    #expect(error?.errorClass == .configuration)
    #expect(error?.message.contains(message) == true)
    #expect(error?.remedy != nil)
  }

  @Test func `counts are rounded half up and never drift`() throws {
    #expect(try Scale("0.5").applied(to: 3) == 2)
    #expect(try Scale("0.1").applied(to: 14) == 1)
    #expect(try Scale("0.1").applied(to: 15) == 2)
    #expect(try Scale("0.3").applied(to: 10_143_364) == 3_043_009)
    #expect(try Scale("200").applied(to: 10_143_364) == 2_028_672_800)
  }
}
