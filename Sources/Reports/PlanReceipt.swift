import Databases
import Replication
import Rows

/// A plan, as `--json` prints it.
package struct PlanReceipt: Encodable, Sendable {
  package struct Table: Encodable, Sendable {
    var source: String
    var target: String
    var level: Int
    /// The column by whose values the table is cut; nil when it is one unit.
    var rangeColumn: String?
    var columns: [Column]
    var estimatedRows: Int
    var estimatedBytes: Int
    /// The ranges of the units, in the order of their indexes.
    var units: [String]
  }

  package struct Column: Encodable, Sendable {
    var source: String
    var sourceType: String
    var target: String
    var targetType: String
  }

  var job: String
  var source: String
  var target: String
  var levels: Int
  var units: Int
  var estimatedRows: Int
  var estimatedBytes: Int
  var tables: [Table]
  var notes: [String]

  package init(_ plan: Plan) {
    job = plan.job
    source = plan.source
    target = plan.target
    levels = plan.levels
    units = plan.units
    estimatedRows = plan.estimatedRows
    estimatedBytes = plan.estimatedBytes
    tables = plan.tables.map { table in
      Table(
        source: table.pair.source.name.description, target: table.pair.target.name.description,
        level: table.level, rangeColumn: table.rangeColumn.map { table.pair.columns[$0].source.name },
        columns: table.pair.columns.map {
          Column(
            source: $0.source.name, sourceType: $0.source.declared, target: $0.target.name,
            targetType: $0.target.declared)
        }, estimatedRows: table.estimatedRows, estimatedBytes: table.estimatedBytes,
        units: table.units.map(\.range.description))
    }
    notes = plan.notes
  }
}

/// A plan, for people.
package enum PlanSummary {
  package static func lines(_ plan: Plan, width: Int = 80, style: TerminalStyle = .plain) -> [String] {
    var table = TextTable([
      .text("table"), .number("level"), .number("units"), .text("cut by"), .number("rows, about"),
      .number("data, about"),
    ])
    for part in plan.tables {
      let column = part.units.count > 1 ? part.rangeColumn.map { part.pair.columns[$0].source.name } : nil
      table.add([
        part.pair.source.name.description, "\(part.level)", Figures.count(part.units.count), column ?? "",
        Figures.count(part.estimatedRows), Figures.bytes(part.estimatedBytes),
      ])
    }
    table.addSum([
      "", "", Figures.count(plan.units), "", Figures.count(plan.estimatedRows),
      Figures.bytes(plan.estimatedBytes),
    ])
    return table.lines(width: width, style: style) + (plan.notes.isEmpty ? [] : [""] + plan.notes)
  }
}
