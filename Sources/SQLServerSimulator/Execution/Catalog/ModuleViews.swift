/// Views of views, triggers and routines as text.
enum ModuleViews {
  static let all: [CatalogView] = [sqlModules, allModules, triggers, triggerEvents]

  private static let moduleColumns = """
    object_id int, definition nvarchar(max)?, uses_ansi_nulls bit?, uses_quoted_identifier bit?,
    is_schema_bound bit?, uses_database_collation bit?, is_recompiled bit?, null_on_null_input bit?,
    execute_as_principal_id int?, uses_native_compilation bit?, inline_type bit?, is_inlineable bit?
    """

  private static func setModules(_ contents: CatalogContents, _ rows: inout CatalogRows) {
    for module in contents.modules {
      rows.begin()
      rows.set("object_id", module.objectID)
      rows.set("definition", module.text)
      rows.set("uses_ansi_nulls", true)
      rows.set("uses_quoted_identifier", true)
      for flag in [
        "is_schema_bound", "uses_database_collation", "is_recompiled", "null_on_null_input",
        "uses_native_compilation", "inline_type", "is_inlineable",
      ] { rows.set(flag, false) }
    }
  }

  private static let sqlModules = CatalogView("sys.sql_modules", moduleColumns) {
    contents, _, rows throws(SQLError) in
    setModules(contents, &rows)
  }

  private static let allModules = CatalogView("sys.all_sql_modules", moduleColumns) {
    contents, _, rows throws(SQLError) in
    setModules(contents, &rows)
  }

  private static let triggers = CatalogView(
    "sys.triggers",
    """
    name sysname, object_id int, parent_class tinyint, parent_class_desc nvarchar(60)?, parent_id int,
    type char(2), type_desc nvarchar(60)?, create_date datetime, modify_date datetime, is_ms_shipped bit,
    is_disabled bit, is_not_for_replication bit, is_instead_of_trigger bit
    """
  ) { contents, _, rows throws(SQLError) in
    for (module, trigger) in contents.triggers {
      rows.begin()
      rows.set("name", module.name.name)
      rows.set("object_id", module.objectID)
      rows.set("parent_class", 1)
      rows.set("parent_class_desc", "OBJECT_OR_COLUMN")
      rows.set("parent_id", contents.objectID(ofTable: trigger.table))
      rows.set("type", "TR")
      rows.set("type_desc", "SQL_TRIGGER")
      rows.set("is_disabled", trigger.isDisabled)
      rows.set("is_instead_of_trigger", trigger.isInsteadOf)
    }
  }

  private static let triggerEvents = CatalogView(
    "sys.trigger_events",
    """
    object_id int, type int, type_desc nvarchar(60), is_trigger_event bit?, is_first bit, is_last bit,
    event_group_type int?, event_group_type_desc nvarchar(60)?
    """
  ) { contents, _, rows throws(SQLError) in
    for (module, trigger) in contents.triggers {
      for event in trigger.events.sorted(by: { $0.number < $1.number }) {
        rows.begin()
        rows.set("object_id", module.objectID)
        rows.set("type", event.number)
        rows.set("type_desc", "\(event)".uppercased())
        rows.set("is_trigger_event", true)
      }
    }
  }
}

extension TriggerDefinition.Event {
  /// The number of sys.trigger_event_types.
  fileprivate var number: Int {
    switch self {
    case .insert: 1
    case .update: 2
    case .delete: 3
    }
  }
}
