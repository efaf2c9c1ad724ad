import Databases
import Rows

extension Conformance {
  static let catalogChecks: [Check] = [
    Check("an empty database has no tables, and its own are not listed") { session in
      try requireEqual(try await session.connection.tables().count, 0, "tables")
      try await session.connection.prepareLedger()
      try requireEqual(try await session.connection.tables().count, 0, "tables with a ledger")
    },
    Check("a created table has the columns and types that were asked for") { session in
      let samples = TypeSample.all(session.quirks)
      let asked = session.schema(
        "kinds", samples.enumerated().map { ("column \($0.offset)", $0.element.type) })
      let found = try await session.create(asked)
      try requireEqual(found.engine, session.endpoint.engine, "engine")
      try requireEqual(found.columns.map(\.name), asked.columns.map(\.name), "column names")
      try requireEqual(found.primaryKey?.columns, ["id"], "primary key")
      for (column, original) in zip(found.columns, asked.columns) {
        guard let type = original.type else { continue }
        try requireEqual(column.type, session.quirks.readsBack(type), "type of a column created as \(type)")
        try requireEqual(column.isNullable, original.isNullable, "NULL in a column created as \(type)")
        try requireEqual(column.isGenerated, false, "generation of a column created as \(type)")
      }
    },
    Check("NOT NULL columns and composite keys are kept") { session in
      var asked = session.schema("composite", [("part", .text(maxLength: 20)), ("value", .int32)])
      asked.columns[1].isNullable = false
      asked.columns[2].isNullable = false
      asked.primaryKey = KeySchema(name: "composite_key", columns: ["part", "id"], isUnique: true)
      let found = try await session.create(asked)
      try requireEqual(found.primaryKey?.columns, ["part", "id"], "primary key")
      try requireEqual(found.primaryKey?.name, "composite_key", "primary key's name")
      try requireEqual(found.columns.map(\.isNullable), [false, false, false], "NULL")
    },
    Check("a table without a key is a table") { session in
      var asked = session.schema("keyless", [("value", .int32)])
      asked.primaryKey = nil
      let found = try await session.create(asked)
      try requireEqual(found.primaryKey, nil, "primary key")
      try await session.insert([["1", "1"], ["1", "1"]], found, as: [.int64, .int32])
      let rows = try await session.rows(found, as: [.int64, .int32]).rows
      try requireEqual(rows, [["1", "1"], ["1", "1"]], "rows that are equal")
    },
    Check("foreign keys and indexes come back as they were asked for") { session in
      try await session.create(session.schema("parent", [("x", .int32)]))
      var child = session.schema("child", [("parent", .int64), ("code", .text(maxLength: 10))])
      child.indexes = [
        KeySchema(name: "child_code", columns: ["code"], isUnique: true),
        KeySchema(name: "child_parent_code", columns: ["parent", "code"], isUnique: false),
      ]
      child.foreignKeys = [
        ForeignKeySchema(
          name: "child_parent", columns: ["parent"], referencedTable: session.name("parent"),
          referencedColumns: ["id"])
      ]
      try await session.create(child)
      _ = try await session.connection.restore(job: "job")
      let found = try await session.found(child.name)
      try requireEqual(found.foreignKeys, child.foreignKeys, "foreign keys")
      try requireEqual(
        found.indexes.sorted { $0.name < $1.name }, child.indexes.sorted { $0.name < $1.name }, "indexes")
      let again = try await session.connection.restore(job: "job")
      try requireEqual(again, [], "what is restored twice")
    },
    Check("names of tables and columns may hold anything") { session in
      let names = [
        "a table", "quote\"d", "apo'strophe", "dot.ted", "semi;colon", "Größe", "漢字", "select", "UPPER",
        "lower", "a%b",
        "back`tick", "[brackets]", String(repeating: "n", count: min(63, session.quirks.identifierLength)),
      ]
      for name in names {
        let asked = session.schema(name, [("c" + name.prefix(20), .text(maxLength: nil))])
        let found = try await session.create(asked)
        try requireEqual(found.columns[1].name, asked.columns[1].name, "column's name")
        let types: [ColumnType] = [.int64, .text(maxLength: nil)]
        try await session.insert([["1", name], ["2", "other"]], found, as: types)
        let range = TableRange(
          table: found.name, column: found.columns[0], range: .span(from: .integer(2), to: nil))
        try requireEqual(
          try await session.rows(found, as: types, range).rows, [["2", "other"]], "rows of \(name)")
        _ = try await session.connection.obstacles(found.name)
        try await session.connection.alignIdentity(found.name)
      }
      let found = Set(try await session.connection.tables().map(\.name.name))
      try requireEqual(found, Set(names), "tables")
    },
    Check("a table that exists is not created again, and stays as it is") { session in
      let found = try await session.create(session.schema("once", [("x", .int32)]))
      try await session.insert([["1", "1"]], found, as: [.int64, .int32])
      try await requireError(.configuration, .permanent, what: "creating it twice") {
        _ = try await session.connection.create(session.schema("once", [("y", .int32)]), job: "job")
      }
      try await session.connection.rollback()
      try requireEqual(try await session.rows(found, as: [.int64, .int32]).rows, [["1", "1"]], "rows")
    },
  ]
}
