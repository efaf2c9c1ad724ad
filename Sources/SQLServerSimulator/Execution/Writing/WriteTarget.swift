/// The table that a statement writes to.
struct WriteTarget: Sendable {
  /// In the storage.
  let table: Int
  let hints: LockHints
  /// As it was written.
  let spelled: String
}

extension StatementContext {
  /// Finds the table of INSERT, OUTPUT INTO or INSERT BULK. Throws 208, 259, 1065, 1087; refuses views and
  /// common table expressions by name.
  mutating func writeTarget(
    _ target: TargetTable, commonTables: [CommonTable] = []
  ) throws(SQLError) -> WriteTarget {
    switch target {
    case .variable(let name):
      guard let number = session.tableVariables[name.lowercased()] else {
        throw .mustDeclareTableVariable(name)
      }
      return WriteTarget(table: number, hints: [], spelled: name)
    case .table(let name, let hints):
      let own = LockHints(hints)
      if own.contains(.noLock) { throw .noLockOnTarget }
      if name.schema == nil, name.database == nil,
        commonTables.contains(where: { $0.name.text.lowercased() == name.name.text.lowercased() })
      {
        throw .unsupported("writing to the common table expression \(name.name.text)")
      }
      if let number = try Binder.findTable(name, in: &self) {
        return WriteTarget(table: number, hints: own, spelled: name.spelled)
      }
      throw try missing(name)
    }
  }

  /// What a name means that is no table's.
  private mutating func missing(_ name: ObjectName) throws(SQLError) -> SQLError {
    let unknown = SQLError.invalidObjectName(name.spelled).at(line: Int32(name.line))
    var database = session.database
    if let wanted = name.database {
      guard let found = storage.database(wanted.text) else { return unknown }
      database = found.id
    }
    let qualified = QualifiedName(name.schema?.text ?? "dbo", name.name.text)
    let isView = storage.modules.contains {
      $0.database == database && $0.kind == .view && $0.name == qualified
    }
    let query = try catalog.view(qualified, database: database, &self)
    if isView || query != nil {
      return .unsupported("writing to the view \(name.spelled)")
    }
    let virtual = try catalog.virtualTable(
      schema: qualified.schema.lowercased(), name: qualified.name.lowercased(), database: database, &self)
    return virtual == nil ? unknown : .catalogIsNotWritable
  }

  /// How many rows TOP and SET ROWCOUNT allow.
  mutating func rowLimit(_ top: Top?, _ binder: inout Binder) throws(SQLError) -> Int {
    let limit = session.rowLimit > 0 ? session.rowLimit : Int.max
    guard let top else { return limit }
    let bound = try binder.bindTop(top, in: &self)
    return min(limit, try count(of: bound))
  }
}
