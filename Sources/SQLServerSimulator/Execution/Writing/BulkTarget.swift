/// A table that a bulk load fills: how each received value becomes a field of the table's rows.
///
/// Values whose type stores like the column's are checked and copied. Nothing is allocated for them but the
/// growth of the builder.
package struct BulkTarget: Sendable {
  let rules: TableRules
  /// Of the table's definition.
  let version: Int
  let hints: LockHints
  /// By column of the table.
  var steps: [BulkStep]
  /// The types that the stream's description declared.
  let received: [SQLType]
  /// For columns without a value, or whose NULL becomes the default: constants as stored bytes, with the
  /// length before them.
  var constants: [[UInt8]] = []
  /// Defaults that differ from row to row, by column.
  var defaults: [Int: BoundExpression] = [:]
  /// CHECK_CONSTRAINTS.
  let checksRows: Bool
  let triggers: TableTriggers
  var evaluation: EvaluationContext

  /// Rows written so far.
  package internal(set) var count = 0
  var parents: ParentKeys
  var inserted: [ServerRow] = []

  /// A chunk that has as many rows or bytes is to be written.
  package static let chunkRows = 8192
  package static let chunkBytes = 256 << 10

  /// Whether a chunk's rows have fields that are filled in when it is written.
  var needsFilling: Bool {
    !defaults.isEmpty || rules.rowVersion != nil || steps.contains { $0.mode == .identity }
  }

  /// Whether a chunk is full.
  package static func isFull(_ builder: RowChunkBuilder) -> Bool {
    builder.bytes.count >= chunkBytes || builder.rowCount >= chunkRows
  }
}

/// What is done for one column of a row.
struct BulkStep: Sendable {
  enum Mode: UInt8, Sendable {
    /// NULL for now: it is generated, calculated, or a default that differs from row to row.
    case later
    case identity
    /// A constant.
    case constant
    /// There is no value, and the column is not nullable.
    case missing
    /// Copied: of a fixed length, any bytes are a value.
    case fixed
    /// Copied if it is not too long.
    case varying
    /// Copied and filled with blanks or zeros.
    case padded
    case decimal
    /// Checked and copied.
    case checked
    case converted
  }

  /// What NULL becomes.
  enum Standard: Equatable, Sendable {
    case null
    /// One of the target's constants.
    case constant(Int)
    /// A default that differs from row to row.
    case later
  }

  var mode: Mode
  /// Which of the received values.
  var source = 0
  /// Bytes of the column's value, at most; and what the stream may send.
  var length = 0
  var receivedLength = 0
  /// UTF-16.
  var isWide = false
  var standard = Standard.null
  var isNullable = true
}

extension BulkTarget {
  /// Appends a received row; nil is NULL. After an error the builder's rows are of no use.
  ///
  /// Throws 515 for NULL where there must be none, 4815 and 9803 for bytes that are no value, 2628 and what
  /// conversions say for values that the column does not take.
  package mutating func append(
    _ values: [UnsafeRawBufferPointer?], to builder: inout RowChunkBuilder
  ) throws(SQLError) {
    precondition(values.count == received.count, "a row has a value for each column of the description")
    for column in steps.indices {
      let step = steps[column]
      switch step.mode {
      case .later, .identity: builder.appendNull()
      case .constant: try appendNull(step, column, to: &builder)
      case .missing: try rules.requireNullable(column, "INSERT")
      default:
        guard let value = values[step.source] else {
          try appendNull(step, column, to: &builder)
          continue
        }
        try append(value, step, column, to: &builder)
      }
    }
    builder.endRow()
  }

  private func appendNull(
    _ step: BulkStep, _ column: Int, to builder: inout RowChunkBuilder
  ) throws(SQLError) {
    switch step.standard {
    case .constant(let place): builder.bytes.append(contentsOf: constants[place])
    case .later: builder.appendNull()
    case .null:
      if !step.isNullable { try rules.requireNullable(column, "INSERT") }
      builder.appendNull()
    }
  }

  @inline(__always)
  private mutating func append(
    _ value: UnsafeRawBufferPointer, _ step: BulkStep, _ column: Int, to builder: inout RowChunkBuilder
  ) throws(SQLError) {
    switch step.mode {
    case .fixed:
      guard value.count == step.length else { throw .invalidBulkColumnLength(step.source + 1) }
      builder.append(value)
    case .varying, .padded:
      guard value.count <= step.receivedLength, !step.isWide || value.count & 1 == 0 else {
        throw .invalidBulkColumnLength(step.source + 1)
      }
      if value.count > step.length { return try convert(value, step, column, to: &builder) }
      guard step.mode == .padded, value.count < step.length else { return builder.append(value) }
      pad(value, step, to: &builder)
    case .decimal:
      try received[step.source].validate(received: value, column: step.source + 1)
      let zeros = step.length - value.count
      // Zero has no sign, whatever the client says.
      let isNegativeZero = value[0] == 0 && !value.dropFirst().contains { $0 != 0 }
      if zeros < 0 || isNegativeZero { return try convert(value, step, column, to: &builder) }
      builder.append(length: Int32(step.length))
      builder.bytes.append(contentsOf: value)
      for _ in 0..<zeros { builder.bytes.append(0) }
    case .checked:
      try received[step.source].validate(received: value, column: step.source + 1)
      builder.append(value)
    default:
      try received[step.source].validate(received: value, column: step.source + 1)
      try convert(value, step, column, to: &builder)
    }
  }

  private func pad(_ value: UnsafeRawBufferPointer, _ step: BulkStep, to builder: inout RowChunkBuilder) {
    builder.append(length: Int32(step.length))
    builder.bytes.append(contentsOf: value)
    let filler: UInt8 = received[step.source].isText ? 0x20 : 0
    for _ in 0..<(step.length - value.count) / (step.isWide ? 2 : 1) {
      builder.bytes.append(filler)
      if step.isWide { builder.bytes.append(0) }
    }
  }

  private mutating func convert(
    _ value: UnsafeRawBufferPointer, _ step: BulkStep, _ column: Int, to builder: inout RowChunkBuilder
  ) throws(SQLError) {
    let type = received[step.source]
    try rules.append(
      type.decoded(value), of: type, to: column, "INSERT", &evaluation, into: &builder.bytes)
  }
}
