import TDS

/// The text of a batch as UTF-16, in which lone surrogates survive.
enum BatchText {
  static func units(
    _ bytes: UnsafeRawBufferPointer, _ version: TDSVersion
  ) throws(MalformedTDS) -> [UInt16] {
    var cursor = TDSCursor(bytes)
    _ = try cursor.requestHeaders(version)
    guard cursor.rest % 2 == 0 else { throw cursor.malformed("a batch has half a character") }
    let start = cursor.offset
    return (0..<cursor.rest / 2).map { index in
      UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 2 * index, as: UInt16.self))
    }
  }
}
