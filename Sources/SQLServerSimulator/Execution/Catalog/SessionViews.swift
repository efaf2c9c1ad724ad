import ModelDatabase

/// Views of sessions and of what they do. Of other sessions only that is known which the storage has: their
/// names, options and databases are NULL or the defaults.
enum SessionViews {
  static let all: [CatalogView] = [sessions, requests, connections, processes, transactions]

  private static let sessions = CatalogView(
    "sys.dm_exec_sessions", readsObjects: false,
    """
    session_id smallint, login_time datetime, host_name nvarchar(128)?, program_name nvarchar(128)?,
    host_process_id int?, client_version int?, client_interface_name nvarchar(32)?, security_id varbinary(85),
    login_name nvarchar(128), nt_domain nvarchar(128)?, nt_user_name nvarchar(128)?, status nvarchar(30),
    context_info varbinary(128)?, cpu_time int, memory_usage int, total_scheduled_time int,
    total_elapsed_time int, endpoint_id int, last_request_start_time datetime,
    last_request_end_time datetime?, reads bigint, writes bigint, logical_reads bigint, is_user_process bit,
    text_size int, language nvarchar(128)?, date_format nvarchar(3)?, date_first smallint,
    quoted_identifier bit, arithabort bit, ansi_null_dflt_on bit, ansi_defaults bit, ansi_warnings bit,
    ansi_padding bit, ansi_nulls bit, concat_null_yields_null bit, transaction_isolation_level smallint,
    lock_timeout int, deadlock_priority int, row_count bigint, prev_error int,
    original_security_id varbinary(85), original_login_name nvarchar(128), last_successful_logon datetime?,
    last_unsuccessful_logon datetime?, unsuccessful_logons bigint?, group_id int, database_id smallint,
    authenticating_database_id int?, open_transaction_count int
    """
  ) { _, context, rows throws(SQLError) in
    for session in context.storage.sessions.compactMap({ $0 }) {
      rows.begin()
      rows.set("session_id", session.number)
      rows.set("security_id", SQLValue.binary([1]))
      rows.set("login_name", context.session.userName)
      rows.set("status", context.storage.status(of: session.number, context.session.number))
      rows.set("endpoint_id", 4)
      rows.set("is_user_process", true)
      rows.set("transaction_isolation_level", session.isolation.number)
      rows.set("lock_timeout", session.lockTimeout.map { Int($0 / .milliseconds(1)) } ?? -1)
      rows.set("deadlock_priority", session.deadlockPriority)
      rows.set("original_security_id", SQLValue.binary([1]))
      rows.set("original_login_name", context.session.userName)
      rows.set("group_id", 2)
      rows.set("open_transaction_count", context.storage.transactionCount(session.number))
      let isOwn = session.number == context.session.number
      setOptions(isOwn ? context.session : nil, &rows)
      if isOwn { set(context.session, &rows) }
    }
  }

  /// What only the session that asks knows of itself.
  private static func set(_ own: SessionState, _ rows: inout CatalogRows) {
    rows.set("host_name", own.hostName)
    rows.set("program_name", own.applicationName)
    rows.set("row_count", own.rowCount)
    rows.set("prev_error", own.errorNumber)
    rows.set("database_id", own.database)
    rows.set("authenticating_database_id", 1)
  }

  /// The session that asks, and those that wait for a lock.
  private static let requests = CatalogView(
    "sys.dm_exec_requests", readsObjects: false,
    """
    session_id smallint, request_id int, start_time datetime, status nvarchar(30), command nvarchar(32),
    sql_handle varbinary(64)?, statement_start_offset int?, statement_end_offset int?,
    plan_handle varbinary(64)?, database_id smallint, user_id int, connection_id uniqueidentifier?,
    blocking_session_id smallint?, wait_type nvarchar(60)?, wait_time int, last_wait_type nvarchar(60),
    wait_resource nvarchar(256), open_transaction_count int, open_resultset_count int, transaction_id bigint,
    context_info varbinary(128)?, percent_complete real, estimated_completion_time bigint, cpu_time int,
    total_elapsed_time int, scheduler_id int?, task_address varbinary(8)?, reads bigint, writes bigint,
    logical_reads bigint, text_size int, language nvarchar(128)?, date_format nvarchar(3)?,
    date_first smallint, quoted_identifier bit, arithabort bit, ansi_null_dflt_on bit, ansi_defaults bit,
    ansi_warnings bit, ansi_padding bit, ansi_nulls bit, concat_null_yields_null bit,
    transaction_isolation_level smallint, lock_timeout int, deadlock_priority int, row_count bigint,
    prev_error int, nest_level int, granted_query_memory int, executing_managed_code bit, group_id int,
    query_hash binary(8)?, query_plan_hash binary(8)?
    """
  ) { _, context, rows throws(SQLError) in
    for session in context.storage.sessions.compactMap({ $0 }) {
      let isOwn = session.number == context.session.number
      guard isOwn || context.storage.isWaiting(session.number) else { continue }
      rows.begin()
      rows.set("session_id", session.number)
      rows.set("status", isOwn ? "running" : "suspended")
      rows.set("command", isOwn ? "SELECT" : "AWAITING COMMAND")
      rows.set("database_id", isOwn ? context.session.database : 0)
      rows.set("user_id", 1)
      rows.set("blocking_session_id", context.storage.blockers(of: session.number).first ?? 0)
      if !isOwn, let mode = context.storage.locks.wait(of: session.number)?.mode {
        rows.set("wait_type", "LCK_M_" + mode.code.uppercased().replacing("-", with: "_"))
      }
      rows.set("open_transaction_count", context.storage.transactionCount(session.number))
      rows.set("open_resultset_count", isOwn ? 1 : 0)
      rows.set("transaction_id", context.storage.transactionNumber(session.number) ?? 0)
      setOptions(isOwn ? context.session : nil, &rows)
      rows.set("transaction_isolation_level", session.isolation.number)
      rows.set("lock_timeout", session.lockTimeout.map { Int($0 / .milliseconds(1)) } ?? -1)
      rows.set("deadlock_priority", session.deadlockPriority)
      rows.set("group_id", 2)
    }
  }

