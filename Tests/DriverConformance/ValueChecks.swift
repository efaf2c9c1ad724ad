import Databases
import Rows

extension Conformance {
  static var valueChecks: [Check] {
    var checks: [Check] = []
    var everything = Quirks()
    everything.precision = 7
    for sample in TypeSample.all(everything) {
      checks.append(
        Check("what is written as \(sample.type) is read as it was") { session in
          // What the engine has of this type's values.
          let own = TypeSample.all(session.quirks).first { $0.type == sample.type }
          guard let own else { return }
          try await roundTrip(own, session)
        })
    }
    return checks + otherValueChecks
  }

  private static func roundTrip(_ sample: TypeSample, _ session: Session) async throws {
    let table = try await session.create(session.schema("values", [("value", sample.type)]))
    let rows = Session.numbered(sample.values + [nil])
    let types: [ColumnType] = [.int64, sample.type]
    try requireEqual(try await session.insert(rows, table, as: types), rows.count, "rows taken")
    let read = try await session.rows(table, as: types)
    for (found, written) in zip(read.rows, Session.sorted(rows)) {
      try requireEqual(found, written, "a row")
    }
    try requireEqual(read.rows.count, rows.count, "rows")
    guard let batch = try Session.batch(rows, types) else { return }
    try requireEqual(read.fingerprint, batch.fingerprint, "fingerprint")
  }

  private static let otherValueChecks: [Check] = [
    Check("a value that the engine has not is a bad row and not another value") { session in
      var missing: [(ColumnType, String)] = []
      if !session.quirks.hasNaN { missing.append((.float64, "NaN")) }
      if !session.quirks.hasInfinity { missing.append((.float64, "-Infinity")) }
      if !session.quirks.hasNegativeZero { missing.append((.float64, "-0.0")) }
      if !session.quirks.hasNUL { missing.append((.text(maxLength: nil), "a\u{0}b")) }
      if !session.quirks.hasInfiniteDates {
        missing += [(.date, "infinity"), (.timestamp(precision: 6), "-infinity")]
      }
      for (index, (type, value)) in missing.enumerated() {
        let table = try await session.create(session.schema("missing\(index)", [("value", type)]))
        let error = try await requireError(.badRow, what: "writing \(type)") {
          try await session.insert([["1", value]], table, as: [.int64, type])
        }
        try require(error.description.contains("value"), "the error names the column: \(error)")
        try await session.connection.rollback()
        try requireEqual(try await session.rows(table, as: [.int64, type]).rows, [], "rows")
      }
    },
    Check("a value that does not fit its column is a bad row") { session in
      let cases: [(declared: ColumnType, travels: ColumnType, value: String)] = [
        (.text(maxLength: 5), .text(maxLength: nil), "123456"),
        (.bytes(maxLength: 2), .bytes(maxLength: nil), "\\x010203"),
        (.int16, .int64, "32768"), (.int32, .int64, "-2147483649"),
        (.decimal(precision: 4, scale: 1), .decimal(precision: 10, scale: 2), "1.25"),
        (.decimal(precision: 4, scale: 1), .decimal(precision: 10, scale: 2), "1000.00"),
      ]
      for (index, (declared, travels, value)) in cases.enumerated() {
        let table = try await session.create(session.schema("narrow\(index)", [("value", declared)]))
        let types: [ColumnType] = [.int64, travels]
        // An engine that knows no lengths of a type holds what another does not.
        guard table.columns[1].type == declared else { continue }
        try await requireError(.badRow, what: "writing \(value) to \(declared)") {
          try await session.insert([["1", value]], table, as: types)
        }
        try await session.connection.rollback()
        try requireEqual(try await session.rows(table, as: types).rows, [], "rows of \(declared)")
      }
    },
    Check("values travel as a wider type, both ways") { session in
      let cases: [(declared: ColumnType, travels: ColumnType, value: String)] = [
        (.bool, .int32, "1"), (.int16, .int64, "-5"), (.int32, .int64, "70000"), (.float32, .float64, "0.5"),
        (.int32, .decimal(precision: 12, scale: 2), "7.00"),
        (.decimal(precision: 6, scale: 2), .decimal(precision: 20, scale: 4), "1234.5000"),
        (.decimal(precision: 6, scale: 2), .numeric(trailingZeros: false), "1.5"),
        (.text(maxLength: 5), .text(maxLength: nil), "abc"),
        (.text(maxLength: 5), .fixedText(length: 9), "abc"),
        (.fixedText(length: 5), .text(maxLength: nil), "abcde"),
        (.bytes(maxLength: 2), .bytes(maxLength: nil), "\\x0102"),
        (.uuid, .text(maxLength: nil), "01234567-89ab-cdef-0123-456789abcdef"),
        (.date, .timestamp(precision: 3), "2024-02-29 00:00:00"),
        (.time(precision: 0), .time(precision: 6), "01:02:03"),
        (.timestamp(precision: 3), .timestamp(precision: 6), "2024-02-29 01:02:03.004"),
        (.timestamp(precision: 3), .timestampTZ(precision: 6), "2024-02-29 01:02:03.004+00"),
        (.timestamp(precision: 3), .timestamp(precision: 7), "2024-02-29 01:02:03.004"),
        (.json, .text(maxLength: nil), "{\"a\": 1}"),
      ]
      for (index, (declared, travels, value)) in cases.enumerated() {
        let table = try await session.create(session.schema("wide\(index)", [("value", declared)]))
        let types: [ColumnType] = [.int64, travels]
        // What the engine made of the declared type may not travel as this one.
        guard case .success = TypePairing.common(table.columns[1].type ?? declared, travels) else { continue }
        let rows = Session.numbered([value, nil])
        try await session.insert(rows, table, as: types)
        try requireEqual(try await session.rows(table, as: types).rows, rows, "\(declared) as \(travels)")
      }
    },
  ]
}
