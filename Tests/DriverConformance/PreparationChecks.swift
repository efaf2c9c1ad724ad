import Databases
import Rows

extension Conformance {
  static let preparationChecks: [Check] = [
    Check("indexes are put aside and restored, by whichever connection") { session in
      var asked = session.schema("indexed", [("a", .int32), ("b", .text(maxLength: 10))])
      asked.indexes = [
        KeySchema(name: "indexed_a", columns: ["a"], isUnique: false),
        KeySchema(name: "indexed_b", columns: ["b", "a"], isUnique: true),
      ]
      try await session.create(asked)
      let created = try await session.connection.restore(job: "job")
      try requireEqual(
        Set(created.map(\.name)), ["indexed_a", "indexed_b"], "indexes created after the load")
      let before = try await session.found(asked.name)
      let obstacles = try await session.connection.obstacles(asked.name)
      try require(!obstacles.isEmpty, "there are obstacles")
      try await session.connection.putAside(obstacles, job: "job")
      try requireEqual(try await session.connection.obstacles(asked.name), [], "obstacles left")
      try requireEqual(try await session.connection.restore(job: "another"), [], "what another job restores")
      let other = try await session.endpoint.connect(.write)
      let restored = try await other.restore(job: "job")
      let again = try await other.restore(job: "job")
      await other.close()
      try requireEqual(Set(restored), Set(obstacles), "what is restored")
      try requireEqual(again, [], "what is restored twice")
      try requireEqual(try await session.found(asked.name), before, "the table")
    },
    Check("whoever has read to the end is in nobody's way") { session in
      let types: [ColumnType] = [.int64, .int32]
      var asked = session.schema("left", [("value", .int32)])
      asked.indexes = [KeySchema(name: "left_value", columns: ["value"], isUnique: false)]
      let table = try await session.create(asked)
      try await session.insert([["1", "2"], ["3", "4"]], table, as: types)
      let read = RangeRead(
        rows: TableRange(table: table.name), columns: try session.transfer(table, as: types))
      let other = try await session.endpoint.connect(.write)
      for wantsRows in [true, false] {
        try await session.connection.openRead(read)
        if wantsRows {
          while try await session.connection.nextBatch() != nil {}
        } else {
          while try await session.connection.nextFingerprint() != nil {}
        }
        let restored = try await other.restore(job: "job")
        try requireEqual(restored.map(\.name), ["left_value"], "what is restored meanwhile")
        try await other.putAside(try await other.obstacles(table.name), job: "job")
      }
      await other.close()
    },
    Check("what cannot be removed is not put aside, and nothing is recorded") { session in
      let table = try await session.create(session.schema("whole", [("a", .int32)]))
      let broken = Obstacle(
        table: table.name, kind: .index, name: "absent", removal: "DROP INDEX absent_index_of_nobody",
        restoration: "CREATE INDEX absent_index_of_nobody ON whole (a)")
      try await requireError(.permanent, .configuration, what: "putting aside an index that is not there") {
        try await session.connection.putAside([broken], job: "job")
      }
      try await session.connection.rollback()
      try requireEqual(try await session.connection.restore(job: "job"), [], "what is restored")
    },
    Check("generated keys go on behind the largest that was copied") { session in
      let types: [ColumnType] = [.int64, .int32]
      let table = try await session.create(session.schema("generated", [("value", .int32)]))
      try await session.insert([["41", "1"]], table, as: types)
      try await session.connection.alignIdentity(table.name)
      try requireEqual(try await session.rows(table, as: types).rows, [["41", "1"]], "rows")
    },
    Check("a column of a type that only another engine has is refused by name") { session in
      var asked = session.schema("foreign", [("shape", .int32)])
      asked.columns[1].type = .opaque(engine: "conformance", name: "polygon")
      asked.columns[1].declared = "polygon"
      let error = try await requireError(.configuration, what: "creating it") {
        _ = try await session.connection.create(asked, job: "job")
      }
      try require(error.description.contains("shape"), "the error names the column: \(error)")
    },
  ]
}
