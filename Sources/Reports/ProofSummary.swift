/// What a person wants to know of a proof: on the terminal, and as a page to keep.
package struct ProofSummary: Sendable {
  private let receipt: ProofReceipt
  /// Rows and columns of the matrices, in the order in which they are to stand.
  private let moments: [String]
  private let faults: [String]

  package init(_ receipt: ProofReceipt, moments: [String], faults: [String]) {
    self.receipt = receipt
    self.moments = moments
    self.faults = faults
  }

  private struct Matrix {
    var title: String
    var faults: [String]
    var rows: [[String]]
    var sums: [String]
  }

  private static let modes = [
    ("rerun", "Interrupted, and run again:"), ("heal", "Interrupted, and healed by the same run:"),
  ]

  private var matrices: [Matrix] {
    ProofSummary.modes.compactMap { mode, title in
      let cells = receipt.cells.filter { $0.mode == mode }
      let faults = faults.filter { fault in cells.contains { $0.fault == fault } }
      guard !faults.isEmpty else { return nil }
      func counts(_ isMeant: (ProofReceipt.Cell) -> Bool) -> String {
        ProofSummary.text(cells.filter(isMeant).reduce(ProofReceipt.Counts()) { $0 + $1.counts })
      }
      let rows = moments.filter { moment in cells.contains { $0.moment == moment } }.map { moment in
        [moment] + faults.map { fault in counts { $0.moment == moment && $0.fault == fault } }
      }
      return Matrix(
        title: title, faults: faults, rows: rows,
        sums: ["all"] + faults.map { fault in counts { $0.fault == fault } })
    }
  }

  private static func text(_ counts: ProofReceipt.Counts) -> String {
    guard counts.tried > 0 else { return "-" }
    let others = [
      (counts.wrong, "WRONG"), (counts.unreached, "unreached"), (counts.rightByRerun, "by rerun"),
    ]
    .filter { $0.0 > 0 }.map { "\(Figures.count($0.0)) \($0.1)" }
    let right = counts.right > 0 ? [Figures.count(counts.right)] : []
    return (right + others).joined(separator: " + ")
  }

  // MARK: What was tried

  private var job: String {
    let rows = receipt.tables.reduce(0) { $0 + $1.rows }
    return
      "A job of \(Figures.count(rows, "row")) in \(Figures.count(receipt.tables.count, "table")), which has "
      + "\(Figures.count(receipt.moments.source)) moments at its source and "
      + "\(Figures.count(receipt.moments.target)) at its target."
  }

  private var verdict: String {
    let tried = Figures.count(receipt.counts.tried, "interruption")
    let sampled =
      receipt.counts.tried < receipt.possible
      ? " (sampled of \(Figures.count(receipt.possible)), with seed \(receipt.seed))" : ""
    let healed =
      receipt.counts.rightByRerun > 0
      ? ", \(Figures.count(receipt.counts.rightByRerun)) right only after a second run" : ""
    let unreached =
      receipt.counts.unreached > 0 ? ", \(Figures.count(receipt.counts.unreached)) never reached" : ""
    return "\(tried)\(sampled), \(receipt.counts.wrong) wrong\(healed)\(unreached), in "
      + "\(Figures.duration(receipt.seconds))."
  }

  private static let changed =
    "The source was written to meanwhile: nothing is proven. Run it again when the source is quiet."

  package func lines(width: Int = 80, style: TerminalStyle = .plain) -> [String] {
    var lines = ["\(receipt.source) → \(receipt.target) (\(receipt.scratch))", "", job]
    lines += receipt.notes.map { "Note: \($0)." }
    for matrix in matrices {
      var table = TextTable([.text("moment")] + matrix.faults.map { .number($0) })
      for row in matrix.rows { table.add(row) }
      table.addSum(matrix.sums)
      lines += ["", style.bold(matrix.title)] + table.lines(width: width, style: style)
    }
    for finding in receipt.wrong + receipt.unreached {
      lines += [
        "", style.bad("\(finding.fault) at \(finding.moment): \(finding.reason)"), "  \(finding.command)",
      ]
    }
    lines.append("")
    if !receipt.isSourceUnchanged { lines.append(style.bad(ProofSummary.changed)) }
    lines.append(receipt.exitCode == .done ? style.good(verdict) : style.bad(verdict))
    return lines
  }

  /// A Markdown page.
  package var markdown: String {
    var lines = ["# Proof", "", verdict, ""]
    if !receipt.isSourceUnchanged { lines += [ProofSummary.changed, ""] }
    lines += [
      "- Source: `\(receipt.source)`", "- Target: `\(receipt.target)`, in \(receipt.scratch)", "- \(job)",
    ]
    lines += receipt.notes.map { "- Note: \($0)." }
    lines += ["", "| table | rows | |", "|---|---:|---|"]
    lines += receipt.tables.map { table in
      "| \(table.name) | \(Figures.count(table.rows)) | \(table.isWhole ? "whole" : "its first rows") |"
    }
    for matrix in matrices {
      lines += ["", "## \(matrix.title.dropLast())", ""]
      lines.append("| moment | \(matrix.faults.joined(separator: " | ")) |")
      lines.append("|---|\(matrix.faults.map { _ in "---:" }.joined(separator: "|"))|")
      lines += (matrix.rows + [matrix.sums]).map { "| \($0.joined(separator: " | ")) |" }
    }
    let findings = receipt.wrong + receipt.unreached
    if !findings.isEmpty { lines += ["", "## Not right"] }
    for finding in findings {
      lines += [
        "", "\(finding.fault) at \(finding.moment): \(finding.reason)", "", "```sh", finding.command, "```",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
