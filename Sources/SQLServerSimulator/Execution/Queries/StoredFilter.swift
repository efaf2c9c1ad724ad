/// The first conditions of a WHERE as far as they compare integers of one table with constants: told from the stored
/// bytes, so that looking through a whole table costs little more than reading it.
struct StoredFilter {
  /// One such comparison: `column < 5` or `column % 7 = 0`.
  fileprivate struct Test {
    var field: Int
    /// Of the column: how its bytes are read.
    var bytes: IntegerBytes
    var divisor: Int64?
    var operation: ComparisonOperator
    var constant: Int64
  }

  private var tests: [Test] = []
  /// What is left to evaluate for the rows that pass.
  private(set) var rest: BoundCondition?

  /// Every row passes.
  ///
  /// - Parameter rest: what is evaluated for each.
  init(rest: BoundCondition? = nil) { self.rest = rest }

  /// - Parameter condition: of a query with one source.
  init(_ condition: BoundCondition?) {
    var parts = condition?.conjuncts[...] ?? []
    // In their order: a condition that fails for a row must not meet one that another would have kept from it.
    while let test = parts.first.flatMap(Test.init) {
      tests.append(test)
      parts.removeFirst()
    }
    rest = parts.isEmpty ? nil : parts.count == 1 ? parts.first : .all(Array(parts))
  }

  /// Whether all comparisons are true; with NULL none is.
  @inline(__always)
  func passes(_ row: ServerRow) -> Bool {
    row.withBytes { bytes in tests.allSatisfy { $0.holds(for: bytes) } }
  }
}

extension StoredFilter.Test {
  fileprivate init?(_ condition: BoundCondition) {
    guard case .comparison(let operation, let left, let right, _) = condition,
      let constant = right.withoutWidening.integerConstant
    else { return nil }
    var column = left.withoutWidening
    if case .binary(.modulo, let dividend, let divisor) = column.node {
      // Of the quotient of the least number and -1 there is no value.
      guard let divisor = divisor.withoutWidening.integerConstant, divisor > 0 else { return nil }
      self.divisor = divisor
      column = dividend.withoutWidening
    }
    guard let place = column.column, place.depth == 0, place.source == 0,
      let bytes = IntegerBytes(column.knownType)
    else { return nil }
    field = place.field
    self.bytes = bytes
    self.operation = operation
    self.constant = constant
  }

  @inline(__always)
  fileprivate func holds(for row: UnsafeRawBufferPointer) -> Bool {
    guard let stored = StoredFields.field(field, of: row) else { return false }
    var value = bytes.value(of: stored)
    if let divisor { value %= divisor }
    return operation.accepts(value == constant ? 0 : value < constant ? -1 : 1)
  }
}

/// How the bytes of an integer's type are read.
private enum IntegerBytes {
  case tinyint, smallint, int, bigint

  /// Nil for types that are no integers, and for bit.
  init?(_ type: SQLType) {
    switch type.kind {
    case .tinyint: self = .tinyint
    case .smallint: self = .smallint
    case .int: self = .int
    case .bigint: self = .bigint
    default: return nil
    }
  }

  @inline(__always)
  func value(of bytes: UnsafeRawBufferPointer) -> Int64 {
    switch self {
    case .tinyint: Int64(bytes[0])
    case .smallint: Int64(Int16(littleEndian: bytes.loadUnaligned(as: Int16.self)))
    case .int: Int64(Int32(littleEndian: bytes.loadUnaligned(as: Int32.self)))
    case .bigint: Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
    }
  }
}

extension BoundExpression {
  /// The operand of conversions that only give an integer more room.
  fileprivate var withoutWidening: BoundExpression {
    guard case .conversion(let operand, _, _) = node, IntegerBytes(operand.knownType) != nil,
      IntegerBytes(knownType) != nil, operand.knownType.precedence <= knownType.precedence
    else { return self }
    return operand.withoutWidening
  }
}
