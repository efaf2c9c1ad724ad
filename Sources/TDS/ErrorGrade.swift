/// How grave SQL Server says that an error is, for those who answer with a number in its place. What the error means and
/// undoes is in the catalog of errors; its words are the speaker's.
package struct ErrorGrade: Sendable, Hashable {
  /// 20 and above ends the session.
  package var severity: UInt8
  package var state: UInt8

  package init(severity: UInt8, state: UInt8) {
    self.severity = severity
    self.state = state
  }

  /// Of a number that is not in the table: an error that a user can mend.
  package static let usual = ErrorGrade(severity: 16, state: 1)

  package static func of(_ number: Int32) -> ErrorGrade { grades[number] ?? usual }

  /// From the documentation of SQL Server's and Azure SQL's messages; states are those that servers usually send.
  private static let grades: [Int32: ErrorGrade] = [
    // Syntax, names and handles.
    102: ErrorGrade(severity: 15, state: 1), 2812: ErrorGrade(severity: 16, state: 62),
    8179: ErrorGrade(severity: 16, state: 2),
    // Values and constraints.
    515: ErrorGrade(severity: 16, state: 2), 547: ErrorGrade(severity: 16, state: 0),
    2601: ErrorGrade(severity: 14, state: 1), 2627: ErrorGrade(severity: 14, state: 1),
    8115: ErrorGrade(severity: 16, state: 2), 8152: ErrorGrade(severity: 16, state: 30),
    // Locks and transactions.
    1204: ErrorGrade(severity: 19, state: 4), 1205: ErrorGrade(severity: 13, state: 51),
    1222: ErrorGrade(severity: 16, state: 51), 3960: ErrorGrade(severity: 16, state: 2),
    // What runs out; -2 is what clients say of a time that did.
    -2: ErrorGrade(severity: 11, state: 0), 701: ErrorGrade(severity: 17, state: 123),
    1105: ErrorGrade(severity: 17, state: 2), 9002: ErrorGrade(severity: 17, state: 2),
    // Sessions and logins.
    596: ErrorGrade(severity: 21, state: 1), 4060: ErrorGrade(severity: 11, state: 1),
    6005: ErrorGrade(severity: 14, state: 1), 18456: ErrorGrade(severity: 14, state: 1),
    // Azure SQL.
    10928: ErrorGrade(severity: 20, state: 1), 10929: ErrorGrade(severity: 20, state: 1),
    40197: ErrorGrade(severity: 17, state: 1), 40501: ErrorGrade(severity: 20, state: 1),
    40613: ErrorGrade(severity: 17, state: 1),
  ]
}
