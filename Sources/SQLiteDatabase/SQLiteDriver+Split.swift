import CSQLite
import Databases
import Rows

/// Where to cut a table, from samples of its rows.
extension SQLiteDriver {
  /// Places in the table at which rows are looked at: first at even distances, then where most bytes are.
  /// And the rows looked at in each.
  private static let evenPlaces: UInt64 = 64
  private static let furtherPlaces = 320
  private static let rowsPerPlace = 32
  /// A place is left early after this many bytes, large values taking long to read, but not before there
  /// are a few distances between keys.
  private static let fewestRows = 4
  private static let bytesPerPlace = 1 << 16

  package mutating func split(_ request: SplitRequest) throws(DatabaseError) -> Split {
    let plan = try samplePlan(request)
    guard let axis = plan.axis else { return try walkedSplit(request, plan) }
    let sample = try sample(request.table, axis: axis, text: plan.text)
    // Where clusters of keys lie far apart, the sample sees a cluster's start and takes the gap behind it for
    // more of the same. But no table is larger than its file, and few encodings are four times theirs.
    let limit = 4 * Double(try fileSize())
    let excess = max(1, sample.bytes / max(1, limit))
    let rows = Int((sample.rows / excess).rounded())
    let bytes = Int((sample.bytes / excess).rounded())
    let parts = SQLiteDriver.parts(request, bytes: bytes)
    guard parts > 1, plan.canCut else { return Split(estimatedRows: rows, estimatedBytes: bytes, cuts: []) }
    let cuts = plan.text == nil ? sample.integerCuts(parts) : sample.textCuts(parts)
    return Split(estimatedRows: rows, estimatedBytes: bytes, cuts: cuts)
  }

  private static func parts(_ request: SplitRequest, bytes: Int) -> Int {
    min(request.maximumParts, bytes / max(1, request.partBytes) + 1)
  }

  private struct SamplePlan {
    /// The integer along which places are spread, quoted: the range column or the row's number. Nil if
    /// there is none to seek by.
    var axis: String?
    /// The text column to cut by, quoted.
    var text: String?
    /// A range of the column can be sought, and need not be searched for in all of the table.
    var canCut = false
  }

  private func samplePlan(_ request: SplitRequest) throws(DatabaseError) -> SamplePlan {
    let columns = try catalog("SELECT name, type, pk FROM pragma_table_xinfo(?1)", request.table.name)
    guard !columns.isEmpty else {
      throw failure(.configuration, "there is no such table", operation: "split", table: request.table)
    }
    let properties = try catalog(
      "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1 COLLATE NOCASE",
      request.table.name)
    let hasRowID = properties.first?[0].integer == 0
    let names = Set(columns.compactMap { $0[0].text?.lowercased() })
    var plan = SamplePlan()
    if hasRowID, let alias = ["rowid", "_rowid_", "oid"].first(where: { !names.contains($0) }) {
      plan.axis = alias
    }
    guard let column = request.column else { return plan }
    let quoted = dialect.quoted(column.name)
    // Text is sought by its bytes, so the index has to be in that order.
    let leading = try catalog(
      """
      SELECT x.coll FROM pragma_index_list(?1) AS l, pragma_index_xinfo(l.name) AS x \
      WHERE l.partial = 0 AND x.seqno = 0 AND x.name = ?2 COLLATE NOCASE
      """, request.table.name, column.name)
    let isInteger = SQLiteDriver.isInteger(column)
    let isRowID = hasRowID && column.identity != nil
    plan.canCut =
      isRowID
      || !leading.isEmpty && (isInteger || dialect.isUTF8 && leading.contains { $0[0].text == "BINARY" })
    if isInteger {
      if plan.canCut { plan.axis = quoted }
    } else {
      plan.text = quoted
    }
    return plan
  }

  private static func isInteger(_ column: ColumnSchema) -> Bool {
    switch column.type {
    case .int16, .int32, .int64: true
    default: false
    }
  }

  private func sample(_ table: TableName, axis: String, text: String?) throws(DatabaseError) -> KeySample {
    let name = dialect.quoted(table)
    var sample = KeySample()
    func bound(_ function: String) throws(DatabaseError) -> Int64? {
      // Two queries: SQLite seeks for one bound, and scans for two.
      let query = "SELECT \(function)(\(axis)) FROM \(name) WHERE typeof(\(axis)) = 'integer'"
      return try run(SQLStatement(query), operation: "split", table: table).rows.first?.first?.integer
    }
    guard let first = try bound("min"), let last = try bound("max") else { return sample }
    let span = UInt64(bitPattern: last &- first)
    let places = min(SQLiteDriver.evenPlaces, span == .max ? span : span + 1)
    let statement = try prepare(
      """
      SELECT \(axis), \(text ?? "NULL"), * FROM \(name) WHERE \(axis) >= ?1 AND \(axis) <= ?2 \
      ORDER BY \(axis) LIMIT \(SQLiteDriver.rowsPerPlace)
      """, operation: "split", table: table)
    for place in 0..<places {
      let start = first &+ Int64(bitPattern: SQLiteDriver.share(span, place, of: places))
      let next = SQLiteDriver.share(span, place + 1, of: places)
      let end = place + 1 == places ? last : first &+ Int64(bitPattern: next) &- 1
      sample.add(try look(statement, from: start, through: end, table))
    }
    for _ in 0..<SQLiteDriver.furtherPlaces {
      guard let half = sample.halveLargest() else { break }
      sample.insert(try look(statement, from: half.start, through: half.end, table), at: half.position)
    }
    return sample
  }

