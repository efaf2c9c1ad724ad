/// Bytes of values as clients send them, which need not be values.
extension SQLType {
  /// Throws 4815 for a length that the type does not have, and 9803 for bytes that are no value of it: a
  /// decimal beyond its precision, a time beyond midnight, a day beyond the calendar, NaN.
  ///
  /// - Parameter column: the column's number, from 1.
  package func validate(received bytes: UnsafeRawBufferPointer, column: Int) throws(SQLError) {
    guard hasLength(bytes.count) else { throw .invalidBulkColumnLength(column) }
    let isValid: Bool
    switch kind {
    case .bit: isValid = bytes[0] <= 1
    case .decimal, .numeric:
      guard case .decimal(let value) = decoded(bytes) else { return }
      isValid = bytes[0] <= 1 && value.fits(precision: precision)
    case .real, .float:
      switch decoded(bytes) {
      case .real(let value): isValid = value.isFinite
      case .float(let value): isValid = value.isFinite
      default: isValid = false
      }
    case .date, .time, .smalldatetime, .datetime, .datetime2, .datetimeoffset:
      isValid = isDate(decoded(bytes))
    case .variant: isValid = !decoded(bytes).isNull
    default: isValid = true
    }
    if !isValid { throw .invalidData(name) }
  }

  private func hasLength(_ count: Int) -> Bool {
    switch kind {
    case .char, .varchar, .binary, .varbinary, .nchar, .nvarchar:
      (isUnlimited || count <= maxLength) && (!isNational || count % 2 == 0)
    case .ntext, .xml: count % 2 == 0
    // Clients may leave out the zeros of a decimal, and FreeTDS sends as few bytes as its precision needs.
    case .decimal, .numeric: 2...17 ~= count
    case .text, .image, .variant, .hierarchyid, .geography, .geometry: true
    default: count == maxLength
    }
  }

  private func isDate(_ value: SQLValue) -> Bool {
    func isDay(_ day: Int32) -> Bool { 0...SQLCalendar.lastDay ~= day }
    func isTime(_ ticks: Int64) -> Bool { 0..<SQLCalendar.ticksPerDay ~= ticks }
    switch value {
    case .date(let day): return isDay(day)
    case .time(let ticks): return isTime(ticks)
    case .datetime(let days, let ticks):
      return SQLCalendar.firstDatetimeDay...SQLCalendar.lastDatetimeDay ~= days
        && 0..<SQLCalendar.datetimeTicksPerDay ~= ticks
    case .datetime2(let day, let ticks): return isDay(day) && isTime(ticks)
    case .datetimeoffset(let day, let ticks, let offset):
      guard isDay(day), isTime(ticks), -840...840 ~= offset, let local = SQLMoment(value) else {
        return false
      }
      return local.isInRange
    default: return false
    }
  }
}
