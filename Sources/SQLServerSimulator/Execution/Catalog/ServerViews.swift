/// Views of databases and of the server's configuration.
enum ServerViews {
  static let all: [CatalogView] = [databases, configurations, dataSpaces, filegroups, databaseFiles]

  private static let databases = CatalogView(
    "sys.databases", readsObjects: false,
    """
    name sysname, database_id int, source_database_id int?, owner_sid varbinary(85)?, create_date datetime,
    compatibility_level tinyint, collation_name sysname?, user_access tinyint?, user_access_desc
    nvarchar(60)?,
    is_read_only bit?, is_auto_close_on bit, is_auto_shrink_on bit?, state tinyint?, state_desc nvarchar(60)?,
    is_in_standby bit?, is_cleanly_shutdown bit?, is_supplemental_logging_enabled bit?,
    snapshot_isolation_state tinyint?, snapshot_isolation_state_desc nvarchar(60)?,
    is_read_committed_snapshot_on bit?, recovery_model tinyint?, recovery_model_desc nvarchar(60)?,
    page_verify_option tinyint?, page_verify_option_desc nvarchar(60)?, is_auto_create_stats_on bit?,
    is_auto_create_stats_incremental_on bit?, is_auto_update_stats_on bit?, is_auto_update_stats_async_on
    bit?,
    is_ansi_null_default_on bit?, is_ansi_nulls_on bit?, is_ansi_padding_on bit?, is_ansi_warnings_on bit?,
    is_arithabort_on bit?, is_concat_null_yields_null_on bit?, is_numeric_roundabort_on bit?,
    is_quoted_identifier_on bit?, is_recursive_triggers_on bit?, is_cursor_close_on_commit_on bit?,
    is_local_cursor_default bit?, is_fulltext_enabled bit?, is_trustworthy_on bit?, is_db_chaining_on bit?,
    is_parameterization_forced bit?, is_master_key_encrypted_by_server bit, is_query_store_on bit?,
    is_published bit, is_subscribed bit, is_merge_published bit, is_distributor bit, is_sync_with_backup bit,
    service_broker_guid uniqueidentifier, is_broker_enabled bit, log_reuse_wait tinyint?,
    log_reuse_wait_desc nvarchar(60)?, is_date_correlation_on bit, is_cdc_enabled bit, is_encrypted bit?,
    is_honor_broker_priority_on bit?, replica_id uniqueidentifier?, group_database_id uniqueidentifier?,
    resource_pool_id int?, default_language_lcid smallint?, default_language_name nvarchar(128)?,
    default_fulltext_language_lcid int?, default_fulltext_language_name nvarchar(128)?,
    is_nested_triggers_on bit?, is_transform_noise_words_on bit?, two_digit_year_cutoff smallint?,
    containment tinyint?, containment_desc nvarchar(60)?, target_recovery_time_in_seconds int?,
    delayed_durability int?, delayed_durability_desc nvarchar(60)?,
    is_memory_optimized_elevate_to_snapshot_on bit?, is_federation_member bit?,
    is_remote_data_archive_enabled bit?, is_mixed_page_allocation_on bit?,
    is_temporal_history_retention_enabled bit?, catalog_collation_type int,
    catalog_collation_type_desc nvarchar(60)?, physical_database_name nvarchar(128)?,
    is_result_set_caching_on bit?, is_accelerated_database_recovery_on bit?,
    is_tempdb_spill_to_remote_store bit?, is_stale_page_detection_on bit?, is_memory_optimized_enabled bit?
    """
  ) { _, context, rows throws(SQLError) in
    for database in context.storage.databases.compactMap({ $0 }) { set(database, &rows) }
  }

  private static func set(_ database: ServerDatabase, _ rows: inout CatalogRows) {
    let isSnapshot = database.allowsSnapshot
    rows.begin()
    rows.set("name", database.name)
    rows.set("database_id", database.id)
    rows.set("owner_sid", SQLValue.binary([1]))
    rows.set("compatibility_level", 150)
    rows.set("collation_name", database.collation.name)
    rows.set("user_access", 0)
    rows.set("user_access_desc", "MULTI_USER")
    rows.set("is_read_only", database.isReadOnly)
    rows.set("is_auto_shrink_on", false)
    rows.set("state", 0)
    rows.set("state_desc", "ONLINE")
    for flag in ["is_in_standby", "is_cleanly_shutdown", "is_supplemental_logging_enabled"] {
      rows.set(flag, false)
    }
    rows.set("snapshot_isolation_state", isSnapshot ? 1 : 0)
    rows.set("snapshot_isolation_state_desc", isSnapshot ? "ON" : "OFF")
    rows.set("is_read_committed_snapshot_on", database.readsCommittedSnapshot)
    rows.set("recovery_model", database.isSimple ? 3 : 1)
    rows.set("recovery_model_desc", database.isSimple ? "SIMPLE" : "FULL")
    rows.set("page_verify_option", 2)
    rows.set("page_verify_option_desc", "CHECKSUM")
    rows.set("is_auto_create_stats_on", true)
    rows.set("is_auto_create_stats_incremental_on", false)
    rows.set("is_auto_update_stats_on", true)
    for flag in [
      "is_auto_update_stats_async_on", "is_ansi_null_default_on", "is_ansi_nulls_on", "is_ansi_padding_on",
      "is_ansi_warnings_on", "is_arithabort_on", "is_concat_null_yields_null_on", "is_numeric_roundabort_on",
      "is_quoted_identifier_on", "is_recursive_triggers_on", "is_cursor_close_on_commit_on",
      "is_local_cursor_default", "is_fulltext_enabled", "is_trustworthy_on", "is_db_chaining_on",
      "is_parameterization_forced", "is_query_store_on",
    ] { rows.set(flag, false) }
    rows.set("log_reuse_wait", 0)
    rows.set("log_reuse_wait_desc", "NOTHING")
    rows.set("is_encrypted", false)
    rows.set("is_honor_broker_priority_on", false)
    rows.set("containment", 0)
    rows.set("containment_desc", "NONE")
    rows.set("target_recovery_time_in_seconds", 60)
    rows.set("delayed_durability", 0)
    rows.set("delayed_durability_desc", "DISABLED")
    rows.set("is_memory_optimized_elevate_to_snapshot_on", false)
    rows.set("is_federation_member", false)
    rows.set("is_remote_data_archive_enabled", false)
    rows.set("is_mixed_page_allocation_on", false)
    rows.set("is_temporal_history_retention_enabled", true)
    rows.set("catalog_collation_type_desc", "DATABASE_DEFAULT")
    rows.set("physical_database_name", database.name)
    for flag in [
      "is_result_set_caching_on", "is_accelerated_database_recovery_on", "is_tempdb_spill_to_remote_store",
      "is_stale_page_detection_on",
    ] { rows.set(flag, false) }
    rows.set("is_memory_optimized_enabled", true)
  }

