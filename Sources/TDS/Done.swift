/// DONE, DONEPROC and DONEINPROC: the end of a statement, of a procedure, and of a statement in one.
package struct Done: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case statement, procedure, inProcedure

    package var token: Token {
      switch self {
      case .statement: .done
      case .procedure: .doneProcedure
      case .inProcedure: .doneInProcedure
      }
    }
  }

  package struct Status: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Another one follows in this message.
    package static let more = Status(rawValue: 0x0001)
    package static let error = Status(rawValue: 0x0002)
    /// Servers never set it.
    package static let inTransaction = Status(rawValue: 0x0004)
    /// The row count counts.
    package static let count = Status(rawValue: 0x0010)
    /// An attention was heard.
    package static let attention = Status(rawValue: 0x0020)
    /// What came before is not to be trusted.
    package static let severeError = Status(rawValue: 0x0100)
  }

  /// What kind of statement has ended. Clients look at it for their row counts at most.
  package enum Command {
    package static let none: UInt16 = 0
    package static let set: UInt16 = 0xBE
    package static let select: UInt16 = 0xC1
    package static let insert: UInt16 = 0xC3
    package static let delete: UInt16 = 0xC4
    package static let update: UInt16 = 0xC5
    package static let rollback: UInt16 = 0xD2
    package static let begin: UInt16 = 0xD4
    package static let commit: UInt16 = 0xD5
    package static let execute: UInt16 = 0xE0
    package static let use: UInt16 = 0xE2
    package static let bulkLoad: UInt16 = 0xF0
  }

  package var kind: Kind
  package var status: Status
  package var command: UInt16
  /// Of 7.1 clients at most 2^32 - 1.
  package var rowCount: UInt64

  package init(
    _ kind: Kind = .statement, _ status: Status = [], command: UInt16 = Command.none, rowCount: UInt64 = 0
  ) {
    self.kind = kind
    self.status = status
    self.command = command
    self.rowCount = rowCount
  }
}

extension TDSWriter {
  package mutating func done(_ done: Done) {
    u8(done.kind.token.rawValue)
    u16(done.status.rawValue)
    u16(done.command)
    if version.hasWideFields { u64(done.rowCount) } else { u32(UInt32(clamping: done.rowCount)) }
  }
}

extension TDSCursor {
  /// DONE and its kin behind their first byte.
  package mutating func done(_ kind: Done.Kind, _ version: TDSVersion) throws(MalformedTDS) -> Done {
    Done(
      kind, Done.Status(rawValue: try u16()), command: try u16(),
      rowCount: version.hasWideFields ? try u64() : UInt64(try u32()))
  }
}