  /// SET options: the defaults for a session that is not the one that asks.
  private static func setOptions(_ own: SessionState?, _ rows: inout CatalogRows) {
    let options = own?.options ?? EvaluationContext.Options()
    rows.set("text_size", Int(own?.textSize ?? -1))
    rows.set("language", own?.language ?? "us_english")
    rows.set("date_format", "\(options.dateFormat)")
    rows.set("date_first", options.dateFirst)
    rows.set("quoted_identifier", own?.quotedIdentifiers ?? true)
    rows.set("arithabort", options.arithAbort)
    rows.set("ansi_null_dflt_on", true)
    rows.set("ansi_warnings", options.ansiWarnings)
    rows.set("ansi_padding", true)
    rows.set("ansi_nulls", own?.ansiNulls ?? true)
    rows.set("concat_null_yields_null", options.concatNullYieldsNull)
  }

  private static let connections = CatalogView(
    "sys.dm_exec_connections", readsObjects: false,
    """
    session_id int?, most_recent_session_id int?, connect_time datetime, net_transport nvarchar(40),
    protocol_type nvarchar(40)?, protocol_version int?, endpoint_id int?, encrypt_option nvarchar(40),
    auth_scheme nvarchar(40), node_affinity smallint, num_reads int?, num_writes int?, last_read datetime?,
    last_write datetime?, net_packet_size int?, client_net_address varchar(48)?, client_tcp_port int?,
    local_net_address varchar(48)?, local_tcp_port int?, connection_id uniqueidentifier,
    parent_connection_id uniqueidentifier?, most_recent_sql_handle varbinary(64)?
    """
  ) { _, context, rows throws(SQLError) in
    for session in context.storage.sessions.compactMap({ $0 }) {
      rows.begin()
      rows.set("session_id", session.number)
      rows.set("most_recent_session_id", session.number)
      rows.set("net_transport", "TCP")
      rows.set("protocol_type", "TSQL")
      rows.set("protocol_version", 0x7400_0004)
      rows.set("endpoint_id", 4)
      rows.set("encrypt_option", "FALSE")
      rows.set("auth_scheme", "SQL")
      rows.set("connection_id", SQLValue.guid(SQLGuid(high: 0, low: UInt64(session.number))))
    }
  }

  private static let processes = CatalogView(
    "sys.sysprocesses", readsObjects: false,
    """
    spid smallint, kpid smallint, blocked smallint, waittype binary(2), waittime bigint, lastwaittype
    nchar(32),
    waitresource nchar(256), dbid smallint, uid smallint?, cpu int, physical_io bigint, memusage int,
    login_time datetime, last_batch datetime, ecid smallint, open_tran smallint, status nchar(30),
    sid binary(86), hostname nchar(128), program_name nchar(128), hostprocess nchar(10), cmd nchar(26),
    nt_domain nchar(128), nt_username nchar(128), net_address nchar(12), net_library nchar(12),
    loginame nchar(128), context_info binary(128), sql_handle binary(20), stmt_start int, stmt_end int,
    request_id int, page_resource binary(8)?
    """
  ) { _, context, rows throws(SQLError) in
    for session in context.storage.sessions.compactMap({ $0 }) {
      let isOwn = session.number == context.session.number
      rows.begin()
      rows.set("spid", session.number)
      rows.set("blocked", context.storage.blockers(of: session.number).first ?? 0)
      rows.set("dbid", isOwn ? context.session.database : 0)
      rows.set("uid", 1)
      rows.set("open_tran", context.storage.transactionCount(session.number))
      rows.set(
        "status", isOwn ? "runnable" : context.storage.isWaiting(session.number) ? "suspended" : "sleeping")
      rows.set("hostname", isOwn ? context.session.hostName : "")
      rows.set("program_name", isOwn ? context.session.applicationName : "")
      rows.set("cmd", isOwn ? "SELECT" : "AWAITING COMMAND")
      rows.set("net_library", "TCP/IP")
      rows.set("loginame", context.session.userName)
    }
  }

  private static let transactions = CatalogView(
    "sys.dm_tran_session_transactions", readsObjects: false,
    """
    session_id int, transaction_id bigint, transaction_descriptor binary(8), enlist_count int,
    is_user_transaction bit, is_local bit, is_enlisted bit, is_bound bit, open_transaction_count int
    """
  ) { _, context, rows throws(SQLError) in
    for session in context.storage.sessions.compactMap({ $0 }) {
      let count = context.storage.transactionCount(session.number)
      guard count > 0, let number = context.storage.transactionNumber(session.number) else { continue }
      rows.begin()
      rows.set("session_id", session.number)
      rows.set("transaction_id", number)
      rows.set("is_user_transaction", true)
      rows.set("is_local", true)
      rows.set("open_transaction_count", count)
    }
  }
}

extension Storage {
  /// As sys.dm_exec_sessions has it: who asks runs.
  fileprivate func status(of session: Int, _ own: Int) -> String {
    session == own || isWaiting(session) ? "running" : "sleeping"
  }
}

extension IsolationLevel {
  /// transaction_isolation_level.
  fileprivate var number: Int {
    switch self {
    case .readUncommitted: 1
    case .readCommitted: 2
    case .repeatableRead: 3
    case .serializable: 4
    case .snapshot: 5
    }
  }
}