  /// Those that clients look at, with SQL Server's defaults.
  private static let configurations = CatalogView(
    "sys.configurations", readsObjects: false,
    """
    configuration_id int, name nvarchar(35), value sql_variant?, minimum sql_variant?, maximum sql_variant?,
    value_in_use sql_variant?, description nvarchar(255), is_dynamic bit, is_advanced bit
    """
  ) { _, _, rows throws(SQLError) in
    let settings: [(Int, String, Int64, Int64, Int64, String)] = [
      (103, "user connections", 0, 0, 32767, "Number of user connections allowed"),
      (115, "nested triggers", 1, 0, 1, "Allow triggers to be invoked within triggers"),
      (124, "default language", 0, 0, 9999, "default language"),
      (518, "show advanced options", 0, 0, 1, "show advanced options"),
      (1126, "default full-text language", 1033, 0, 2_147_483_647, "default full-text language"),
      (1127, "two digit year cutoff", 2049, 1753, 9999, "two digit year cutoff"),
      (1534, "user options", 0, 0, 32767, "user options"),
      (1539, "max degree of parallelism", 0, 0, 32767, "maximum degree of parallelism"),
      (
        1544, "max server memory (MB)", 2_147_483_647, 128, 2_147_483_647,
        "Maximum size of server memory (MB)"
      ),
    ]
    for (id, name, value, minimum, maximum, description) in settings {
      rows.begin()
      rows.set("configuration_id", id)
      rows.set("name", name)
      rows.set("value", SQLType.int.variant(value))
      rows.set("minimum", SQLType.int.variant(minimum))
      rows.set("maximum", SQLType.int.variant(maximum))
      rows.set("value_in_use", SQLType.int.variant(value))
      rows.set("description", description)
      rows.set("is_dynamic", true)
    }
  }

  private static let dataSpaceColumns =
    "name sysname, data_space_id int, type char(2), type_desc nvarchar(60)?, is_default bit?, is_system bit?,"

  private static func setPrimary(_ rows: inout CatalogRows) {
    rows.begin()
    rows.set("name", "PRIMARY")
    rows.set("data_space_id", 1)
    rows.set("type", "FG")
    rows.set("type_desc", "ROWS_FILEGROUP")
    rows.set("is_default", true)
    rows.set("is_system", false)
  }

  private static let dataSpaces = CatalogView("sys.data_spaces", readsObjects: false, dataSpaceColumns) {
    _, _, rows throws(SQLError) in
    setPrimary(&rows)
  }

  private static let filegroups = CatalogView(
    "sys.filegroups", readsObjects: false,
    dataSpaceColumns
      + """

      filegroup_guid uniqueidentifier?, log_filegroup_id int?, is_read_only bit?, is_autogrow_all_files bit?
      """
  ) { _, _, rows throws(SQLError) in
    setPrimary(&rows)
    rows.set("is_read_only", false)
    rows.set("is_autogrow_all_files", false)
  }

  private static let databaseFiles = CatalogView(
    "sys.database_files", readsObjects: false,
    """
    file_id int, file_guid uniqueidentifier?, type tinyint, type_desc nvarchar(60)?, data_space_id int,
    name sysname, physical_name nvarchar(260), state tinyint?, state_desc nvarchar(60)?, size int,
    max_size int,
    growth int, is_media_read_only bit, is_read_only bit, is_sparse bit, is_percent_growth bit
    """
  ) { contents, _, rows throws(SQLError) in
    for (number, type, suffix) in [(1, "ROWS", ".mdf"), (2, "LOG", "_log.ldf")] {
      rows.begin()
      rows.set("file_id", number)
      rows.set("type", number - 1)
      rows.set("type_desc", type)
      rows.set("data_space_id", 2 - number)
      rows.set("name", contents.database.name + (number == 1 ? "" : "_log"))
      rows.set("physical_name", "/var/opt/mssql/data/" + contents.database.name + suffix)
      rows.set("state", 0)
      rows.set("state_desc", "ONLINE")
      rows.set("size", 1024)
      rows.set("max_size", -1)
      rows.set("growth", 8192)
    }
  }
}

extension ServerDatabase {
  /// Recovery is simple in the system's databases but model, and full in users'.
  var isSimple: Bool { ["master", "tempdb", "msdb"].contains(name.lowercased()) }
}
