/// The words that the parser asks for, as they are spelled. Some are reserved, others are names elsewhere.
enum Keyword: String, CaseIterable, Sendable {
  /// No word that the parser knows.
  case none = ""
  /// Reserved, but of no construct that the parser knows.
  case otherReserved = " "

  case action = "ACTION", add = "ADD", after = "AFTER", all = "ALL", alter = "ALTER", and = "AND"
  case any = "ANY", apply = "APPLY", `as` = "AS", asc = "ASC", at = "AT", authorization = "AUTHORIZATION"
  case begin = "BEGIN", between = "BETWEEN", both = "BOTH", `break` = "BREAK", bulk = "BULK", by = "BY"
  case cascade = "CASCADE", `case` = "CASE", cast = "CAST", `catch` = "CATCH", check = "CHECK"
  case checkpoint = "CHECKPOINT", close = "CLOSE", clustered = "CLUSTERED", coalesce = "COALESCE"
  case collate = "COLLATE", column = "COLUMN", columnstore = "COLUMNSTORE", commit = "COMMIT"
  case constraint = "CONSTRAINT", contains = "CONTAINS", `continue` = "CONTINUE", convert = "CONVERT"
  case create = "CREATE", cross = "CROSS", cube = "CUBE", current = "CURRENT"
  case currentTimestamp = "CURRENT_TIMESTAMP", currentUser = "CURRENT_USER", cursor = "CURSOR"
  case database = "DATABASE", dbcc = "DBCC", deallocate = "DEALLOCATE", declare = "DECLARE"
  case `default` = "DEFAULT", delay = "DELAY", delete = "DELETE", desc = "DESC", disable = "DISABLE"
  case distinct = "DISTINCT", distributed = "DISTRIBUTED", double = "DOUBLE", drop = "DROP"
  case `else` = "ELSE", enable = "ENABLE", end = "END", escape = "ESCAPE", except = "EXCEPT"
  case exec = "EXEC", execute = "EXECUTE", exists = "EXISTS"
  case fetch = "FETCH", fillfactor = "FILLFACTOR", first = "FIRST", following = "FOLLOWING", `for` = "FOR"
  case foreign = "FOREIGN", freetext = "FREETEXT", from = "FROM", full = "FULL", function = "FUNCTION"
  case goto = "GOTO", group = "GROUP", grouping = "GROUPING"
  case hash = "HASH", having = "HAVING", holdlock = "HOLDLOCK"
  case identity = "IDENTITY", identitycol = "IDENTITYCOL", identityInsert = "IDENTITY_INSERT", `if` = "IF"
  case ignore = "IGNORE", iif = "IIF", `in` = "IN", include = "INCLUDE", index = "INDEX", inner = "INNER"
  case insert = "INSERT", instead = "INSTEAD", intersect = "INTERSECT", into = "INTO", `is` = "IS"
  case isolation = "ISOLATION"
  case join = "JOIN", key = "KEY", kill = "KILL"
  case leading = "LEADING", left = "LEFT", level = "LEVEL", like = "LIKE", loop = "LOOP"
  case max = "MAX", merge = "MERGE"
  case national = "NATIONAL", next = "NEXT", no = "NO", nocheck = "NOCHECK", nonclustered = "NONCLUSTERED"
  case not = "NOT", null = "NULL", nullif = "NULLIF"
  case of = "OF", off = "OFF", offset = "OFFSET", on = "ON", only = "ONLY", open = "OPEN", option = "OPTION"
  case or = "OR", order = "ORDER", out = "OUT", outer = "OUTER", output = "OUTPUT", over = "OVER"
  case parse = "PARSE", partition = "PARTITION", percent = "PERCENT", period = "PERIOD"
  case persisted = "PERSISTED", pivot = "PIVOT", preceding = "PRECEDING", precision = "PRECISION"
  case primary = "PRIMARY", print = "PRINT", proc = "PROC", procedure = "PROCEDURE"
  case raiserror = "RAISERROR", range = "RANGE", read = "READ", readonly = "READONLY", rebuild = "REBUILD"
  case references = "REFERENCES", remote = "REMOTE", reorganize = "REORGANIZE", repeatable = "REPEATABLE"
  case replication = "REPLICATION", respect = "RESPECT", `return` = "RETURN", right = "RIGHT"
  case rollback = "ROLLBACK", rollup = "ROLLUP", row = "ROW", rowguidcol = "ROWGUIDCOL", rows = "ROWS"
  case save = "SAVE", schema = "SCHEMA", select = "SELECT", server = "SERVER", sessionUser = "SESSION_USER"
  case set = "SET", sets = "SETS", some = "SOME", sparse = "SPARSE", statistics = "STATISTICS"
  case `switch` = "SWITCH", systemUser = "SYSTEM_USER"
  case table = "TABLE", tablesample = "TABLESAMPLE", textimageOn = "TEXTIMAGE_ON", then = "THEN"
  case `throw` = "THROW", ties = "TIES", time = "TIME", timestamp = "TIMESTAMP", to = "TO", top = "TOP"
  case trailing = "TRAILING", tran = "TRAN", transaction = "TRANSACTION", trigger = "TRIGGER", trim = "TRIM"
  case truncate = "TRUNCATE", `try` = "TRY", tryCast = "TRY_CAST", tryConvert = "TRY_CONVERT"
  case tryParse = "TRY_PARSE"
  case unbounded = "UNBOUNDED", uncommitted = "UNCOMMITTED", committed = "COMMITTED", union = "UNION"
  case unique = "UNIQUE", unpivot = "UNPIVOT", update = "UPDATE", use = "USE", user = "USER"
  case serializable = "SERIALIZABLE", snapshot = "SNAPSHOT"
  case values = "VALUES", varying = "VARYING", view = "VIEW"
  case waitfor = "WAITFOR", when = "WHEN", `where` = "WHERE", `while` = "WHILE", with = "WITH"
  case within = "WITHIN", work = "WORK", zone = "ZONE"

