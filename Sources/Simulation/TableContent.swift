import Databases
import Rows

/// A table of a simulation: its schema and, for each generation, its rows.
///
/// Another generation has other values in some rows, the same keys, and unique values that have moved between rows.
struct TableContent: Sendable, Hashable {
  let position: Int
  let shape: SimulationOptions.Shape
  /// The table that a child references: one before it with a key of one integer, else the child itself.
  let parent: TableName
  var rows: Int
  /// Rows that the parent has: foreign keys point to them.
  let parentRows: Int
  var generation = 0

  static let engine = Engine(rawValue: "model")

  /// The tables that the options ask for.
  static func tables(_ options: SimulationOptions, generation: Int) -> [TableContent] {
    var tables: [TableContent] = []
    for (position, table) in options.tables.enumerated() {
      let above = tables.last.flatMap { $0.hasIntegerKey ? $0 : nil }
      tables.append(
        TableContent(
          position: position, shape: table.shape, parent: above?.name ?? name(position), rows: table.rows,
          parentRows: above?.rows ?? table.rows, generation: generation))
    }
    return tables
  }

  static func name(_ position: Int) -> TableName { TableName(name: "t\(position)") }

  var name: TableName { TableContent.name(position) }

  private var hasIntegerKey: Bool { [.integers, .child, .unique, .indexed].contains(shape) }

  // MARK: Schema

  var schema: TableSchema {
    var schema = TableSchema(name: name, engine: TableContent.engine, columns: columns)
    func key(_ columns: String...) -> KeySchema {
      KeySchema(name: "\(name)_\(columns.joined(separator: "_"))", columns: columns, isUnique: true)
    }
    switch shape {
    case .integers, .texts: schema.primaryKey = key("id")
    case .nullable: schema.indexes = [key("id")]
    case .composite: schema.primaryKey = key("id", "part")
    case .bag: break
    case .child:
      schema.primaryKey = key("id")
      var reference = ForeignKeySchema(
        name: "\(name)_parent", columns: ["number"], referencedTable: parent, referencedColumns: ["id"])
      // Tables of one circle are written one after the other.
      reference.isDeferrable = true
      reference.isInitiallyDeferred = true
      schema.foreignKeys = [reference]
    case .unique:
      schema.primaryKey = key("id")
      schema.indexes = [key("number")]
    case .indexed:
      schema.primaryKey = key("id")
      schema.indexes = [KeySchema(name: "\(name)_index", columns: ["note"], isUnique: false)]
    }
    return schema
  }

  private var columns: [ColumnSchema] {
    var columns: [ColumnSchema] = []
    let isText = shape == .texts
    let isKey = shape != .nullable && shape != .bag
    columns.append(
      ColumnSchema(
        name: "id", type: isText ? .text(maxLength: nil) : .int64, declared: isText ? "text" : "int64",
        isNullable: !isKey))
    if shape == .composite {
      columns.append(
        ColumnSchema(name: "part", type: .text(maxLength: nil), declared: "text", isNullable: false))
    }
    columns.append(ColumnSchema(name: "number", type: .int64, declared: "int64"))
    columns.append(ColumnSchema(name: "note", type: .text(maxLength: nil), declared: "text"))
    return columns
  }

  var transferColumns: [TransferColumn] {
    columns.map { TransferColumn(schema: $0, type: $0.type ?? .int64) }
  }

  /// Rows are numbered by the database: to change one is to replace all.
  var hasNoKey: Bool { shape == .bag || shape == .nullable }

  // MARK: Rows

  /// A row that no generation has: in the place of the first, or beside it where rows have no key.
  var damagedRow: RowBatch {
    var builder = RowBatchBuilder(columnCount: columns.count, budget: 64)
    builder.beginRow()
    appendKey(0, to: &builder)
    if shape == .child { builder.appendNull() } else { builder.append(Int64(1_000_003)) }
    builder.append(text: "damaged")
    builder.endRow()
    guard let batch = builder.take() else { preconditionFailure("a batch has the row that was added") }
    return batch
  }

  /// All rows as one batch; nil if there are none.
  var batch: RowBatch? {
    var builder = RowBatchBuilder(columnCount: columns.count, budget: 64)
    for row in 0..<rows { append(row, to: &builder) }
    return builder.take()
  }

  private func append(_ row: Int, to builder: inout RowBatchBuilder) {
    builder.beginRow()
    appendKey(row, to: &builder)
    appendNumber(row, to: &builder)
    let isChanged = generation > 0 && (row + generation) % 3 == 0
    if row % 7 == 3 {
      builder.appendNull()
    } else {
      builder.append(text: "note \(row)" + (isChanged ? " again \(generation)" : ""))
    }
    builder.endRow()
  }

  private func appendKey(_ row: Int, to builder: inout RowBatchBuilder) {
    switch shape {
    case .texts: builder.append(text: ["a", "B", "é", "z", "_"][row % 5] + String(row))
    case .nullable: if row % 4 == 1 { builder.appendNull() } else { builder.append(Int64(row * 3 - 20)) }
    case .composite:
      builder.append(Int64(row / 4))
      builder.append(text: "p\(row % 4)")
    case .bag: builder.append(Int64(row / 2))
    case .integers, .child, .unique, .indexed: builder.append(Int64(row * 3 - 20))
    }
  }

  private func appendNumber(_ row: Int, to builder: inout RowBatchBuilder) {
    switch shape {
    case .child:
      if row % 5 == 4 || parentRows == 0 {
        builder.appendNull()
      } else {
        builder.append(Int64((row + generation) % parentRows * 3 - 20))
      }
    // All values move to the next row.
    case .unique: builder.append(Int64((row + generation) % max(rows, 1)))
    // Rows that are there twice.
    case .bag: builder.append(Int64(row / 2 % 3))
    default: builder.append(Int64(row * row))
    }
  }
}

extension RowBatchBuilder {
  fileprivate mutating func append(text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }
}
