import SQLServerSimulator
import Testing

@Suite struct ReceivedValueTests {
  private func number(_ type: SQLType, _ bytes: [UInt8]) -> Int32? {
    do {
      try bytes.withUnsafeBytes { buffer in
        try type.validate(received: UnsafeRawBufferPointer(rebasing: buffer[...]), column: 1)
      }
      return nil
    } catch {
      return (error as? SQLError)?.number
    }
  }

  @Test func `bytes that are no value are refused`() {
    #expect(number(.int, [1, 0, 0, 0]) == nil)
    #expect(number(.int, [1, 0, 0]) == 4815)
    #expect(number(.bit, [2]) == 9803)
    #expect(number(.nvarchar(2), [0x61, 0]) == nil)
    #expect(number(.nvarchar(2), [0x61]) == 4815)
    #expect(number(.nvarchar(2), [0x61, 0, 0x61, 0, 0x61, 0]) == 4815)
    #expect(number(.varchar(2), []) == nil)
    #expect(number(.decimal(3, 0), [1, 0xE7, 3, 0, 0]) == nil)
    #expect(number(.decimal(3, 0), [1, 0xE8, 3, 0, 0]) == 9803)
    #expect(number(.decimal(20, 0), [1, 0xE8, 3, 0, 0]) == nil)
    #expect(number(.decimal(20, 0), [1, 0xE8]) == nil)
    #expect(number(.decimal(20, 0), [1]) == 4815)
    #expect(number(.decimal(38, 0), [UInt8](repeating: 1, count: 18)) == 4815)
    #expect(number(.float, [0, 0, 0, 0, 0, 0, 0xF8, 0x7F]) == 9803)
    #expect(number(.date, [0xFF, 0xFF, 0xFF]) == 9803)
    #expect(number(.date, [0xDA, 0xB9, 0x37]) == nil)
    #expect(number(.time(0), [0x80, 0x51, 1]) == 9803)
    #expect(number(.time(0), [0x7F, 0x51, 1]) == nil)
    #expect(number(.datetime, [0, 0, 0, 0, 0, 0x82, 0x8B, 1]) == 9803)
    #expect(number(.datetime, [0, 0, 0, 0x80, 0, 0, 0, 0]) == 9803)
    #expect(number(.variant, [0x38, 0, 1, 0, 0, 0]) == nil)
    for bytes in [
      [], [0x38], [0x38, 0, 1], [0x38, 2, 1], [0x6A, 2, 99, 0], [0xE7, 7, 9, 4, 0xD0], [0x62, 0],
    ] as [[UInt8]] {
      #expect(number(.variant, bytes) == 9803)
    }
    #expect(number(.datetimeoffset(0), [0, 0, 0, 1, 0, 0, 0x49, 3]) == 9803)
  }

  @Test func `a decimal that was sent without its zeros is stored with them`() throws {
    let type = SQLType.decimal(20, 2)
    var row: [UInt8] = []
    try ([1, 7, 0, 0, 0] as [UInt8]).withUnsafeBytes {
      try type.appendStored(converting: $0, from: type, to: &row)
    }
    #expect(row == [13, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  }
}