  /// `span * part / parts` without overflow.
  private static func share(_ span: UInt64, _ part: UInt64, of parts: UInt64) -> UInt64 {
    let product = span.multipliedFullWidth(by: part)
    return parts.dividingFullWidth((product.high, product.low)).quotient
  }

  /// Looks at the first rows of one stretch of the axis.
  private func look(
    _ statement: borrowing SQLiteStatement, from start: Int64, through end: Int64, _ table: TableName
  ) throws(DatabaseError) -> KeySample.Stretch {
    let pointer = statement.pointer
    defer { sqlite3_reset(pointer) }
    sqlite3_bind_int64(pointer, 1, start)
    sqlite3_bind_int64(pointer, 2, end)
    let columns = sqlite3_column_count(pointer)
    var stretch = KeySample.Stretch(start: start, end: end)
    var status = sqlite3_step(pointer)
    while status == SQLITE_ROW {
      var bytes = 2
      for column in 2..<columns { bytes += SQLiteDriver.encodedSize(pointer, column) }
      stretch.add(key: sqlite3_column_int64(pointer, 0), bytes: bytes)
      if sqlite3_column_type(pointer, 1) == SQLITE_TEXT {
        let text = try? ValueReader.text(sqlite3_column_value(pointer, 1))
        if let text, UTF8Text.isValid(text) { stretch.texts.append(String(decoding: text, as: UTF8.self)) }
      }
      if stretch.sampledRows >= SQLiteDriver.fewestRows && stretch.sampledBytes > SQLiteDriver.bytesPerPlace
        || stretch.sampledRows == SQLiteDriver.rowsPerPlace
      {
        stretch.isCutShort = true
        break
      }
      status = sqlite3_step(pointer)
    }
    guard status == SQLITE_ROW || status == SQLITE_DONE else {
      throw error(status, operation: "split", table: table)
    }
    return stretch
  }

  /// About the bytes of a value in a batch.
  private static func encodedSize(_ statement: OpaquePointer, _ column: Int32) -> Int {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_NULL: 4
    case SQLITE_TEXT, SQLITE_BLOB: 4 + Int(sqlite3_column_bytes(statement, column))
    default: 12
    }
  }
}

/// Tables without a number to spread places along.
extension SQLiteDriver {
  /// Walks through all rows in the order of the key: a table without row numbers is its key's index.
  private func walkedSplit(_ request: SplitRequest, _ plan: SamplePlan) throws(DatabaseError) -> Split {
    let order = plan.text.map { "ORDER BY \(dialect.bytewise($0))" } ?? ""
    let statement = try prepare(
      "SELECT \(plan.text ?? "NULL"), * FROM \(dialect.quoted(request.table)) \(plan.canCut ? order : "")",
      operation: "split", table: request.table)
    let pointer = statement.pointer
    let columns = sqlite3_column_count(pointer)
    var walk = KeyWalk()
    var status = sqlite3_step(pointer)
    while status == SQLITE_ROW {
      if walk.wantsKey, sqlite3_column_type(pointer, 0) == SQLITE_TEXT {
        let text = try? ValueReader.text(sqlite3_column_value(pointer, 0))
        if let text, UTF8Text.isValid(text) { walk.add(key: String(decoding: text, as: UTF8.self)) }
      }
      var bytes = 2
      for column in 1..<columns { bytes += SQLiteDriver.encodedSize(pointer, column) }
      walk.add(bytes: bytes)
      status = sqlite3_step(pointer)
    }
    guard status == SQLITE_DONE else { throw error(status, operation: "split", table: request.table) }
    let parts = plan.canCut ? SQLiteDriver.parts(request, bytes: walk.bytes) : 1
    return Split(estimatedRows: walk.rows, estimatedBytes: walk.bytes, cuts: walk.cuts(parts))
  }

  private func fileSize() throws(DatabaseError) -> Int64 {
    let pages = try run(SQLStatement("PRAGMA page_count"), operation: "split").rows.first?.first?.integer ?? 0
    let pageSize =
      try run(SQLStatement("PRAGMA page_size"), operation: "split").rows.first?.first?.integer ?? 0
    return pages * pageSize
  }
}
