/// Re-encodes rows of one set of column types as another: what the sides of a comparison, or a source
/// and its target, need when their declared types differ.
package struct RowTranscoder: Sendable {
  /// What happens to the values of one column; chosen once.
  private enum Operation: Sendable {
    case copy
    case integer(Integer, to: ColumnType)
    case decimalToInteger(to: ColumnType)
    case decimal(to: ColumnType)
    case widenFloat, narrowFloat
    case limitText(maxLength: Int?)
    case trimText(length: Int)
    case limitBytes(maxLength: Int?)
    case uuidToText, textToUUID
    case moment(from: Int, to: Int)
    case dateToTimestamp(precision: Int)
    case timestampToDate(precision: Int)
  }

  private enum Integer: Sendable { case bool, int16, int32, int64 }

  private let operations: [Operation]

  /// True if every row comes out as it went in.
  package let isIdentity: Bool

  /// Throws if a pair of types cannot be compared without loss. Either may be the narrower one: a
  /// value that does not fit is found when it comes.
  package init(from sources: [ColumnType], to targets: [ColumnType]) throws(Unpairable) {
    precondition(sources.count == targets.count, "a row keeps its columns")
    var operations: [Operation] = []
    var isIdentity = true
    for (source, target) in zip(sources, targets) {
      let operation = try RowTranscoder.operation(from: source, to: target)
      if case .copy = operation {} else { isIdentity = false }
      operations.append(operation)
    }
    self.operations = operations
    self.isIdentity = isIdentity
  }

  /// Appends the row in its new encoding. A throw leaves the builder's row open; the caller takes it
  /// back with `discardRow`.
  package func transcode(
    _ row: UnsafeRawBufferPointer, into builder: inout RowBatchBuilder
  ) throws(BadField) {
    if isIdentity { return builder.append(encodedRow: row) }
    var fields = FieldCursor(row)
    precondition(fields.fieldCount == operations.count, "a row has one value a column")
    builder.beginRow()
    for column in operations.indices {
      guard let field = fields.nextField() else {
        builder.appendNull()
        continue
      }
      do {
        try RowTranscoder.append(field, operations[column], to: &builder)
      } catch {
        throw BadField(column: column, value: error)
      }
    }
    builder.endRow()
  }

  private static func append(
    _ field: UnsafeRawBufferPointer, _ operation: Operation, to builder: inout RowBatchBuilder
  ) throws(BadValue) {
    switch operation {
    case .copy: builder.append(field)
    case .integer(let source, let target): try builder.appendInteger(integer(field, source), type: target)
    case .decimalToInteger(let target):
      try builder.appendInteger(try DecimalField(field).int64(), type: target)
    case .decimal(let target): try builder.appendDecimal(field: field, type: target)
    case .widenFloat: builder.append(Double(Float(bitPattern: field.bigEndian(as: UInt32.self))))
    case .narrowFloat: builder.append(try narrowed(Double(bitPattern: field.bigEndian(as: UInt64.self))))
    case .limitText(let maxLength): try builder.appendValidText(field, maxLength: maxLength)
    case .trimText(let length):
      try builder.appendValidText(RowBatchBuilder.trimmed(field), maxLength: length)
    case .limitBytes(let maxLength): try builder.appendBytes(field, maxLength: maxLength)
    case .uuidToText: UUIDText.print(field, into: builder.appendField(byteCount: UUIDText.length))
    case .textToUUID:
      try builder.appendUUID(text: field)
      // In another spelling it would come back as another text.
      guard field.count == UUIDText.length, !field.contains(where: { (0x41...0x46).contains($0) }) else {
        throw BadValue("is not a UUID in lower case with hyphens, as it would read back")
      }
    case .moment(let source, let target):
      let units = field.bigEndian(as: Int64.self)
      let isInfinity = units == .max || units == .min
      builder.append(isInfinity ? units : try ClockText.convert(units, from: source, to: target))
    case .dateToTimestamp(let precision):
      builder.append(try timestamp(day: field.bigEndian(as: Int32.self), precision: precision))
    case .timestampToDate(let precision):
      builder.append(try day(timestamp: field.bigEndian(as: Int64.self), precision: precision))
    }
  }

  private static func integer(_ field: UnsafeRawBufferPointer, _ source: Integer) -> Int64 {
    switch source {
    case .bool: Int64(field.bigEndian(as: UInt8.self))
    case .int16: Int64(field.bigEndian(as: Int16.self))
    case .int32: Int64(field.bigEndian(as: Int32.self))
    case .int64: field.bigEndian(as: Int64.self)
    }
  }

  private static func narrowed(_ value: Double) throws(BadValue) -> Float {
    let narrow = Float(value)
    guard value.isNaN || Double(narrow) == value else {
      throw BadValue("has more digits than a float32 holds")
    }
    return narrow
  }

  private static func timestamp(day: Int32, precision: Int) throws(BadValue) -> Int64 {
    if day == .max { return .max }
    if day == .min { return .min }
    guard day <= CalendarDate.lastTimestampDay else { throw BadValue(TimestampText.range) }
    return try ClockText.convert(Int64(day) * 86_400_000_000, from: 6, to: precision)
  }

  private static func day(timestamp units: Int64, precision: Int) throws(BadValue) -> Int32 {
    if units == .max { return .max }
    if units == .min { return .min }
    let (days, time) = units.quotientAndRemainder(
      dividingBy: 86400 * ClockText.unitsPerSecond(precision: precision))
    guard time == 0 else { throw BadValue("has a time of day, which a date cannot hold") }
    return Int32(truncatingIfNeeded: days)
  }
}

