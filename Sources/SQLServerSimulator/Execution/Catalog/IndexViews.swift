/// Views of indexes and of the rows in them.
enum IndexViews {
  static let all: [CatalogView] = [indexes, indexColumns, stats, partitions, allocationUnits, partitionStats]

  private static let indexes = CatalogView(
    "sys.indexes",
    """
    object_id int, name sysname?, index_id int, type tinyint, type_desc nvarchar(60)?, is_unique bit?,
    data_space_id int?, ignore_dup_key bit?, is_primary_key bit?, is_unique_constraint bit?,
    fill_factor tinyint, is_padded bit?, is_disabled bit?, is_hypothetical bit?,
    is_ignored_in_optimization bit?, allow_row_locks bit?, allow_page_locks bit?, has_filter bit?,
    filter_definition nvarchar(max)?, compression_delay int?, suppress_dup_key_messages bit?,
    auto_created bit?, optimize_for_sequential_key bit?
    """
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      for index in table.catalogIndexes {
        rows.begin()
        rows.set("object_id", table.objectID)
        rows.set("name", index.about?.name)
        rows.set("index_id", index.id)
        rows.set("type", min(Int(index.id), 2))
        rows.set("type_desc", index.typeDescription)
        rows.set("is_unique", index.about?.isUnique ?? false)
        rows.set("data_space_id", 1)
        rows.set("ignore_dup_key", false)
        rows.set("is_primary_key", index.about?.constraint == .primaryKey)
        rows.set("is_unique_constraint", index.about?.constraint == .unique)
        rows.set("is_padded", false)
        rows.set("is_disabled", index.isDisabled)
        rows.set("is_hypothetical", false)
        rows.set("is_ignored_in_optimization", false)
        rows.set("allow_row_locks", true)
        rows.set("allow_page_locks", true)
        rows.set("has_filter", index.about?.filterText != nil)
        rows.set("filter_definition", index.about?.filterText)
        rows.set("suppress_dup_key_messages", false)
        rows.set("auto_created", false)
        rows.set("optimize_for_sequential_key", false)
      }
    }
  }

  private static let indexColumns = CatalogView(
    "sys.index_columns",
    """
    object_id int, index_id int, index_column_id int, column_id int, key_ordinal tinyint,
    partition_ordinal tinyint, is_descending_key bit?, is_included_column bit?
    """
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      for index in table.catalogIndexes {
        guard let about = index.about else { continue }
        for (place, part) in about.parts.enumerated() {
          rows.begin()
          rows.set("object_id", table.objectID)
          rows.set("index_id", index.id)
          rows.set("index_column_id", place + 1)
          rows.set("column_id", table.columnID(part.column))
          rows.set("key_ordinal", part.isIncluded ? 0 : place + 1)
          rows.set("is_descending_key", part.isDescending)
          rows.set("is_included_column", part.isIncluded)
        }
      }
    }
  }

  /// Those that come with indexes.
  private static let stats = CatalogView(
    "sys.stats",
    """
    object_id int, name sysname?, stats_id int, auto_created bit?, user_created bit?, no_recompute bit?,
    has_filter bit?, filter_definition nvarchar(max)?, is_temporary bit?, is_incremental bit?,
    has_persisted_sample bit?, stats_generation_method int, stats_generation_method_desc varchar(255)
    """
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      for index in table.catalogIndexes where index.id > 0 {
        rows.begin()
        rows.set("object_id", table.objectID)
        rows.set("name", index.about?.name)
        rows.set("stats_id", index.id)
        for flag in ["auto_created", "user_created", "no_recompute"] { rows.set(flag, false) }
        rows.set("has_filter", index.about?.filterText != nil)
        rows.set("filter_definition", index.about?.filterText)
        for flag in ["is_temporary", "is_incremental", "has_persisted_sample"] { rows.set(flag, false) }
        rows.set("stats_generation_method_desc", "Unordered, non-partitioned")
      }
    }
  }

  private static let partitions = CatalogView(
    "sys.partitions",
    """
    partition_id bigint, object_id int, index_id int, partition_number int, hobt_id bigint, rows bigint?,
    filestream_filegroup_id smallint, data_compression tinyint, data_compression_desc nvarchar(60)?
    """
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      for index in table.catalogIndexes where !index.isDisabled {
        rows.begin()
        rows.set("partition_id", table.partition(index))
        rows.set("object_id", table.objectID)
        rows.set("index_id", index.id)
        rows.set("partition_number", 1)
        rows.set("hobt_id", table.partition(index))
        rows.set("rows", index.count)
        rows.set("data_compression_desc", "NONE")
      }
    }
  }

  private static let allocationUnits = CatalogView(
    "sys.allocation_units",
    """
    allocation_unit_id bigint, type tinyint, type_desc nvarchar(60)?, container_id bigint, data_space_id int?,
    total_pages bigint, used_pages bigint, data_pages bigint
    """
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      for index in table.catalogIndexes where !index.isDisabled {
        let pages = table.pages(index)
        rows.begin()
        rows.set("allocation_unit_id", table.partition(index))
        rows.set("type", 1)
        rows.set("type_desc", "IN_ROW_DATA")
        rows.set("container_id", table.partition(index))
        rows.set("data_space_id", 1)
        rows.set("total_pages", pages.reserved)
        rows.set("used_pages", pages.used)
        rows.set("data_pages", pages.data)
      }
    }
  }

  private static let partitionStats = CatalogView(
    "sys.dm_db_partition_stats",
    """
    partition_id bigint?, object_id int, index_id int, partition_number int, in_row_data_page_count bigint?,
    in_row_used_page_count bigint?, in_row_reserved_page_count bigint?, lob_used_page_count bigint?,
    lob_reserved_page_count bigint?, row_overflow_used_page_count bigint?,
    row_overflow_reserved_page_count bigint?, used_page_count bigint?, reserved_page_count bigint?,
    row_count bigint?
    """
  ) { contents, _, rows throws(SQLError) in
    for table in contents.tables {
      for index in table.catalogIndexes where !index.isDisabled {
        let pages = table.pages(index)
        rows.begin()
        rows.set("partition_id", table.partition(index))
        rows.set("object_id", table.objectID)
        rows.set("index_id", index.id)
        rows.set("partition_number", 1)
        rows.set("in_row_data_page_count", pages.data)
        rows.set("in_row_used_page_count", pages.used)
        rows.set("in_row_reserved_page_count", pages.reserved)
        for column in [
          "lob_used_page_count", "lob_reserved_page_count", "row_overflow_used_page_count",
          "row_overflow_reserved_page_count",
        ] { rows.set(column, 0) }
        rows.set("used_page_count", pages.used)
        rows.set("reserved_page_count", pages.reserved)
        rows.set("row_count", index.count)
      }
    }
  }
}

extension IndexDescription {
  /// Key columns and then included ones.
  var parts: [(column: Int, isDescending: Bool, isIncluded: Bool)] {
    keys.columns.map { ($0.column, $0.isDescending, false) } + included.map { ($0, false, true) }
  }
}

extension ServerTable {
  /// partition_id, hobt_id and container_id are one number here.
  func partition(_ index: CatalogIndex) -> Int64 {
    72_057_594_037_927_936 + Int64(objectID) << 16 + Int64(index.id)
  }

  /// Nothing is on pages here: as many as the columns' declared lengths would need.
  func pages(_ index: CatalogIndex) -> (data: Int, used: Int, reserved: Int) {
    guard index.count > 0 else { return (0, 0, 0) }
    let places = index.id < 2 ? Array(about.columns.indices) : index.about?.parts.map(\.column) ?? []
    let width = places.reduce(9) { sum, place in
      let length = about.columns[place].type.maxLength
      return sum + (length < 0 ? 24 : min(length, 100))
    }
    let perPage = max(1, 8060 / width)
    let data = (index.count + perPage - 1) / perPage
    return (data, data + 1, (data + 8) / 8 * 8 + 1)
  }
}
