/// OBJECTPROPERTY and OBJECTPROPERTYEX.
enum ObjectProperties {
  static let functions: [CatalogFunction] = [
    CatalogFunctions.function("objectproperty", 2...2, .int) { arguments, context throws(SQLError) in
      try value(arguments, &context).map { .integer($0) } ?? .null
    },
    CatalogFunctions.function("objectpropertyex", 2...2, .variant) { arguments, context throws(SQLError) in
      let name = try arguments.text(1).lowercased()
      if name == "basetype" {
        let object = try context.catalogObject(
          id: try arguments.int(0), database: context.session.database)
        guard let object else { return .null }
        let type = SQLType.char(2)
        let padded = object.kind.rawValue.utf16 + (object.kind.rawValue.utf16.count < 2 ? [0x20] : [])
        return .variant(type, .text(Array(padded)))
      }
      if name == "cardinality" {
        let table = try context.catalogTable(id: try arguments.int(0))
        return table.map { .variant(.bigint, .integer(Int64($0.rows.count))) } ?? .null
      }
      return try value(arguments, &context).map { .variant(.int, .integer($0)) } ?? .null
    },
  ]

  private static func value(
    _ arguments: CatalogArguments, _ context: inout StatementContext
  ) throws(SQLError) -> Int64? {
    let id = try arguments.int(0)
    let name = try arguments.text(1).lowercased()
    guard let object = try context.catalogObject(id: id, database: context.session.database) else {
      return nil
    }
    if let flag = flag(name, object) { return flag ? 1 : 0 }
    switch name {
    case "ownerid": return 1
    case "schemaid": return Int64(object.schemaID)
    default: break
    }
    if object.kind.isConstraint { return try constraint(name, object, &context) }
    if object.kind == .trigger { return trigger(name, id, context) }
    guard object.kind == .table, let table = try context.catalogTable(id: id) else { return nil }
    if let flag = of(table, name) { return flag ? 1 : 0 }
    return related(name, to: table, context).map { $0 ? 1 : 0 }
  }

  /// What an object's kind tells.
  private static func flag(_ name: String, _ object: CatalogObject) -> Bool? {
    let kind = object.kind
    let isSystem = object.id < 0
    switch name {
    case "isusertable": return kind == .table
    case "istable": return kind == .table
    case "issystemtable": return false
    case "isview": return kind == .view
    case "isprocedure": return kind == .procedure
    case "istrigger": return kind == .trigger
    case "isscalarfunction": return kind == .scalarFunction
    case "isinlinefunction": return kind == .inlineFunction
    case "istablefunction": return kind == .inlineFunction || kind == .tableFunction
    case "isexecuted":
      return kind == .procedure || kind == .view || kind == .trigger || kind == .scalarFunction
    case "isprimarykey": return kind == .primaryKey
    case "isuniquecnst": return kind == .unique
    case "isforeignkey": return kind == .foreignKey
    case "ischeckcnst": return kind == .check
    case "isdefaultcnst": return kind == .defaultValue
    case "isconstraint": return kind.isConstraint
    case "isdefault", "isrule", "isextendedproc", "isreplproc", "isqueue", "isschemabound", "isencrypted":
      return false
    case "ismsshipped": return isSystem
    case "isquotedidenton", "isansinullson", "execisquotedidenton", "execisansinullson":
      return !kind.isConstraint
    default: return nil
    }
  }

