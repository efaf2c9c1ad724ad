import ModelDatabase

/// sys.dm_tran_locks: what the storage's lock managers have. Locks on pages and databases are none here.
enum LockViews {
  static let all: [CatalogView] = [locks]

  private static let locks = CatalogView(
    "sys.dm_tran_locks", readsObjects: false,
    """
    resource_type nvarchar(60), resource_subtype nvarchar(60), resource_database_id int,
    resource_description nvarchar(256), resource_associated_entity_id bigint?, resource_lock_partition int,
    request_mode nvarchar(60), request_type nvarchar(60), request_status nvarchar(60),
    request_reference_count smallint, request_lifetime int, request_session_id int,
    request_exec_context_id int, request_request_id int, request_owner_type nvarchar(60),
    request_owner_id bigint?, request_owner_guid uniqueidentifier?, request_owner_lockspace_id nvarchar(32),
    lock_owner_address varbinary(8)
    """
  ) { _, context, rows throws(SQLError) in
    for table in context.storage.tables.compactMap({ $0 }) {
      for (place, space) in table.spaces.enumerated() {
        let index = table.catalogIndexes[place]
        for record in context.storage.locks.records(in: space) { set(record, table, index, &rows) }
      }
    }
    setApplicationLocks(context.storage, &rows)
  }

  private static func set(
    _ record: LockRecord, _ table: ServerTable, _ index: CatalogIndex, _ rows: inout CatalogRows
  ) {
    // An index's own intents stand for those on pages.
    if record.extent == .table, index.id > 1 { return }
    rows.begin()
    rows.set("resource_database_id", table.database)
    rows.set("request_owner_type", "TRANSACTION")
    setRequest(record, &rows)
    switch record.extent {
    case .table:
      rows.set("resource_type", "OBJECT")
      rows.set("resource_associated_entity_id", table.objectID)
    case .row(let key):
      rows.set("resource_type", index.id == 0 ? "RID" : "KEY")
      rows.set("resource_description", index.id == 0 ? "1:1:\(key.prefix)" : "(\(key.hash))")
      rows.set("resource_associated_entity_id", table.partition(index))
    case .range:
      rows.set("resource_type", "KEY")
      rows.set("resource_description", "(ffffffffffff)")
      rows.set("resource_associated_entity_id", table.partition(index))
      rows.set("request_mode", record.mode == .exclusive ? "RangeX-X" : "RangeS-\(record.mode.code)")
    }
  }

  private static func setRequest(_ record: LockRecord, _ rows: inout CatalogRows) {
    rows.set("request_mode", record.mode.code)
    rows.set("request_type", "LOCK")
    rows.set("request_status", record.isGranted ? "GRANT" : "WAIT")
    rows.set("request_reference_count", 1)
    rows.set("request_session_id", record.owner)
  }

  private static func setApplicationLocks(_ storage: Storage, _ rows: inout CatalogRows) {
    for record in storage.applicationLocks.locks.records {
      let resource = storage.applicationLocks.names[record.space]
      let hold = storage.sessions[record.owner]?.applicationLocks.first { $0.space == record.space }
      rows.begin()
      rows.set("resource_type", "APPLICATION")
      rows.set("resource_database_id", resource.database)
      let hash = RowKey(bytes: Array(resource.name.utf8)).hash.suffix(8)
      rows.set("resource_description", "0:[\(resource.name.prefix(32))]:(\(hash))")
      rows.set("resource_associated_entity_id", 0)
      setRequest(record, &rows)
      rows.set("request_owner_type", hold?.owner == .session ? "SESSION" : "TRANSACTION")
    }
  }
}

extension LockMode {
  /// As the catalog has it.
  var code: String {
    switch self {
    case .intentShared: "IS"
    case .shared: "S"
    case .update: "U"
    case .intentExclusive: "IX"
    case .sharedIntentExclusive: "SIX"
    case .exclusive: "X"
    case .bulkUpdate: "BU"
    case .schemaStability: "Sch-S"
    case .schemaModification: "Sch-M"
    }
  }

  /// As APPLOCK_MODE and APPLOCK_TEST have it, for the modes of application locks.
  var word: String {
    switch self {
    case .intentShared: "IntentShared"
    case .shared: "Shared"
    case .update: "Update"
    case .intentExclusive: "IntentExclusive"
    case .sharedIntentExclusive: "SharedIntentExclusive"
    default: "Exclusive"
    }
  }
}

extension RowKey {
  /// Twelve digits that tell keys apart (FNV-1a).
  fileprivate var hash: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    withUnsafeBytes(of: prefix.bigEndian) { bytes in
      for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    for byte in rest { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash & 0xFFFF_FFFF_FFFF, radix: 16)
    return String(repeating: "0", count: 12 - digits.count) + digits
  }
}
