/// CREATE INDEX, ALTER INDEX, DROP INDEX.
extension StatementContext {
  /// Throws 1088 for an unknown table, 1902, 1909, 1911, 1913, 1919, 7999, 10735, and 1505 for rows that are
  /// there.
  mutating func createIndex(_ index: IndexDefinition, on name: ObjectName) throws(SQLError) {
    try requireNoSnapshot()
    guard let number = try lockTable(name) else {
      if try findModule(place(of: name)) != nil { throw .unsupported("indexes of views") }
      throw .cannotFindTable(name.spelled, state: 12)
    }
    if index.options.contains(where: { $0.name == "DROP_EXISTING" && $0.value == "ON" }) {
      let table = storage.table(number)
      guard let id = table.indexID(index.name.text), let about = table.index(id: id) else {
        throw .noIndexToReplace(index.name.text, table: name.spelled)
      }
      let isReferenced = try !foreignKeys(to: number, index: id).isEmpty
      if about.constraint != nil || isReferenced {
        throw .unsupported("DROP_EXISTING of a constraint's index")
      }
      try remove(index: id, of: number)
    }
    try addIndex(index, to: number)
  }

  mutating func addIndex(_ index: IndexDefinition, to number: Int) throws(SQLError) {
    try requireKnown(index.options, of: "CREATE INDEX")
    let table = storage.table(number)
    let columns = try keyColumns(index.columns, in: table)
    var about = IndexDescription(index.name.text, KeyMaker(columns), isUnique: index.isUnique)
    for name in index.includedColumns {
      if index.isClustered { throw .clusteredIncludesColumns }
      guard let position = table.about.column(name.text) else { throw .unknownIndexColumn(name.text) }
      if about.included.contains(position) || columns.contains(where: { $0.column == position }) {
        throw .duplicateIndexColumn(name.text)
      }
      guard !table.about.columns[position].type.isLargeObject else {
        throw .invalidIncludedColumnType(name.text, table: table.name.description)
      }
      about.included.append(position)
    }
    if let condition = index.filter?.condition {
      if index.isClustered { throw .incorrectSyntax(nearKeyword: "WHERE") }
      let filter = try filter(
        condition, of: about.name, table: table.name, columns: table.about.columns)
      about.filterText = CatalogText.definition(of: condition)
      about.filter = { filter($0) }
    }
    _ = try add(about, isClustered: index.isClustered, to: number)
  }

  // MARK: ALTER INDEX

  /// Throws 1088 for an unknown table, 2727 for an unknown index, 1505 for duplicates.
  mutating func alterIndex(_ alter: AlterIndexStatement) throws(SQLError) {
    try requireNoSnapshot()
    guard let number = try lockTable(alter.table) else {
      throw .cannotFindTable(alter.table.spelled, state: 9)
    }
    try requireKnown(alter.options, of: "ALTER INDEX")
    let table = storage.table(number)
    var ids: [Int32] = []
    if let name = alter.name {
      guard let id = table.indexID(name.text) else { throw .cannotFindIndex(name.text) }
      ids = [id]
    } else {
      ids = (table.clustered == nil ? [] : [1]) + table.indexes.map(\.id)
    }
    switch alter.action {
    case .rebuild:
      // The clustered key is never disabled, and has nothing to be rebuilt.
      for id in ids where id > 1 { try storage.rebuildIndex(session.number, number, id).value() }
    case .reorganize, .set:
      for index in table.indexes where ids.contains(index.id) && index.isDisabled && alter.name != nil {
        throw .indexIsDisabled(index.about.name, table: table.name.description)
      }
    case .disable:
      if ids.contains(1) { throw .unsupported("disabling a clustered index") }
      for id in ids { try disable(index: id, of: number) }
    }
  }

  /// Foreign keys that reference the index are disabled with it, as in SQL Server, which says so (1992).
  private mutating func disable(index id: Int32, of number: Int) throws(SQLError) {
    let table = storage.table(number)
    let name = table.index(id: id)?.name ?? ""
    for (child, position) in try foreignKeys(to: number, index: id) {
      let constraint = storage.table(child).about.constraints[position]
      if constraint.isDisabled { continue }
      try change(child) { (table: inout ServerTable) throws(SQLError) in
        table.about.constraints[position].isDisabled = true
        table.about.constraints[position].isTrusted = false
      }
      evaluation.warnings.append(
        .disabledForeignKey(
          constraint.name, table: storage.table(child).name.name, referenced: table.name.name, index: name))
    }
    try storage.disableIndex(session.number, number, id).value()
  }

  // MARK: DROP INDEX

  /// Throws 3701 for an unknown table or index, 3723 for one that a constraint needs.
  mutating func dropIndex(_ dropped: DroppedIndex, ifExists: Bool) throws(SQLError) {
    try requireNoSnapshot()
    let name = "\(dropped.table.spelled).\(dropped.name.text)"
    guard let number = try lockTable(dropped.table),
      let id = storage.table(number).indexID(dropped.name.text)
    else {
      if ifExists { return }
      throw .cannotDrop("index", name: name)
    }
    switch storage.table(number).index(id: id)?.constraint {
    case .primaryKey: throw .indexEnforcesConstraint(name, kind: "PRIMARY KEY")
    case .unique: throw .indexEnforcesConstraint(name, kind: "UNIQUE KEY")
    case nil: break
    }
    guard try foreignKeys(to: number, index: id).isEmpty else {
      throw .indexEnforcesConstraint(name, kind: "FOREIGN KEY")
    }
    try remove(index: id, of: number)
  }

  mutating func remove(index id: Int32, of number: Int) throws(SQLError) {
    if id == 1 {
      try storage.setClustered(session.number, number, nil).value()
    } else {
      try storage.dropIndex(session.number, number, id).value()
    }
  }

  // MARK: Options

  /// How rows are stored and built is not told apart here.
  private static let storageOptions: Set<String> = [
    "PAD_INDEX", "FILLFACTOR", "SORT_IN_TEMPDB", "STATISTICS_NORECOMPUTE", "STATISTICS_INCREMENTAL",
    "DROP_EXISTING", "ONLINE", "RESUMABLE", "MAX_DURATION", "ALLOW_PAGE_LOCKS", "OPTIMIZE_FOR_SEQUENTIAL_KEY",
    "MAXDOP", "DATA_COMPRESSION", "XML_COMPRESSION", "LOB_COMPACTION", "COMPRESSION_DELAY",
    "WAIT_AT_LOW_PRIORITY",
  ]

  /// Throws 40517 for what changes what is stored or locked, and 155 for what is unknown.
  func requireKnown(_ options: [NamedOption], of statement: String) throws(SQLError) {
    for option in options {
      switch option.name {
      case "IGNORE_DUP_KEY":
        if option.value != "OFF" { throw .unsupported(option: "IGNORE_DUP_KEY = ON") }
      case "ALLOW_ROW_LOCKS":
        if option.value != "ON" { throw .unsupported(option: "ALLOW_ROW_LOCKS = OFF") }
      default:
        guard StatementContext.storageOptions.contains(option.name) else {
          throw .notARecognizedOption(option.name, of: statement)
        }
      }
    }
  }
}
