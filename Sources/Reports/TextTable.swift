/// Rows in aligned columns, for people.
package struct TextTable: Sendable {
  package enum Alignment: Sendable { case left, right }

  package struct Column: Sendable {
    var title: String
    var alignment: Alignment

    /// Numbers stand right, so that their digits stand below one another.
    package static func number(_ title: String) -> Column { Column(title: title, alignment: .right) }
    package static func text(_ title: String) -> Column { Column(title: title, alignment: .left) }
  }

  private let columns: [Column]
  private var rows: [[String]] = []
  /// Rows below a rule: sums.
  private var sums: [[String]] = []

  package init(_ columns: [Column]) { self.columns = columns }

  package mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has a cell for every column")
    rows.append(cells)
  }

  package mutating func addSum(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has a cell for every column")
    sums.append(cells)
  }

  package var isEmpty: Bool { rows.isEmpty }

  /// The lines without their newlines, none longer than `width` as long as the first column can give way.
  package func lines(width: Int = 80, style: TerminalStyle = .plain) -> [String] {
    let widths = fitted(to: width)
    var lines = [style.dim(line(columns.map(\.title), widths))]
    lines += rows.map { line($0, widths) }
    if !sums.isEmpty {
      let total = widths.reduce(0, +) + TextTable.gap.count * (widths.count - 1)
      lines.append(style.dim(String(repeating: "─", count: total)))
      lines += sums.map { line($0, widths) }
    }
    return lines
  }

  private static let gap = "  "
  private static let narrowest = 8

  private func fitted(to width: Int) -> [Int] {
    var widths = columns.indices.map { index in
      ([columns[index].title] + (rows + sums).map { $0[index] }).map(\.count).max() ?? 0
    }
    let excess = widths.reduce(0, +) + TextTable.gap.count * (widths.count - 1) - width
    if excess > 0, let first = widths.first { widths[0] = max(first - excess, min(first, TextTable.narrowest)) }
    return widths
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { text += TextTable.gap }
      let cell = cell.count > widths[index] ? cell.prefix(widths[index] - 1) + "…" : cell
      let padding = String(repeating: " ", count: widths[index] - cell.count)
      switch columns[index].alignment {
      case .left: text += index == cells.count - 1 ? cell : cell + padding
      case .right: text += padding + cell
      }
    }
    return text
  }
}
