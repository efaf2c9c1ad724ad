/// Views of things that this server does not have.
enum EmptyViews {
  static let all: [CatalogView] = [
    .empty(
      "sys.extended_properties",
      """
      class tinyint, class_desc nvarchar(60)?, major_id int, minor_id int, name sysname, value
      sql_variant?
      """),
    .empty(
      "sys.sequences",
      ObjectViews.objectColumns + """

        start_value sql_variant, increment sql_variant, minimum_value sql_variant?, maximum_value
        sql_variant?,
        is_cycling bit?, is_cached bit?, cache_size int?, system_type_id tinyint, user_type_id int,
        precision tinyint, scale tinyint?, current_value sql_variant, is_exhausted bit, last_used_value
        sql_variant?
        """),
    .empty("sys.synonyms", ObjectViews.objectColumns + "\nbase_object_name nvarchar(1035)?"),
    .empty(
      "sys.assemblies",
      """
      name sysname, principal_id int, assembly_id int, clr_name nvarchar(4000)?, permission_set tinyint?,
      permission_set_desc nvarchar(60)?, is_visible bit, create_date datetime, modify_date datetime,
      is_user_defined bit?
      """),
    .empty(
      "sys.assembly_types",
      """
      name sysname, system_type_id tinyint, user_type_id int, schema_id int, principal_id int?,
      max_length smallint, precision tinyint, scale tinyint, collation_name sysname?, is_nullable bit?,
      is_user_defined bit, is_assembly_type bit, default_object_id int, rule_object_id int, assembly_id int,
      assembly_class sysname?, is_binary_ordered bit?, is_fixed_length bit?, prog_id nvarchar(40)?,
      assembly_qualified_name nvarchar(4000)?, is_table_type bit
      """),
    .empty(
      "sys.table_types",
      """
      name sysname, system_type_id tinyint, user_type_id int, schema_id int, principal_id int?,
      max_length smallint, precision tinyint, scale tinyint, collation_name sysname?, is_nullable bit?,
      is_user_defined bit, is_assembly_type bit, default_object_id int, rule_object_id int, is_table_type bit,
      type_table_object_id int, is_memory_optimized bit?
      """),
    .empty(
      "sys.xml_schema_collections",
      """
      xml_collection_id int, schema_id int, principal_id int?, name sysname, create_date
      datetime, modify_date datetime
      """
    ),
    .empty(
      "sys.partition_schemes",
      """
      name sysname, data_space_id int, type char(2), type_desc nvarchar(60)?, is_default bit?, is_system bit?,
      function_id int
      """),
    .empty(
      "sys.fulltext_indexes",
      """
      object_id int, unique_index_id int, fulltext_catalog_id int?, is_enabled bit, change_tracking_state
      char(1)?,
      change_tracking_state_desc nvarchar(60)?, has_crawl_completed bit, crawl_type char(1),
      crawl_type_desc nvarchar(60)?, crawl_start_date datetime?, crawl_end_date datetime?,
      incremental_timestamp binary(8)?, stoplist_id int?, data_space_id int, property_list_id int?
      """),
    .empty(
      "sys.change_tracking_tables",
      """
      object_id int, is_track_columns_updated_on bit?, min_valid_version bigint?, begin_version bigint?,
      cleanup_version bigint?
      """),
    .empty(
      "sys.change_tracking_databases",
      """
      database_id int, is_auto_cleanup_on bit?, retention_period int?, retention_period_units tinyint?,
      retention_period_units_desc nvarchar(60)?, max_cleanup_version bigint?
      """),
    .empty(
      "sys.masked_columns",
      "object_id int, name sysname?, column_id int, masking_function nvarchar(4000)?, is_masked bit"),
    .empty(
      "sys.periods",
      """
      name sysname?, period_type tinyint?, period_type_desc nvarchar(60)?, object_id int,
      start_column_id int, end_column_id int
      """
    ),
  ]
}
