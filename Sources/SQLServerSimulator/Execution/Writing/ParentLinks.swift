import ModelDatabase

/// Makes keys of the rows of one table that compare with those of another.
struct KeyMapping: Sendable {
  struct Part: Sendable {
    /// Where the value is in the row.
    let field: Int
    let type: SQLType
    /// What the key is compared with.
    let key: KeyColumn
  }

  let parts: [Part]

  /// Nil if a value is NULL: such a row references nothing.
  func key(of row: ServerRow) throws(SQLError) -> [UInt8]? {
    try row.withBytes { bytes throws(SQLError) in try key(of: bytes) }
  }

  private func key(of row: UnsafeRawBufferPointer) throws(SQLError) -> [UInt8]? {
    var key: [UInt8] = []
    for part in parts {
      guard let bytes = StoredFields.field(part.field, of: row) else { return nil }
      if part.isAlike {
        part.key.type.appendSortKey(
          of: bytes, isNullable: part.key.isNullable, isDescending: part.key.isDescending, to: &key)
      } else {
        let value = try part.type.decoded(bytes).converted(from: part.type, to: part.key.type)
        part.key.type.appendSortKey(
          of: value, isNullable: part.key.isNullable, isDescending: part.key.isDescending, to: &key)
      }
    }
    return key
  }
}

extension KeyMapping.Part {
  fileprivate var isAlike: Bool {
    let other = key.type
    return type.kind == other.kind && type.scale == other.scale && type.precision == other.precision
      && type.collation?.isUTF8 == other.collation?.isUTF8
  }
}

/// A foreign key as its own table sees it.
struct ParentLink: Sendable {
  let name: String
  let reference: ConstraintDescription.Reference
  /// Keys of the referenced index; nil while that index is disabled.
  let mapping: KeyMapping?
}

/// Keys that must be in other tables when the statement is done.
struct ParentKeys: Sendable {
  /// By foreign key; in the order of the rows, so that locks are taken in the same order every time.
  private(set) var wanted: [[[UInt8]]]
  private var seen: [Set<[UInt8]>]

  init(_ rules: TableRules) {
    wanted = rules.foreignKeys.map { _ in [] }
    seen = rules.foreignKeys.map { _ in [] }
  }

  /// - Parameter old: the rows that the chunk's take the place of: only what differs is looked at.
  mutating func add(_ chunk: RowChunk, _ rules: TableRules, old: [ServerRow] = []) throws(SQLError) {
    guard !rules.foreignKeys.isEmpty else { return }
    for (place, link) in rules.foreignKeys.enumerated() {
      guard let mapping = link.mapping else {
        throw .unsupported("the foreign key \(link.name), whose index is disabled")
      }
      for index in 0..<chunk.count {
        let row = ServerRow(key: RowKey(prefix: 0), chunk: chunk, row: index)
        guard let key = try mapping.key(of: row) else { continue }
        if !old.isEmpty, try mapping.key(of: old[index]) == key { continue }
        if seen[place].insert(key).inserted { wanted[place].append(key) }
      }
    }
  }
}

extension StatementContext {
  /// What is needed to look for the parents of a table's rows.
  mutating func parentLink(
    _ name: String, _ reference: ConstraintDescription.Reference, of rules: TableRules
  ) throws(SQLError) -> ParentLink {
    if reference.table != rules.number {
      try storage.passDefinition(session.number, reference.table).value()
    }
    guard let about = storage.table(reference.table).usableIndex(reference.index) else {
      return ParentLink(name: name, reference: reference, mapping: nil)
    }
    var parts: [KeyMapping.Part] = []
    for key in about.keys.columns {
      guard let place = reference.referencedColumns.firstIndex(of: key.column) else {
        throw .unsupported("the foreign key \(name), which does not reference all of a key")
      }
      let field = reference.columns[place]
      parts.append(KeyMapping.Part(field: field, type: rules.columns[field].type, key: key))
    }
    return ParentLink(name: name, reference: reference, mapping: KeyMapping(parts: parts))
  }

  /// Throws 547 for a key that the referenced table does not have.
  mutating func requireParents(
    _ keys: ParentKeys, _ rules: TableRules, _ operation: String
  ) throws(SQLError) {
    for (link, wanted) in zip(rules.foreignKeys, keys.wanted) {
      let reference = link.reference
      for key in wanted {
        let isThere = try storage.exists(
          session.number, in: reference.table, index: reference.index, KeyInterval(prefix: key)
        ).value()
        if isThere { continue }
        let parent = storage.table(reference.table)
        let column = reference.referencedColumns.count == 1 ? reference.referencedColumns[0] : nil
        throw .constraintConflict(
          statement: operation,
          kind: reference.table == rules.number ? "FOREIGN KEY SAME TABLE" : "FOREIGN KEY",
          constraint: link.name, database: rules.databaseName, table: parent.name.description,
          column: column.map { parent.about.columns[$0].name })
      }
    }
  }
}

extension ServerTable {
  /// An index by its number; nil if it is disabled.
  func usableIndex(_ id: Int32) -> IndexDescription? {
    id == 1 ? clustered : indexes.first { $0.id == id && !$0.isDisabled }?.about
  }
}
