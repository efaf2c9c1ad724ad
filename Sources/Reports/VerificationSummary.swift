import Databases
import Replication
import Rows
import Verification

/// What a person wants to know of a verification: the verdict first, then why.
package struct VerificationSummary: Sendable {
  private let report: VerificationReport

  package init(_ report: VerificationReport) { self.report = report }

  /// With the verdict, every table, and what differs.
  package func lines(width: Int = 80, style: TerminalStyle = .plain) -> [String] {
    var lines = [verdict(style)] + report.reasons.map { "  \($0)" }
    if !report.tables.isEmpty { lines += [""] + table.lines(width: width, style: style) }
    return lines + differences(width: width, style: style)
  }

  /// What differs and what could not be checked, table by table.
  package func differences(width: Int = 80, style: TerminalStyle = .plain) -> [String] {
    var lines = report.missingTables.map { "The target has no table \($0)." }
    lines += report.extraTables.map { "The source has no table \($0)." }
    for table in report.tables { lines += details(of: table, width: width, style) }
    return lines
  }

  // MARK: The verdict

  private func verdict(_ style: TerminalStyle) -> String {
    let time = Figures.duration(report.seconds)
    switch report.verdict {
    case .equal:
      let rows = report.tables.reduce(0) { $0 + ($1.source.rows ?? 0) }
      let tables = Figures.count(report.tables.count, "table")
      let how = report.countsOnly ? "counted, not compared by value" : "compared by count and checksum"
      let word = report.countsOnly ? "Equal in number" : "Equal"
      return "\(style.good(word)): \(tables), \(Figures.count(rows, "row")) on each side, \(how), in \(time)."
    case .different:
      return "\(style.bad("Different")): \(kinds.joined(separator: ", ")), found in \(time)."
    case .unverified:
      return "\(style.bad("Could not verify")): no difference was seen, but not everything could be checked."
    }
  }

  private var kinds: [String] {
    func sum(_ count: (TableVerification) -> Int, _ noun: String, _ plural: String) -> String? {
      let total = report.tables.reduce(0) { $0 + count($1) }
      return total == 0 ? nil : Figures.count(total, noun, plural: plural)
    }
    let tables = report.missingTables.count + report.extraTables.count
    let parts = [
      sum(\.missingRows, "row missing in the target", "rows missing in the target"),
      sum(\.extraRows, "row too many in the target", "rows too many in the target"),
      sum(\.changedRows, "row with other values", "rows with other values"),
      tables == 0 ? nil : Figures.count(tables, "table on one side only", plural: "tables on one side only"),
    ].compactMap { $0 }
    let different = report.tables.count { $0.verdict == .different }
    return parts.isEmpty ? [Figures.count(different, "table")] : parts
  }

  // MARK: The tables

  private var table: TextTable {
    let hasWitness = report.witness != nil
    var columns: [TextTable.Column] = [.text("table"), .number("source rows"), .number("target rows")]
    if hasWitness { columns.append(.number("witness rows")) }
    var text = TextTable(columns + [.text("verdict")])
    for table in report.tables {
      var cells = [table.sourceName.description, rows(table.source), rows(table.target)]
      if hasWitness { cells.append(table.witness.map { rows($0.summary) } ?? "") }
      text.add(cells + [word(table.verdict)])
    }
    return text
  }

  private func rows(_ side: SideSummary) -> String { side.rows.map { Figures.count($0) } ?? "?" }

  private func word(_ verdict: Verdict) -> String {
    switch verdict {
    case .equal: report.countsOnly ? "same number" : "equal"
    case .different: "different"
    case .unverified: "could not verify"
    }
  }

  // MARK: What differs

  private func details(
    of table: TableVerification, width: Int, _ style: TerminalStyle
  ) -> [String] {
    var lines: [String] = []
    if let reason = table.reason { lines.append("  could not check: \(reason)") }
    for finding in table.schema { lines.append("  \(heading(finding.severity))\(finding.message)") }
    if let witness = table.witness, witness.testimony != .allAgree {
      lines.append(
        "  " + style.remarkable(witness.testimony.sentence) + (witness.reason.map { ": \($0)" } ?? ""))
    }
    for row in table.rows { lines += describe(row, width: width, style) }
    if table.differingRows > table.rows.count, !table.rows.isEmpty {
      let more = Figures.count(table.differingRows - table.rows.count, "differing row")
      lines.append("  and \(more) more; --limit shows more of them")
    }
    return lines.isEmpty ? [] : ["", style.bold(table.sourceName.description)] + lines
  }

  private func heading(_ severity: SchemaFinding.Severity) -> String {
    switch severity {
    case .difference: "different: "
    case .unverified: "could not check: "
    case .note: "note: "
    }
  }

  private func describe(
    _ row: RowDifference, width: Int, _ style: TerminalStyle
  ) -> [String] {
    let key = row.key.map { "\($0.column) = \(printed($0.value))" }.joined(separator: ", ")
    var lines: [String]
    switch row.kind {
    case .missing: lines = ["  \(key): " + style.bad("missing in the target")]
    case .extra: lines = ["  \(key): " + style.bad("only in the target")]
    case .changed: lines = ["  \(key): " + style.bad("differs")]
    }
    if row.sourceCopies + row.targetCopies > 2 || row.sourceCopies > 1 || row.targetCopies > 1 {
      lines.append("    \(row.sourceCopies) in the source, \(row.targetCopies) in the target")
    }
    for cell in row.cells {
      let name = cell.column == cell.targetColumn ? cell.column : "\(cell.column) → \(cell.targetColumn)"
      lines.append("    \(name) (\(cell.type)): \(cell.cause)")
      lines.append("      source  \(fitted(printed(cell.source), to: width - 14))")
      lines.append("      target  \(fitted(printed(cell.target), to: width - 14))")
    }
    return lines
  }

  /// Shortens an excerpt at the ends where it is one already; the difference is in its middle.
  private func fitted(_ quoted: String, to width: Int) -> String {
    let excess = quoted.count - width
    guard excess > 0 else { return quoted }
    let opens = quoted.hasPrefix("'…")
    let closes = quoted.hasSuffix("…'")
    var text = quoted.dropFirst().dropLast()
    if opens { text = "…" + text.dropFirst(1 + (closes ? (excess + 1) / 2 : excess)).drop { $0 == "…" } }
    if closes { text = text.dropLast(1 + (opens ? (excess + 1) / 2 : excess)) + "…" }
    return "'\(text)'"
  }

  /// Quoted, and with nothing in it that a terminal would obey.
  private func printed(_ value: String?) -> String {
    guard let value else { return "NULL" }
    var text = "'"
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _
      where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format:
        text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "'"
  }
}
