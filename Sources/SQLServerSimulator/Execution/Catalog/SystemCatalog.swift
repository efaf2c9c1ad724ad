/// The catalog of the simulated server: views, functions and the views that users have made.
///
/// Names, order and types of columns are those of SQL Server 2019. What the storage does not keep is
/// constant: everything was made at one time, and nobody but sa is logged in.
package struct SystemCatalog: ServerCatalog {
  package init() {}

  package func virtualTable(
    schema: String, name: String, database: Int, _ context: inout StatementContext
  ) throws(SQLError) -> (any VirtualTable)? {
    if let view = SystemCatalog.views["\(schema).\(name)"] {
      return CatalogTable(view: view, database: database)
    }
    // sysobjects and its like are found by their name alone.
    if schema == "dbo", let view = SystemCatalog.views["sys.\(name)"], OldViews.names.contains(view.name) {
      return CatalogTable(view: view, database: database)
    }
    let isKnown =
      schema == "sys" && (name.hasPrefix("dm_") || SystemCatalog.refused.contains(name))
      || schema == "information_schema" && SystemCatalog.refusedSchemaViews.contains(name)
    if isKnown { throw .unsupported("\(schema == "sys" ? schema : schema.uppercased()).\(name)") }
    return nil
  }

  package func tableFunction(_ name: String) -> (any VirtualTable)? {
    SystemCatalog.tableFunctions[name].map { CatalogTable(view: $0, database: Storage.master) }
  }

  package func view(
    _ name: QualifiedName, database: Int, _ context: inout StatementContext
  ) throws(SQLError) -> (query: Query, columns: [Identifier])? {
    let found = context.storage.modules.last { module in
      module.database == database && module.kind == .view && module.name == name
    }
    guard let definition = try found?.viewDefinition else { return nil }
    return (definition.query, definition.columns)
  }

  package func function(_ name: String) -> CatalogFunction? { CatalogFunctions.all[name] }

  // MARK: What there is

  private static let groups: [[CatalogView]] = [
    ObjectViews.all, ColumnViews.all, IndexViews.all, ConstraintViews.all, ModuleViews.all,
    InformationSchema.all,
    InformationSchema.ofConstraints, ServerViews.all, PrincipalViews.all, SessionViews.all, LockViews.all,
    OldViews.all,
    EmptyViews.all, SystemViews.all,
  ]

  /// By schema and name in small letters.
  static let views: [String: CatalogView] = Dictionary(
    uniqueKeysWithValues: groups.joined().map { ("\($0.schema).\($0.name)".lowercased(), $0) })

  /// In the order of their names.
  static let sorted: [CatalogView] = views.sorted { $0.key < $1.key }.map(\.value)

  private static let tableFunctions: [String: CatalogView] = [
    "fn_listextendedproperty": .empty(
      "sys.fn_listextendedproperty", "objtype sysname?, objname sysname?, name sysname, value sql_variant?"),
    "fn_helpcollations": CatalogView(
      "sys.fn_helpcollations", readsObjects: false, "name sysname, description nvarchar(1000)?"
    ) { _, _, rows throws(SQLError) in
      for collation in Collation.all {
        rows.begin()
        rows.set("name", collation.name)
      }
    },
  ]

  /// Views of SQL Server that are not here.
  private static let refused: Set<String> = [
    "parameters", "all_parameters", "system_parameters", "sql_dependencies", "sql_expression_dependencies",
    "system_sql_modules", "stats_columns", "event_notifications", "server_triggers", "server_permissions",
    "database_permissions", "server_role_members", "database_role_members", "master_files", "messages",
    "syslanguages", "sysmessages", "sysfiles", "sysindexkeys", "sysforeignkeys", "sysreferences",
    "sysconstraints", "sysdepends", "syslockinfo", "syslogins", "syspermissions", "sysprotects",
    "backup_devices", "endpoints", "traces", "column_type_usages", "assembly_modules", "numbered_procedures",
    "partition_functions", "partition_range_values", "destination_data_spaces", "servers",
  ]

  private static let refusedSchemaViews: Set<String> = [
    "parameters", "column_privileges", "table_privileges", "column_domain_usage", "domain_constraints",
    "domains",
    "routine_columns", "view_column_usage", "view_table_usage", "sequences",
  ]
}

extension ServerModule {
  /// The statement that made a view.
  fileprivate var viewDefinition: ViewDefinition? {
    get throws(SQLError) {
      for statement in try Parser.parse(text).statements {
        if case .createView(let definition) = statement.body { return definition }
      }
      return nil
    }
  }

  /// The columns of a view as its query has them now; none if it has become impossible.
  func viewColumns(_ context: inout StatementContext) throws(SQLError) -> [ColumnDescription] {
    let before = context.session.database
    context.session.database = database
    defer { context.session.database = before }
    do throws(SQLError) {
      guard let definition = try viewDefinition else { return [] }
      var binder = Binder()
      let query = try binder.bindQuery(definition.query, isDerived: true, in: &context)
      return query.columns.enumerated().map { index, column in
        let name = index < definition.columns.count ? definition.columns[index].text : column.name
        return ColumnDescription(
          name: name, id: Int32(index + 1), type: column.declared, isNullable: column.isNullable)
      }
    } catch {
      if error.isBlocked { throw error }
      return []
    }
  }
}
