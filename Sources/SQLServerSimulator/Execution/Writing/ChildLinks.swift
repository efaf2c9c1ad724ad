import ModelDatabase

/// A foreign key as the table that it references sees it.
struct ChildLink: Sendable {
  let name: String
  let reference: ConstraintDescription.Reference
  /// The table that has it, by number.
  let child: Int
  let childName: String
  /// Its only column.
  let column: String?
  /// Keys by which rows of both tables are compared.
  let ofParent: KeyMapping
  let ofChild: KeyMapping
  /// An index of the child that begins with the foreign key's columns, and keys of it made of parent rows.
  let index: (id: Int32, keys: KeyMapping)?
}

/// A referenced row that is gone or has another key.
struct ChangedParent: Sendable {
  let key: [UInt8]
  let old: ServerRow
  /// Nil if it was deleted.
  let new: ServerRow?
}

extension StatementContext {
  /// The foreign keys that reference a table. Definitions that somebody else is changing are waited for.
  ///
  /// - Parameter touching: only those that reference one of these columns.
  mutating func childLinks(
    of parent: Int, touching columns: Set<Int>? = nil, withDisabled: Bool = false
  ) throws(SQLError) -> [ChildLink] {
    var links: [ChildLink] = []
    let database = storage.table(parent).database
    for number in storage.tables.indices {
      guard let table = storage.tables[number], table.database == database,
        table.droppedBy != session.number, table.references(parent, columns)
      else { continue }
      if number != parent { try storage.passDefinition(session.number, number).value() }
      for constraint in storage.table(number).about.constraints
      where withDisabled || !constraint.isDisabled {
        guard case .foreignKey(let reference) = constraint.kind,
          reference.isTo(parent, touching: columns)
        else { continue }
        links.append(childLink(constraint.name, reference, of: storage.table(number)))
      }
    }
    return links
  }

  private func childLink(
    _ name: String, _ reference: ConstraintDescription.Reference, of child: ServerTable
  ) -> ChildLink {
    let columns = child.about.columns
    let parentTypes = storage.table(reference.table).about.columns.map(\.type)
    var (ofParent, ofChild): ([KeyMapping.Part], [KeyMapping.Part]) = ([], [])
    for (field, parentField) in zip(reference.columns, reference.referencedColumns) {
      let type = parentTypes[parentField]
      let key = KeyColumn(0, type, isNullable: false)
      ofParent.append(KeyMapping.Part(field: parentField, type: type, key: key))
      ofChild.append(KeyMapping.Part(field: field, type: columns[field].type, key: key))
    }
    return ChildLink(
      name: name, reference: reference, child: child.number, childName: child.name.description,
      column: reference.columns.count == 1 ? columns[reference.columns[0]].name : nil,
      ofParent: KeyMapping(parts: ofParent), ofChild: KeyMapping(parts: ofChild),
      index: child.index(for: reference, parentTypes))
  }

  /// Does what the foreign keys to a table say of rows that are gone or have other keys. Throws 547.
  ///
  /// - Parameters:
  ///   - new: the rows that have taken the place of the old ones; empty after a DELETE.
  ///   - columns: those in which they may differ; nil after a DELETE.
  mutating func follow(
    _ old: [ServerRow], _ new: [ServerRow] = [], columns: Set<Int>? = nil, of rules: TableRules,
    _ operation: String
  ) throws(SQLError) {
    guard !old.isEmpty else { return }
    for link in try childLinks(of: rules.number, touching: columns) {
      var changed: [ChangedParent] = []
      for (index, row) in old.enumerated() {
        guard let key = try link.ofParent.key(of: row) else { continue }
        if !new.isEmpty, try link.ofParent.key(of: new[index]) == key { continue }
        changed.append(ChangedParent(key: key, old: row, new: new.isEmpty ? nil : new[index]))
      }
      guard !changed.isEmpty else { continue }
      let action = new.isEmpty ? link.reference.onDelete : link.reference.onUpdate
      if action == .noAction {
        try requireNoChildren(of: changed, link, rules, operation)
      } else {
        try act(action, changed, link, operation)
      }
    }
  }

  // MARK: NO ACTION

  private mutating func requireNoChildren(
    of changed: [ChangedParent], _ link: ChildLink, _ rules: TableRules, _ operation: String
  ) throws(SQLError) {
    var gone = changed
    if let first = changed.first, first.new != nil {
      gone = []
      let parent = storage.table(rules.number)
      guard let about = parent.usableIndex(link.reference.index) else {
        throw .unsupported("the foreign key \(link.name), whose index is disabled")
      }
      for change in changed {
        var key: [UInt8] = []
        change.old.withBytes { about.keys.append($0, to: &key) }
        // Another row may have taken the key.
        let isThere = try storage.exists(
          session.number, in: rules.number, index: link.reference.index, KeyInterval(prefix: key)
        ).value()
        if !isThere { gone.append(change) }
      }
    }
    guard try hasChildren(gone, link) else { return }
    throw .constraintConflict(
      statement: operation,
      kind: link.child == rules.number ? "SAME TABLE REFERENCE" : "REFERENCE", constraint: link.name,
      database: rules.databaseName, table: link.childName, column: link.column)
  }

