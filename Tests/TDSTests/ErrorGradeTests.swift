import TDS
import Testing

@Suite struct ErrorGradeTests {
  @Test func `a number has the severity and state of its message, and others the usual ones`() {
    #expect(ErrorGrade.of(1205) == ErrorGrade(severity: 13, state: 51))
    #expect(ErrorGrade.of(1222) == ErrorGrade(severity: 16, state: 51))
    #expect(ErrorGrade.of(2627) == ErrorGrade(severity: 14, state: 1))
    #expect(ErrorGrade.of(596).severity >= 20)
    #expect(ErrorGrade.of(3906) == .usual)
  }
}
