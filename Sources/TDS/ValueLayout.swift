/// How values of one column or parameter lie in the stream: what a loop over rows needs of a TypeInfo, made once.
package struct ValueLayout: Hashable, Sendable {
  package enum Prefix: UInt8, Sendable {
    /// Nothing: the value's size is known, and it cannot be NULL.
    case none
    /// One byte, 0 for NULL.
    case byte
    /// Two bytes, 0xFFFF for NULL.
    case short
    /// PLP: a total of eight bytes, chunks with four each, and an empty chunk.
    case chunks
    /// A text pointer, a time stamp and four bytes; a text pointer of no length is NULL.
    case textPointer
    /// Four bytes, 0xFFFFFFFF for NULL.
    case long
    /// Four bytes, 0 for NULL.
    case variant
  }

  package let type: DataType
  package let prefix: Prefix
  package let scale: UInt8
  package let precision: UInt8
  /// As in TypeInfo.
  package let size: Int

  package init(_ info: TypeInfo, in place: TypePlace = .column) {
    type = info.type
    scale = info.scale
    precision = info.precision
    size = info.size
    switch info.type {
    case .varchar, .char, .nvarchar, .nchar, .varbinary, .binary: prefix = info.isMax ? .chunks : .short
    case .xml, .udt: prefix = .chunks
    case .text, .ntext, .image: prefix = place == .parameter ? .long : .textPointer
    case .variant: prefix = .variant
    default: prefix = info.type.fixedSize == nil ? .byte : .none
    }
  }
}

extension TypeInfo {
  package func layout(in place: TypePlace = .column) -> ValueLayout { ValueLayout(self, in: place) }
}
