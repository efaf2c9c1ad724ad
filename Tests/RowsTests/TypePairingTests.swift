import Rows
import Testing

@Suite struct TypePairingTests {
  static let table: [(ColumnType, ColumnType, ColumnType)] = [
    (.int16, .int64, .int64), (.int32, .int16, .int32), (.bool, .int32, .int32), (.bool, .int16, .int16),
    (.float32, .float64, .float64),
    (.int16, .decimal(precision: 4, scale: 2), .decimal(precision: 7, scale: 2)),
    (.int32, .decimal(precision: 20, scale: 0), .decimal(precision: 20, scale: 0)),
    (.int64, .decimal(precision: 10, scale: 4), .decimal(precision: 23, scale: 4)),
    (.int64, .numeric(trailingZeros: true), .numeric(trailingZeros: false)),
    (
      .decimal(precision: 10, scale: 2), .decimal(precision: 8, scale: 4),
      .decimal(precision: 12, scale: 4)
    ),
    (.decimal(precision: 3, scale: 5), .int16, .decimal(precision: 10, scale: 5)),
    (.decimal(precision: 2, scale: -3), .int16, .decimal(precision: 5, scale: 0)),
    (.decimal(precision: 10, scale: 2), .numeric(trailingZeros: true), .numeric(trailingZeros: false)),
    (.numeric(trailingZeros: false), .numeric(trailingZeros: true), .numeric(trailingZeros: false)),
    (.text(maxLength: 10), .text(maxLength: 20), .text(maxLength: 20)),
    (.text(maxLength: 10), .text(maxLength: nil), .text(maxLength: nil)),
    (.fixedText(length: 3), .fixedText(length: 5), .fixedText(length: 5)),
    (.fixedText(length: 3), .text(maxLength: 40), .fixedText(length: 40)),
    (.fixedText(length: 3), .text(maxLength: nil), .fixedText(length: UTF8Text.maxFieldLength)),
    (.text(maxLength: 40), .json, .text(maxLength: nil)), (.text(maxLength: 40), .uuid, .text(maxLength: 40)),
    (.text(maxLength: 10), .uuid, .text(maxLength: 36)),
    (.text(maxLength: nil), .uuid, .text(maxLength: nil)),
    (.fixedText(length: 36), .uuid, .fixedText(length: 36)),
    (.bytes(maxLength: 4), .bytes(maxLength: nil), .bytes(maxLength: nil)),
    (.bytes(maxLength: 4), .bytes(maxLength: 8), .bytes(maxLength: 8)),
    (.time(precision: 0), .time(precision: 7), .time(precision: 7)),
    (.timestamp(precision: 3), .timestamp(precision: 6), .timestamp(precision: 6)),
    (.timestampTZ(precision: 3), .timestampTZ(precision: 7), .timestampTZ(precision: 7)),
    (.timestamp(precision: 6), .timestampTZ(precision: 3), .timestampTZ(precision: 6)),
    (.date, .timestamp(precision: 3), .timestamp(precision: 3)),
  ]

  @Test func `each pair has the type that the table names, in either order`() {
    for (first, second, expected) in TypePairingTests.table {
      #expect(TypePairing.common(first, second) == .success(expected), "\(first) and \(second)")
      #expect(TypePairing.common(second, first) == .success(expected), "\(second) and \(first)")
    }
  }

  static let types: [ColumnType] = [
    .bool, .int16, .int32, .int64, .float32, .float64, .decimal(precision: 10, scale: 2),
    .decimal(precision: 38, scale: 10), .decimal(precision: 3, scale: 5), .decimal(precision: 2, scale: -3),
    .numeric(trailingZeros: true), .numeric(trailingZeros: false), .text(maxLength: nil), .text(maxLength: 4),
    .text(maxLength: 40), .fixedText(length: 5), .fixedText(length: 36), .bytes(maxLength: nil),
    .bytes(maxLength: 16), .uuid, .date, .time(precision: 0), .time(precision: 6), .time(precision: 7),
    .timestamp(precision: 0), .timestamp(precision: 6), .timestamp(precision: 7), .timestampTZ(precision: 3),
    .timestampTZ(precision: 6), .timestampTZ(precision: 7), .json,
  ]

  @Test func `the common type is symmetric, idempotent and holds both`() throws {
    for first in TypePairingTests.types {
      #expect(TypePairing.common(first, first) == .success(first))
      for second in TypePairingTests.types {
        guard case .success(let common) = TypePairing.common(first, second) else {
          guard case .failure(let error) = TypePairing.common(second, first) else {
            Issue.record("\(first) and \(second) pair in one order only")
            continue
          }
          #expect(error.reason.contains("\(first)") && error.reason.contains("\(second)"))
          continue
        }
        #expect(TypePairing.common(second, first) == .success(common))
        #expect(TypePairing.common(first, common) == .success(common), "\(first), \(common)")
        #expect(TypePairing.common(second, common) == .success(common), "\(second), \(common)")
      }
    }
  }

  @Test func `pairs that would lose something have a reason`() {
    let pairs: [(ColumnType, ColumnType)] = [
      (.int64, .float64), (.decimal(precision: 10, scale: 2), .float64), (.int32, .text(maxLength: nil)),
      (.date, .timestampTZ(precision: 6)), (.time(precision: 6), .timestamp(precision: 6)),
      (.bytes(maxLength: 16), .uuid), (.bytes(maxLength: nil), .text(maxLength: nil)),
      (.bool, .decimal(precision: 1, scale: 0)), (.fixedText(length: 3), .json), (.json, .uuid),
      (.bool, .float64), (.date, .int32),
    ]
    for (first, second) in pairs {
      guard case .failure(let error) = TypePairing.common(first, second) else {
        Issue.record("\(first) and \(second) are paired")
        continue
      }
      #expect(error.reason.count > 20)
    }
  }
}
