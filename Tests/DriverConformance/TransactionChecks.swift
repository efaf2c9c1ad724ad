import Databases
import Rows

extension Conformance {
  private static let types: [ColumnType] = [.int64, .int32]

  static let transactionChecks: [Check] = [
    Check("a rollback leaves nothing, and may come twice or without a transaction") { session in
      let table = try await session.create(session.schema("undone", [("value", .int32)]))
      try await session.connection.begin()
      _ = try await session.write([["1", "1"]], table, as: types)
      try await session.connection.rollback()
      try await session.connection.rollback()
      try requireEqual(try await session.rows(table, as: types).rows, [], "rows")
      try await session.insert([["1", "1"]], table, as: types)
      try requireEqual(try await session.rows(table, as: types).rows, [["1", "1"]], "rows")
    },
    Check("a connection that closes in a transaction leaves nothing") { session in
      let table = try await session.create(session.schema("dropped", [("value", .int32)]))
      let other = try await session.endpoint.connect(.write)
      try await other.begin()
      try await other.openWrite(table.name, columns: try session.transfer(table, as: types))
      if let batch = try Session.batch([["1", "1"]], types) { try await other.write(batch) }
      await other.close()
      try requireEqual(try await session.rows(table, as: types).rows, [], "rows")
    },
    Check("a duplicate key is a bad row, and the transaction can be rolled back") { session in
      let table = try await session.create(session.schema("unique", [("value", .int32)]))
      try await session.insert([["1", "1"]], table, as: types)
      let error = try await requireError(.badRow, what: "inserting a key twice") {
        try await session.insert([["2", "2"], ["1", "3"]], table, as: types)
      }
      try require(error.place.table != nil, "the error names its table: \(error)")
      try await session.connection.rollback()
      try requireEqual(try await session.rows(table, as: types).rows, [["1", "1"]], "rows")
    },
    Check("NULL in a NOT NULL column is a bad row") { session in
      var asked = session.schema("strict", [("value", .int32)])
      asked.columns[1].isNullable = false
      let table = try await session.create(asked)
      try await requireError(.badRow, what: "inserting NULL") {
        try await session.insert([["1", nil]], table, as: types)
      }
      try await session.connection.rollback()
    },
    Check("a write of no rows is a write") { session in
      let table = try await session.create(session.schema("unwritten", [("x", .int32)]))
      try requireEqual(try await session.insert([], table, as: [.int64, .int32]), 0, "rows written")
      let written = try await session.insert([["1", "2"]], table, as: [.int64, .int32])
      try requireEqual(written, 1, "rows written")
      let rows = try await session.rows(table, as: [.int64, .int32]).rows
      try requireEqual(rows, [["1", "2"]], "rows")
    },
    Check("several batches are one write, and its rows are counted") { session in
      let table = try await session.create(session.schema("counted", [("value", .int32)]))
      try await session.connection.begin()
      try await session.connection.openWrite(table.name, columns: try session.transfer(table, as: types))
      for part in 0..<3 {
        let rows = (0..<100).map { ["\(part * 100 + $0)", nil] as [String?] }
        if let batch = try Session.batch(rows, types) { try await session.connection.write(batch) }
      }
      try requireEqual(try await session.connection.finishWrite(), 300, "rows taken")
      // A second write in the same transaction counts anew.
      try requireEqual(try await session.write([["1000", "1"]], table, as: types), 1, "rows taken")
      try await session.connection.commit()
      try requireEqual(try await session.rows(table, as: types).rows.count, 301, "rows")
    },
    Check("columns are written by name, and those left out are NULL") { session in
      let table = try await session.create(
        session.schema("partial", [("a", .int32), ("b", .int32)]))
      let columns = [table.columns[2], table.columns[0]]
      try await session.connection.begin()
      try await session.connection.openWrite(
        table.name,
        columns: [
          TransferColumn(schema: columns[0], type: .int32), TransferColumn(schema: columns[1], type: .int64),
        ])
      if let batch = try Session.batch([["7", "1"]], [.int32, .int64]) {
        try await session.connection.write(batch)
      }
      _ = try await session.connection.finishWrite()
      try await session.connection.commit()
      let rows = try await session.rows(table, as: [.int64, .int32, .int32]).rows
      try requireEqual(rows, [["1", nil, "7"]], "rows")
    },
  ]
}
