/// Views of objects: sys.objects and what builds on it.
enum ObjectViews {
  /// What the views of all kinds of objects begin with.
  static let objectColumns = """
    name sysname, object_id int, principal_id int?, schema_id int, parent_object_id int, type char(2)?,
    type_desc nvarchar(60)?, create_date datetime, modify_date datetime, is_ms_shipped bit, is_published bit,
    is_schema_published bit,
    """

  static let all: [CatalogView] = [objects, allObjects, tables, views, allViews, procedures, schemas]

  static func set(_ object: CatalogObject, _ rows: inout CatalogRows) {
    rows.set("name", object.name)
    rows.set("object_id", object.id)
    rows.set("schema_id", object.schemaID)
    rows.set("parent_object_id", object.parent)
    rows.set("type", object.kind.rawValue)
    rows.set("type_desc", object.kind.description)
  }

  /// sys.x as an object.
  static func set(_ view: CatalogView, _ contents: CatalogContents, _ rows: inout CatalogRows) {
    rows.set("name", view.name)
    rows.set("object_id", view.objectID)
    rows.set("schema_id", contents.database.schemaID(view.schema) ?? 4)
    rows.set("type", "V")
    rows.set("type_desc", "VIEW")
    rows.set("is_ms_shipped", true)
  }

  private static let objects = CatalogView("sys.objects", objectColumns) {
    contents, _, rows throws(SQLError) in
    for object in contents.objects {
      rows.begin()
      set(object, &rows)
    }
  }

  private static let allObjects = CatalogView("sys.all_objects", objectColumns) {
    contents, _, rows throws(SQLError) in
    for view in SystemCatalog.sorted {
      rows.begin()
      set(view, contents, &rows)
    }
    for object in contents.objects {
      rows.begin()
      set(object, &rows)
    }
  }

  private static let tables = CatalogView(
    "sys.tables",
    objectColumns + """

      lob_data_space_id int, filestream_data_space_id int?, max_column_id_used int, lock_on_bulk_load bit,
      uses_ansi_nulls bit?, is_replicated bit?, has_replication_filter bit?, is_merge_published bit?,
      is_sync_tran_subscribed bit?, has_unchecked_assembly_data bit, text_in_row_limit int?,
      large_value_types_out_of_row bit?, is_tracked_by_cdc bit?, lock_escalation tinyint?,
      lock_escalation_desc nvarchar(60)?, is_filetable bit?, is_memory_optimized bit?, durability tinyint?,
      durability_desc nvarchar(60)?, temporal_type tinyint?, temporal_type_desc nvarchar(60)?,
      history_table_id int?, is_remote_data_archive_enabled bit?, is_external bit,
      history_retention_period int?,
      history_retention_period_unit int?, history_retention_period_unit_desc nvarchar(10)?, is_node bit?,
      is_edge bit?
      """
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      rows.begin()
      set(table.objects(contents.database)[0], &rows)
      let hasLarge = table.about.columns.contains { $0.type.isUnlimited }
      rows.set("lob_data_space_id", hasLarge ? 1 : 0)
      rows.set("max_column_id_used", table.lastColumnID)
      rows.set("uses_ansi_nulls", true)
      for flag in [
        "is_replicated", "has_replication_filter", "is_merge_published", "is_sync_tran_subscribed",
      ] {
        rows.set(flag, false)
      }
      rows.set("lock_on_bulk_load", table.locksOnBulkLoad)
      rows.set("text_in_row_limit", 0)
      rows.set("large_value_types_out_of_row", false)
      rows.set("is_tracked_by_cdc", false)
      rows.set("lock_escalation", table.escalatesLocks ? 0 : 1)
      rows.set("lock_escalation_desc", table.escalatesLocks ? "TABLE" : "DISABLE")
      rows.set("is_filetable", false)
      rows.set("is_memory_optimized", false)
      rows.set("durability", 0)
      rows.set("durability_desc", "SCHEMA_AND_DATA")
      rows.set("temporal_type", 0)
      rows.set("temporal_type_desc", "NON_TEMPORAL_TABLE")
      rows.set("is_remote_data_archive_enabled", false)
      rows.set("is_node", false)
      rows.set("is_edge", false)
    }
  }

  private static let viewColumns =
    objectColumns + """

      is_replicated bit?, has_replication_filter bit?, has_opaque_metadata bit,
      has_unchecked_assembly_data bit,
      with_check_option bit, is_date_correlation_view bit, is_tracked_by_cdc bit?
      """

  private static func setViews(_ contents: CatalogContents, _ rows: inout CatalogRows) {
    for module in contents.views {
      rows.begin()
      set(module.object(contents), &rows)
      rows.set("is_replicated", false)
      rows.set("has_replication_filter", false)
      rows.set("with_check_option", module.hasCheckOption)
      rows.set("is_tracked_by_cdc", false)
    }
  }

  private static let views = CatalogView("sys.views", viewColumns) { contents, _, rows throws(SQLError) in
    setViews(contents, &rows)
  }

  private static let allViews = CatalogView("sys.all_views", viewColumns) {
    contents, _, rows throws(SQLError) in
    setViews(contents, &rows)
    for view in SystemCatalog.sorted {
      rows.begin()
      set(view, contents, &rows)
    }
  }

  private static let procedures = CatalogView(
    "sys.procedures",
    objectColumns + """

      is_auto_executed bit, is_execution_replicated bit?, is_repl_serializable_only bit?,
      skips_repl_constraints bit?
      """
  ) { contents, _, rows throws(SQLError) in
    for module in contents.modules where module.kind == .procedure {
      rows.begin()
      set(module.object(contents), &rows)
      rows.set("is_execution_replicated", false)
      rows.set("is_repl_serializable_only", false)
      rows.set("skips_repl_constraints", false)
    }
  }

  private static let schemas = CatalogView(
    "sys.schemas", readsObjects: false, "name sysname, schema_id int, principal_id int?"
  ) { contents, _, rows throws(SQLError) in
    for (name, id) in contents.database.allSchemas {
      rows.begin()
      rows.set("name", name)
      rows.set("schema_id", id)
      rows.set("principal_id", id > 4 && id < 16384 ? 1 : id)
    }
  }
}

extension ServerTable {
  /// Whoever sets tables up without definitions does not count columns.
  fileprivate var lastColumnID: Int32 { max(about.lastColumnID, about.columns.map(\.id).max() ?? 0) }
}

extension ServerModule {
  /// WITH CHECK OPTION at the end of a view.
  var hasCheckOption: Bool {
    text.uppercased().split(whereSeparator: { $0.isWhitespace || $0 == ";" }).suffix(3)
      == ["WITH", "CHECK", "OPTION"]
  }
}
