extension RowBatch {
  /// The whole rows among the first bytes; nil if there is none.
  package func prefix(bytes limit: Int) -> RowBatch? {
    let ends = rowEnds.prefix { Int($0) <= limit }
    guard let end = ends.last else { return nil }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(end), alignment: 16)
    copy.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<Int(end)]))
    var fingerprint = Fingerprint()
    for index in ends.indices { fingerprint.add(row(index)) }
    return RowBatch(
      adopting: UnsafeRawBufferPointer(copy), rowEnds: Array(ends), fingerprint: fingerprint)
  }
}