extension RowTranscoder {
  private static func operation(
    from source: ColumnType, to target: ColumnType
  ) throws(Unpairable) -> Operation {
    if source == target { return .copy }
    _ = try TypePairing.common(source, target).get()
    switch (source, target) {
    case (.bool, _): return .integer(.bool, to: target)
    case (.int16, _): return .integer(.int16, to: target)
    case (.int32, _): return .integer(.int32, to: target)
    case (.int64, _): return .integer(.int64, to: target)
    case (.decimal, .decimal), (.decimal, .numeric), (.numeric, .decimal), (.numeric, .numeric):
      return .decimal(to: target)
    case (.decimal, _), (.numeric, _): return .decimalToInteger(to: target)
    case (.float32, _): return .widenFloat
    case (.float64, _): return .narrowFloat
    case (.uuid, _): return .uuidToText
    case (_, .uuid): return .textToUUID
    case (_, .text(let length)): return holdsText(of: source, length) ? .copy : .limitText(maxLength: length)
    case (.fixedText(let held), .fixedText(let length)):
      return length >= held ? .copy : .limitText(maxLength: length)
    case (_, .fixedText(let length)): return .trimText(length: length)
    case (_, .json): return .copy
    case (.bytes(let held), .bytes(let length)):
      return holds(length, held) ? .copy : .limitBytes(maxLength: length)
    case (.date, .timestamp(let precision)): return .dateToTimestamp(precision: precision)
    case (.timestamp(let precision), .date): return .timestampToDate(precision: precision)
    case (_, .time(let to)), (_, .timestamp(let to)), (_, .timestampTZ(let to)):
      return moment(from: precision(of: source), to: to)
    default: preconditionFailure("\(source) and \(target) have a common type, but no way to it")
    }
  }

  /// Copies where the unit stays and the precision does not shrink.
  private static func moment(from source: Int, to target: Int) -> Operation {
    source <= target && (source == 7) == (target == 7) ? .copy : .moment(from: source, to: target)
  }

  private static func precision(of type: ColumnType) -> Int {
    switch type {
    case .time(let precision), .timestamp(let precision), .timestampTZ(let precision): precision
    default: preconditionFailure("\(type) has no precision")
    }
  }

  private static func holdsText(of source: ColumnType, _ maxLength: Int?) -> Bool {
    switch source {
    case .text(let held): holds(maxLength, held)
    case .fixedText(let held): holds(maxLength, held)
    default: maxLength == nil
    }
  }

  private static func holds(_ limit: Int?, _ length: Int?) -> Bool {
    guard let limit else { return true }
    guard let length else { return false }
    return length <= limit
  }
}
