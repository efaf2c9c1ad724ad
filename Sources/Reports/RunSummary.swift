import Databases
import Replication
import Rows

/// What a person wants to know of a run.
package struct RunSummary: Sendable {
  private let report: RunReport
  private let figures: RunFigures

  package init(_ report: RunReport) {
    self.report = report
    figures = RunFigures(report)
  }

  package func lines(width: Int = 80, style: TerminalStyle = .plain) -> [String] {
    var lines = table.lines(width: width, style: style)
    lines.append("")
    lines.append(sentence)
    lines += RetrySummary(report.retry).lines
    if !report.restored.isEmpty {
      let what = Figures.count(
        report.restored.count, "index or constraint", plural: "indexes and constraints")
      lines.append("\(what) built or restored.")
    }
    if report.snapshot == .changed {
      lines.append(
        style.remarkable("The source was written to meanwhile; run again to carry over what changed."))
    }
    if report.snapshot == .dirty {
      lines.append(
        style.remarkable("The source was read without locks: rows may be there that were never committed."))
    }
    return lines
  }

  private var table: TextTable {
    let isResumed = report.mode == .resume
    var table = TextTable(
      [
        .text("table"), .number("units"), .number("copied"), .number(isResumed ? "trusted" : "unchanged"),
        .number("rows"), .number("data copied"),
      ])
    for part in report.tables {
      let units = report.units.filter { $0.unit.table == part.source.description }
      let copied = units.filter { $0.action == .copied }
      let done =
        part.unitsDone == part.units ? Figures.count(part.units) : "\(part.unitsDone) of \(part.units)"
      table.add([
        part.target.description, done, Figures.count(copied.count),
        Figures.count(units.count - copied.count), Figures.count(part.fingerprint.rows),
        copied.isEmpty ? "" : Figures.bytes(copied.reduce(0) { $0 + $1.bytes }),
      ])
    }
    table.addSum([
      "", Figures.count(figures.unitsPlanned), Figures.count(figures.unitsCopied),
      Figures.count(figures.unitsUnchanged + figures.unitsTrusted), Figures.count(figures.rowsDone),
      Figures.bytes(figures.bytes),
    ])
    return table
  }

  private var sentence: String {
    let time = Figures.duration(report.seconds)
    guard report.outcome == .done else {
      return "Ended after \(time): \(Figures.count(figures.unitsDone)) of "
        + "\(Figures.count(figures.unitsPlanned, "unit")) done, "
        + "\(Figures.count(figures.rowsAcknowledged, "row")) copied by this run."
    }
    guard figures.unitsCopied > 0 else {
      return "Nothing had to be copied: \(Figures.count(figures.rowsDone, "row")) "
        + (report.mode == .resume ? "recorded as done" : "read on both sides and equal")
        + ", 0 written, in \(time)."
    }
    var text = "\(Figures.count(figures.rowsAcknowledged, "row")) copied in \(time)"
    if let rate = Figures.rate(figures.rowsAcknowledged, in: report.seconds),
      let bytes = Figures.rate(figures.bytes, in: report.seconds)
    {
      text += ": \(Figures.count(rate)) rows/s, \(Figures.bytes(bytes))/s"
    }
    return text + "."
  }
}
