extension SQLError {
  /// Key values as messages 1505, 2601 and 2627 show them: `(1, abc, <NULL>)`.
  package static func keyText(_ values: [(value: SQLValue, type: SQLType)]) -> String {
    "(" + values.map { text($0.value, $0.type) }.joined(separator: ", ") + ")"
  }

  private static func text(_ value: SQLValue, _ type: SQLType) -> String {
    switch value {
    case .null: return "<NULL>"
    case .guid(let guid): return guid.description.lowercased()
    case .binary(let bytes):
      return "0x"
        + bytes.map { byte in
          let hex = String(byte, radix: 16)
          return hex.utf8.count == 1 ? "0" + hex : hex
        }.joined()
    case .variant(let type, let value): return text(value, type)
    default:
      let printed = try? value.converted(from: type, to: .nvarchar(SQLType.unlimited))
      guard case .text(let units)? = printed else { return "" }
      return String(decoding: units, as: UTF16.self)
    }
  }
}
