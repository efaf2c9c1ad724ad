import Databases
import Rows

/// How a read's rows are made of a table's.
struct ReadPlan: Sendable {
  private let positions: [Int]
  private let isWhole: Bool
  private let transcoder: RowTranscoder
  private let names: [String]

  init(_ columns: [TransferColumn], of table: ModelTable, _ site: CallSite) throws(DatabaseError) {
    let name = table.schema.name
    var positions: [Int] = []
    for column in columns { positions.append(try table.position(of: column, site)) }
    transcoder = try RowTranscoder.between(positions.map { table.types[$0] }, columns.map(\.type), name, site)
    self.positions = positions
    isWhole = positions.count == table.types.count && positions.elementsEqual(positions.indices)
    names = columns.map(\.schema.name)
  }

  /// Rows leave as they are stored.
  var isIdentity: Bool { isWhole && transcoder.isIdentity }

  /// Appends the row, or throws the rule that one of its values breaks.
  func append(_ row: UnsafeRawBufferPointer, to builder: inout RowBatchBuilder) throws(BadField) {
    if isWhole { return try transcoder.transcode(row, into: &builder) }
    var projected = RowBatchBuilder(columnCount: positions.count, budget: row.count)
    projected.beginRow()
    for position in positions {
      if let field = KeyEncoder.field(position, of: row) {
        projected.append(field)
      } else {
        projected.appendNull()
      }
    }
    projected.endRow()
    guard let batch = projected.take() else { return }
    defer { withExtendedLifetime(batch) {} }
    try transcoder.transcode(batch.row(0), into: &builder)
  }

  func name(of field: BadField) -> String { names[field.column] }
  var columnCount: Int { positions.count }
}

/// How a table's rows are made of those that are written.
struct WritePlan: Sendable {
  /// Where each of the table's columns is in the rows that come; nil for NULL.
  private let sources: [Int?]
  private let isWhole: Bool
  private let transcoder: RowTranscoder
  private let names: [String]

  init(_ columns: [TransferColumn], of table: ModelTable, _ site: CallSite) throws(DatabaseError) {
    let name = table.schema.name
    guard !columns.isEmpty else {
      throw site.error(.undefinedColumn, "no columns were named", table: name)
    }
    var positions: [Int] = []
    for column in columns { positions.append(try table.position(of: column, site)) }
    transcoder = try RowTranscoder.between(columns.map(\.type), positions.map { table.types[$0] }, name, site)
    sources = table.types.indices.map { positions.firstIndex(of: $0) }
    isWhole = positions.count == table.types.count && positions.elementsEqual(positions.indices)
    names = columns.map(\.schema.name)
  }

  /// The batch as the table keeps it: itself, if nothing has to be changed.
  func stored(_ batch: RowBatch, _ table: TableName, _ site: CallSite) throws(DatabaseError) -> RowBatch {
    if isWhole, transcoder.isIdentity { return batch }
    var builder = RowBatchBuilder(columnCount: names.count, budget: batch.bytes.count)
    for index in 0..<batch.rowCount {
      do throws(BadField) {
        try transcoder.transcode(batch.row(index), into: &builder)
      } catch {
        throw site.error(.badValue, "column \(names[error.column]) \(error.value.rule)", table: table)
      }
    }
    guard let narrowed = builder.take() else { return batch }
    return isWhole ? narrowed : arranged(narrowed)
  }

  private func arranged(_ batch: RowBatch) -> RowBatch {
    var builder = RowBatchBuilder(columnCount: sources.count, budget: batch.bytes.count)
    for index in 0..<batch.rowCount {
      builder.beginRow()
      for source in sources {
        if let source, let field = KeyEncoder.field(source, of: batch.row(index)) {
          builder.append(field)
        } else {
          builder.appendNull()
        }
      }
      builder.endRow()
    }
    return builder.take() ?? batch
  }
}

extension ModelTable {
  fileprivate func position(of column: TransferColumn, _ site: CallSite) throws(DatabaseError) -> Int {
    guard let position = schema.columns.firstIndex(where: { $0.name == column.schema.name }) else {
      throw site.error(
        .undefinedColumn, "there is no column \(column.schema.name)", table: schema.name)
    }
    return position
  }
}

extension RowTranscoder {
  fileprivate static func between(
    _ sources: [ColumnType], _ targets: [ColumnType], _ table: TableName, _ site: CallSite
  ) throws(DatabaseError) -> RowTranscoder {
    do throws(Unpairable) {
      return try RowTranscoder(from: sources, to: targets)
    } catch {
      throw site.error(.unsupportedType, error.reason, table: table)
    }
  }
}