  private mutating func hasChildren(_ gone: [ChangedParent], _ link: ChildLink) throws(SQLError) -> Bool {
    guard let index = link.index else { return try !children(of: gone, link, isForUpdate: false).isEmpty }
    for change in gone {
      guard let key = try index.keys.key(of: change.old) else { continue }
      let isThere = try storage.exists(
        session.number, in: link.child, index: index.id, KeyInterval(prefix: key)
      ).value()
      if isThere { return true }
    }
    return false
  }

  /// The rows that reference changed ones, each with the number of its parent.
  private mutating func children(
    of changed: [ChangedParent], _ link: ChildLink, isForUpdate: Bool
  ) throws(SQLError) -> [(row: ServerRow, parent: Int)] {
    var found: [(row: ServerRow, parent: Int)] = []
    var scan = Scan(link.child)
    scan.isForUpdate = isForUpdate
    if !isForUpdate { scan.hints = .readCommittedLock }
    if let index = link.index {
      scan.index = index.id
      for (place, change) in changed.enumerated() {
        guard let key = try index.keys.key(of: change.old) else { continue }
        scan.interval = KeyInterval(prefix: key)
        for row in try storage.scan(session.number, scan).value().rows { found.append((row, place)) }
      }
      return found
    }
    var places: [[UInt8]: Int] = [:]
    for (place, change) in changed.enumerated() { places[change.key] = place }
    for row in try storage.scan(session.number, scan).value().rows {
      if let key = try link.ofChild.key(of: row), let place = places[key] { found.append((row, place)) }
    }
    return found
  }

  // MARK: CASCADE, SET NULL, SET DEFAULT

  private mutating func act(
    _ action: ConstraintDescription.Action, _ changed: [ChangedParent], _ link: ChildLink,
    _ operation: String
  ) throws(SQLError) {
    let found = try children(of: changed, link, isForUpdate: true)
    guard !found.isEmpty else { return }
    let isRemoval = action == .cascade && changed[0].new == nil
    let rules = try rules(of: link.child, written: isRemoval ? [] : Set(link.reference.columns))
    if isRemoval {
      let triggers = try runnableTriggers(of: link.child, .delete)
      try remove(found.map(\.row), rules, [], triggers, operation)
      return
    }
    var values: [Int: BoundExpression] = [:]
    if action == .setDefault {
      for column in link.reference.columns {
        values[column] = try boundDefault(of: rules.columns[column])
      }
    }
    let triggers = try runnableTriggers(of: link.child, .update)
    var builder = RowChunkBuilder()
    for (row, place) in found {
      try appendChanged(row, rules, to: &builder) { context, column, bytes throws(SQLError) in
        guard let index = link.reference.columns.firstIndex(of: column) else { return false }
        if action == .cascade, let new = changed[place].new {
          let part = link.ofParent.parts[index]
          try new.withBytes { fields throws(SQLError) in
            try rules.append(
              stored: StoredFields.field(part.field, of: fields), of: part.type, to: column, "UPDATE",
              &context.evaluation, into: &bytes)
          }
          return true
        }
        let expression = values[column]
        let value = if let expression { try context.evaluate(expression) } else { SQLValue.null }
        try rules.append(
          value, of: expression?.knownType ?? rules.columns[column].type, to: column, "UPDATE",
          &context.evaluation, into: &bytes)
        return true
      }
    }
    _ = try replace(
      found.map(\.row), by: builder.finish(), rules, [], triggers, columns: Set(link.reference.columns),
      operation, looksAtAll: action == .setDefault)
  }
}

extension ConstraintDescription.Reference {
  fileprivate func isTo(_ parent: Int, touching changed: Set<Int>?) -> Bool {
    guard table == parent, let changed else { return table == parent }
    return !changed.isDisjoint(with: referencedColumns)
  }
}

extension ServerTable {
  fileprivate func references(_ parent: Int, _ columns: Set<Int>?) -> Bool {
    about.constraints.contains {
      guard case .foreignKey(let reference) = $0.kind else { return false }
      return reference.isTo(parent, touching: columns)
    }
  }

  /// An index that finds the rows which reference a parent row.
  fileprivate func index(
    for reference: ConstraintDescription.Reference, _ parentTypes: [SQLType]
  ) -> (id: Int32, keys: KeyMapping)? {
    var candidates: [(id: Int32, about: IndexDescription)] = clustered.map { [(Int32(1), $0)] } ?? []
    for index in indexes where !index.isDisabled && index.about.filter == nil {
      candidates.append((index.id, index.about))
    }
    for (id, about) in candidates {
      let keys = about.keys.columns.prefix(reference.columns.count)
      guard Set(keys.map(\.column)) == Set(reference.columns) else { continue }
      let parts = keys.compactMap { key -> KeyMapping.Part? in
        guard let place = reference.columns.firstIndex(of: key.column) else { return nil }
        let field = reference.referencedColumns[place]
        return KeyMapping.Part(field: field, type: parentTypes[field], key: key)
      }
      if parts.count == reference.columns.count { return (id, KeyMapping(parts: parts)) }
    }
    return nil
  }
}
