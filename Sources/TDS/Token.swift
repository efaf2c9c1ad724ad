/// The tokens of replies and bulk loads.
package enum Token: UInt8, Sendable {
  case returnStatus = 0x79
  case columns = 0x81
  /// The tables of a result that browses.
  case tableNames = 0xA4
  case columnInfo = 0xA5
  case order = 0xA9
  case error = 0xAA
  case info = 0xAB
  case returnValue = 0xAC
  case loginAck = 0xAD
  case featureAck = 0xAE
  case row = 0xD1
  /// A row that begins with a bitmap of its NULLs.
  case nullBitmapRow = 0xD2
  case environmentChange = 0xE3
  case sessionState = 0xE4
  case sspi = 0xED
  case federatedAuthentication = 0xEE
  case done = 0xFD
  case doneProcedure = 0xFE
  case doneInProcedure = 0xFF
}
