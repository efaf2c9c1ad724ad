import Databases
import Rows

/// Names a row by the values of its key, for the error that is about one of its values.
struct RowName: CustomStringConvertible {
  let description: String

  /// A row that is encoded as these types, up to the first column that is not there yet.
  init(_ row: UnsafeRawBufferPointer, _ columns: [TransferColumn], key: [Int], types: [ColumnType]) {
    var cursor = FieldCursor(row)
    var fields: [UnsafeRawBufferPointer?] = []
    for _ in 0..<min(cursor.fieldCount, types.count) { fields.append(cursor.nextField()) }
    description = RowName.text(
      key.map { position in
        let name = columns[position].schema.name
        guard position < fields.count, let field = fields[position] else { return "\(name) = NULL" }
        let text = (try? FieldText.render(field, as: types[position])) ?? "?"
        return RowName.part(name, text, types[position])
      })
  }

  init(parts: [String]) { description = RowName.text(parts) }

  private static func text(_ parts: [String]) -> String {
    parts.isEmpty ? "in a row" : "in the row with " + parts.joined(separator: ", ")
  }

  static func part(_ name: String, _ text: String, _ type: ColumnType) -> String {
    "\(name) = \(isText(type) ? quoted(text) : text)"
  }

  private static func quoted(_ text: String) -> String {
    text.unicodeScalars.count <= 80 ? "'\(text)'" : "'\(String(text.unicodeScalars.prefix(80)))…'"
  }

  private static func isText(_ type: ColumnType) -> Bool {
    switch type {
    case .text, .fixedText, .json: true
    default: false
    }
  }
}
