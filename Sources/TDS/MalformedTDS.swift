/// Bytes that are not what the protocol says.
package struct MalformedTDS: Error, Sendable, Hashable {
  /// Where in the message or stream, counted from the first byte that its reader was given.
  package let offset: Int
  package let reason: String

  package init(at offset: Int, _ reason: String) {
    self.offset = offset
    self.reason = reason
  }
}

extension MalformedTDS: CustomStringConvertible {
  package var description: String { "malformed TDS at byte \(offset): \(reason)" }
}
