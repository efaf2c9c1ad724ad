import Databases
import Rows

/// A source that shows a sample of its tables as if there were nothing else. It is read by its own driver.
struct SampledSource: ForwardingEndpoint {
  let base: any Endpoint
  let sample: SourceSample

  func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    SampledConnection(try await base.connect(access), sample)
  }
}

/// Limits what is listed, cut and read.
private final class SampledConnection: ForwardingConnection {
  let base: any Connection
  private let sample: SourceSample

  /// Small enough that wide rows come in several batches.
  private static let batchBytes = 4 << 10

  init(_ base: any Connection, _ sample: SourceSample) {
    self.base = base
    self.sample = sample
  }

  func tables() async throws(DatabaseError) -> [TableSchema] {
    try await base.tables().filter { sample[$0.name] != nil }.map { table in
      var table = table
      // A table of which some rows are missing cannot be referenced.
      table.foreignKeys.removeAll { sample[$0.referencedTable]?.limit != nil }
      return table
    }
  }

  func split(_ request: SplitRequest) async throws(DatabaseError) -> Split {
    guard let table = sample[request.table] else { return try await base.split(request) }
    let cuts = request.column?.name == table.column?.name ? table.cuts : []
    return Split(estimatedRows: table.rows, estimatedBytes: table.rows, cuts: cuts)
  }

  func openRead(_ read: RangeRead) async throws(DatabaseError) {
    var read = read
    read.batchBytes = SampledConnection.batchBytes
    if let table = sample[read.rows.table], let limit = table.limit, let column = table.column {
      read.rows = TableRange(
        table: read.rows.table, column: column, range: read.rows.range.limited(to: limit))
    }
    try await base.openRead(read)
  }
}

extension KeyRange {
  /// The part of it that lies below a key.
  fileprivate func limited(to limit: KeyValue) -> KeyRange {
    switch self {
    case .all, .span(_, nil): .span(from: from, to: limit)
    // The sample's cuts are below its limit.
    case .span: self
    case .null: .null
    }
  }

  private var from: KeyValue? { if case .span(let from, _) = self { from } else { nil } }
}