  /// What SQL Server reserves, after its documentation's list.
  static let reservedWords = """
    ADD ALL ALTER AND ANY AS ASC AUTHORIZATION BACKUP BEGIN BETWEEN BREAK BROWSE BULK BY CASCADE CASE CHECK
    CHECKPOINT CLOSE CLUSTERED COALESCE COLLATE COLUMN COMMIT COMPUTE CONSTRAINT CONTAINS CONTAINSTABLE
    CONTINUE CONVERT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURSOR
    DATABASE DBCC DEALLOCATE DECLARE DEFAULT DELETE DENY DESC DISK DISTINCT DISTRIBUTED DOUBLE DROP DUMP ELSE
    END ERRLVL ESCAPE EXCEPT EXEC EXECUTE EXISTS EXIT EXTERNAL FETCH FILE FILLFACTOR FOR FOREIGN FREETEXT
    FREETEXTTABLE FROM FULL FUNCTION GOTO GRANT GROUP HAVING HOLDLOCK IDENTITY IDENTITY_INSERT IDENTITYCOL IF
    IN INDEX INNER INSERT INTERSECT INTO IS JOIN KEY KILL LEFT LIKE LINENO LOAD MERGE NATIONAL NOCHECK
    NONCLUSTERED NOT NULL NULLIF OF OFF OFFSETS ON OPEN OPENDATASOURCE OPENQUERY OPENROWSET OPENXML OPTION OR
    ORDER OUTER OVER PERCENT PIVOT PLAN PRIMARY PRINT PROC PROCEDURE PUBLIC RAISERROR READ READTEXT
    RECONFIGURE REFERENCES REPLICATION RESTORE RESTRICT RETURN REVERT REVOKE RIGHT ROLLBACK ROWCOUNT
    ROWGUIDCOL RULE SAVE SCHEMA SECURITYAUDIT SELECT SEMANTICKEYPHRASETABLE SEMANTICSIMILARITYDETAILSTABLE
    SEMANTICSIMILARITYTABLE SESSION_USER SET SETUSER SHUTDOWN SOME STATISTICS SYSTEM_USER TABLE TABLESAMPLE
    TEXTSIZE THEN TO TOP TRAN TRANSACTION TRIGGER TRUNCATE TRY_CONVERT TSEQUAL UNION UNIQUE UNPIVOT UPDATE
    UPDATETEXT USE USER VALUES VARYING VIEW WAITFOR WHEN WHERE WHILE WITH WRITETEXT
    """
}

/// Words by their spelling in capitals, by open addressing: the lexer asks once a word.
struct KeywordTable: Sendable {
  static let shared = KeywordTable()

  private struct Entry {
    var spelling: [UInt8]
    var keyword: Keyword
    var isReserved: Bool
  }

  private static let capacity = 1024
  private var entries: [Entry] = []
  /// Positions in `entries`, -1 where there is none.
  private var slots = [Int16](repeating: -1, count: capacity)
  let longest: Int

  private init() {
    let reserved = Keyword.reservedWords.split(whereSeparator: \.isWhitespace).map(String.init)
    for keyword in Keyword.allCases where keyword != .none && keyword != .otherReserved {
      let isReserved = reserved.contains(keyword.rawValue)
      entries.append(Entry(spelling: Array(keyword.rawValue.utf8), keyword: keyword, isReserved: isReserved))
    }
    for word in reserved where Keyword(rawValue: word) == nil {
      entries.append(Entry(spelling: Array(word.utf8), keyword: .otherReserved, isReserved: true))
    }
    longest = entries.reduce(0) { Swift.max($0, $1.spelling.count) }
    for (position, entry) in entries.enumerated() {
      var slot = entry.spelling.reduce(Self.emptyHash, Self.hash) % Self.capacity
      while slots[slot] >= 0 { slot = (slot + 1) % Self.capacity }
      slots[slot] = Int16(position)
    }
  }

  static let emptyHash = 5381

  /// The hash of a word one capital letter longer.
  static func hash(_ hash: Int, _ letter: UInt8) -> Int { (hash &* 31 &+ Int(letter)) & 0xFFFF_FFFF }

  /// The word whose capitals have `hash`.
  func find(_ word: UnsafeBufferPointer<UInt16>, hash: Int) -> (keyword: Keyword, isReserved: Bool) {
    var slot = hash % Self.capacity
    while slots[slot] >= 0 {
      let entry = entries[Int(slots[slot])]
      if entry.spelling.count == word.count, Self.isEqual(entry.spelling, word) {
        return (entry.keyword, entry.isReserved)
      }
      slot = (slot + 1) % Self.capacity
    }
    return (.none, false)
  }

  private static func isEqual(_ spelling: [UInt8], _ word: UnsafeBufferPointer<UInt16>) -> Bool {
    for position in spelling.indices where UInt16(spelling[position]) != capital(word[position]) {
      return false
    }
    return true
  }

  static func capital(_ unit: UInt16) -> UInt16 { unit >= 0x61 && unit <= 0x7A ? unit - 0x20 : unit }
}