  /// What the table itself tells.
  private static func of(_ table: ServerTable, _ name: String) -> Bool? {
    let columns = table.about.columns
    func has(_ kind: CatalogObject.Kind) -> Bool {
      table.about.constraints.contains { $0.objectKind == kind }
    }
    switch name {
    case "tablehasprimarykey": return has(.primaryKey)
    case "tablehasuniquecnst": return has(.unique)
    case "tablehasforeignkey": return has(.foreignKey)
    case "tablehascheckcnst": return has(.check)
    case "tablehasdefaultcnst": return columns.contains { $0.defaultValue != nil }
    case "tablehasidentity": return columns.contains(where: \.isIdentity)
    case "tablehastimestamp": return columns.contains { $0.type.kind == .rowversion }
    case "tablehasrowguidcol": return columns.contains(where: \.isRowGUID)
    case "tablehastextimage": return columns.contains { $0.type.isLargeObject }
    case "tablehasclustindex": return table.clustered != nil
    case "tablehasnonclustindex": return !table.indexes.isEmpty
    case "tablehasindex", "isindexed": return table.clustered != nil || !table.indexes.isEmpty
    case "isindexable": return true
    case "tableisfake", "tableispinned", "tablehasvardecimalstorageformat", "tablehasactivefulltextindex",
      "tableislockedonbulkload", "tabletextinrowlimit", "tabletemporaltype", "tablehascolumnset":
      return false
    default: return nil
    }
  }

  /// What other objects tell of a table.
  private static func related(_ name: String, to table: ServerTable, _ context: StatementContext) -> Bool? {
    let triggers = context.storage.modules.compactMap { module -> ServerModule.Trigger? in
      guard case .trigger(let trigger) = module.kind, trigger.table == table.number else { return nil }
      return trigger
    }
    switch name {
    case "tablehasforeignref":
      return context.storage.tables.contains { other in
        other?.about.constraints.contains { $0.foreignKey?.table == table.number } == true
      }
    case "tablehasinserttrigger", "hasinserttrigger": return triggers.contains { $0.events.contains(.insert) }
    case "tablehasupdatetrigger", "hasupdatetrigger": return triggers.contains { $0.events.contains(.update) }
    case "tablehasdeletetrigger", "hasdeletetrigger": return triggers.contains { $0.events.contains(.delete) }
    case "hasaftertrigger", "tablehasaftertrigger": return triggers.contains { !$0.isInsteadOf }
    case "hasinsteadoftrigger", "tablehasinsteadoftrigger": return triggers.contains(where: \.isInsteadOf)
    default: return nil
    }
  }

  private static func constraint(
    _ name: String, _ object: CatalogObject, _ context: inout StatementContext
  ) throws(SQLError) -> Int64? {
    let table = try context.catalogTable(id: Int(object.parent))
    let found = table?.about.constraints.first { $0.objectID == object.id }
    switch name {
    case "cnstisdisabled": return found?.isDisabled == true ? 1 : 0
    case "cnstisnottrusted": return found?.isTrusted == false ? 1 : 0
    case "cnstisclustkey": return found?.keyIndex == 1 ? 1 : 0
    case "cnstisnonclustkey": return found?.keyIndex.map { $0 > 1 } == true ? 1 : 0
    case "cnstisdeletecascade": return found?.foreignKey?.onDelete == .cascade ? 1 : 0
    case "cnstisupdatecascade": return found?.foreignKey?.onUpdate == .cascade ? 1 : 0
    case "cnstisnotrepl": return 0
    default: return nil
    }
  }

  private static func trigger(_ name: String, _ id: Int, _ context: StatementContext) -> Int64? {
    let module = context.storage.modules.last {
      $0.database == context.session.database && Int($0.objectID) == id
    }
    guard case .trigger(let trigger)? = module?.kind else { return nil }
    switch name {
    case "execistriggerdisabled": return trigger.isDisabled ? 1 : 0
    case "execisinsteadoftrigger": return trigger.isInsteadOf ? 1 : 0
    case "execisaftertrigger": return trigger.isInsteadOf ? 0 : 1
    case "execisinserttrigger": return trigger.events.contains(.insert) ? 1 : 0
    case "execisupdatetrigger": return trigger.events.contains(.update) ? 1 : 0
    case "execisdeletetrigger": return trigger.events.contains(.delete) ? 1 : 0
    default: return nil
    }
  }
}
