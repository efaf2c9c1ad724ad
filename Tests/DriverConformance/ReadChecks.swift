import Databases
import Rows

extension Conformance {
  static let readChecks: [Check] = [
    Check("an empty table ends at once") { session in
      let table = try await session.create(session.schema("empty", [("x", .int32)]))
      let read = RangeRead(
        rows: TableRange(table: table.name), columns: try session.transfer(table, as: [.int64, .int32]))
      try await session.connection.openRead(read)
      try require(try await session.connection.nextBatch() == nil, "a batch of no rows")
      try await session.connection.openRead(read)
      try require(try await session.connection.nextFingerprint() == nil, "a fingerprint of no rows")
      let split = try await session.connection.split(
        SplitRequest(table: table.name, column: table.columns[0], partBytes: 1, maximumParts: 8))
      try requireEqual(split.cuts, [], "cuts of no rows")
    },
    Check("batches keep their budget, and a row that is larger has one of its own") { session in
      let types: [ColumnType] = [.int64, .text(maxLength: nil)]
      let table = try await session.create(session.schema("budget", [("value", types[1])]))
      var values: [String?] = (0..<3000).map { "row \($0)" }
      values[1500] = String(repeating: "x", count: 300_000)
      let rows = Session.numbered(values)
      try await session.insert(rows, table, as: types)
      let budget = 10_000
      let read = try await session.rows(table, as: types, batchBytes: budget)
      try requireEqual(read.rows, Session.sorted(rows), "rows")
      try require(read.batches.count > 5, "\(read.batches.count) batches of \(budget) bytes")
      for batch in read.batches where batch.bytes > budget + 100 {
        try require(batch.bytes > 300_000, "a batch of \(batch.bytes) bytes without the large row")
        try require(batch.bytes < 300_000 + budget + 100, "a batch of \(batch.bytes) bytes")
      }
    },
    Check("fingerprints add up to those of the batches") { session in
      let types: [ColumnType] = [.int64, .int32]
      let table = try await session.create(session.schema("prints", [("value", .int32)]))
      let rows = Session.numbered((0..<5000).map { $0 % 7 == 0 ? nil : "\($0 * $0)" })
      try await session.insert(rows, table, as: types)
      let batches = try await session.rows(table, as: types, batchBytes: 4096)
      try await session.connection.openRead(
        RangeRead(rows: TableRange(table: table.name), columns: try session.transfer(table, as: types)))
      var total = Fingerprint()
      while let part = try await session.connection.nextFingerprint() { total += part }
      try requireEqual(total, batches.fingerprint, "fingerprint")
      try requireEqual(total, try Session.batch(rows, types)?.fingerprint, "fingerprint of what was written")
    },
    Check("a read is ended by closing it and by the next one") { session in
      let types: [ColumnType] = [.int64, .int32]
      let table = try await session.create(session.schema("ended", [("value", .int32)]))
      let rows = Session.numbered((0..<2000).map { "\($0)" })
      try await session.insert(rows, table, as: types)
      let read = RangeRead(
        rows: TableRange(table: table.name), columns: try session.transfer(table, as: types), batchBytes: 1024
      )
      try await session.connection.openRead(read)
      _ = try await session.connection.nextBatch()
      try await session.connection.closeRead()
      try await session.connection.closeRead()
      try await session.connection.openRead(read)
      _ = try await session.connection.nextBatch()
      try requireEqual(try await session.rows(table, as: types).rows.count, 2000, "rows")
      try await session.connection.begin()
      try await session.connection.rollback()
    },
    Check("after an error the connection reads on") { session in
      let types: [ColumnType] = [.int64, .int32]
      let table = try await session.create(session.schema("present", [("value", .int32)]))
      try await session.insert([["1", "1"]], table, as: types)
      try await requireError(.configuration, .permanent, what: "reading a table that is not there") {
        let columns = try session.transfer(table, as: types)
        try await session.connection.openRead(
          RangeRead(rows: TableRange(table: session.name("absent")), columns: columns))
        _ = try await session.connection.nextBatch()
      }
      try await session.connection.rollback()
      try requireEqual(try await session.rows(table, as: types).rows, [["1", "1"]], "rows")
    },
    Check("a cancelled call says so, and the connection can still be closed") { session in
      let table = try await session.create(session.schema("cancelled", [("value", .int32)]))
      let outcome = await withTaskGroup(of: ErrorClass?.self) { group in
        group.cancelAll()
        group.addTask {
          do throws(DatabaseError) {
            _ = try await session.connection.delete(TableRange(table: table.name))
            return nil
          } catch {
            return error.errorClass
          }
        }
        return await group.next() ?? nil
      }
      try requireEqual(outcome, .cancelled, "class of the error")
      try await session.connection.rollback()
      await session.connection.close()
      await session.connection.close()
    },
    Check("a source opened for reading reads, and other connections see what was committed") { session in
      let types: [ColumnType] = [.int64, .int32]
      let table = try await session.create(session.schema("shared", [("value", .int32)]))
      try await session.insert([["1", "1"]], table, as: types)
      let reader = try await session.endpoint.connect(.read)
      let rows = try await session.rows(table, as: types, on: reader).rows
      await reader.close()
      try requireEqual(rows, [["1", "1"]], "rows")
    },
    Check("a snapshot can be held, joined and ended") { session in
      let types: [ColumnType] = [.int64, .int32]
      let table = try await session.create(session.schema("held", [("value", .int32)]))
      try await session.insert([["1", "1"]], table, as: types)
      let first = try await session.endpoint.connect(.read)
      let second = try await session.endpoint.connect(.read)
      if let name = try await first.beginSnapshot() {
        try await second.joinSnapshot(name)
        try requireEqual(try await session.rows(table, as: types, on: second).rows, [["1", "1"]], "rows")
        _ = try await second.endSnapshot()
      }
      try requireEqual(try await session.rows(table, as: types, on: first).rows, [["1", "1"]], "rows")
      let verdict = try await first.endSnapshot()
      try require(verdict != .changed, "nobody has written")
      await first.close()
      await second.close()
    },
  ]
}
