/// Indexes, and the options that they share with keys and tables.
extension Parser {
  /// CREATE [UNIQUE] [CLUSTERED | NONCLUSTERED] INDEX, from the word after CREATE on.
  mutating func parseCreateIndex() throws(SQLError) -> StatementBody {
    let isUnique = take(.unique)
    let isClustered = takeClustered() ?? false
    if at(.columnstore) { throw refusal("COLUMNSTORE") }
    try expect(.index)
    let name = try parseIdentifier()
    try expect(.on)
    let table = try parseObjectName()
    var index = IndexDefinition(
      name: name, isUnique: isUnique, isClustered: isClustered, columns: try parseIndexColumns(),
      includedColumns: [], filter: nil, options: [])
    if take(.include) { index.includedColumns = try parseIdentifierList() }
    if take(.where) { index.filter = try parseSourcedCondition() }
    index.options = try parseWithOptions()
    try skipFilegroup()
    return .createIndex(index, on: table)
  }

  /// INDEX i (a, b) in CREATE TABLE, or INDEX i beside a column.
  mutating func parseInlineIndex(column: Identifier?) throws(SQLError) -> IndexDefinition {
    try expect(.index)
    let name = try parseIdentifier()
    let isUnique = take(.unique)
    let isClustered = takeClustered() ?? false
    if at(.columnstore) || at(.hash) { throw refusal(capitals(token)) }
    var index = IndexDefinition(
      name: name, isUnique: isUnique, isClustered: isClustered, columns: [], includedColumns: [],
      filter: nil, options: [])
    if let column, !at(.leftParenthesis) {
      index.columns = [IndexColumn(name: column, isDescending: false)]
    } else {
      index.columns = try parseIndexColumns()
    }
    if take(.include) { index.includedColumns = try parseIdentifierList() }
    if take(.where) { index.filter = try parseSourcedCondition() }
    index.options = try parseWithOptions()
    try skipFilegroup()
    return index
  }

  /// (a, b DESC).
  mutating func parseIndexColumns() throws(SQLError) -> [IndexColumn] {
    try parseEnclosedList { parser throws(SQLError) in
      let name = try parser.parseIdentifier()
      let isDescending = parser.take(.desc)
      if !isDescending { _ = parser.take(.asc) }
      return IndexColumn(name: name, isDescending: isDescending)
    }
  }

  mutating func parseAlterIndex() throws(SQLError) -> StatementBody {
    try expect(.index)
    let name = take(.all) ? nil : try parseIdentifier()
    try expect(.on)
    var statement = AlterIndexStatement(
      name: name, table: try parseObjectName(), action: .disable, options: [])
    if take(.rebuild) {
      statement.action = .rebuild
      try parsePartitionAll()
      statement.options = try parseWithOptions()
    } else if take(.reorganize) {
      statement.action = .reorganize
      try parsePartitionAll()
      statement.options = try parseWithOptions()
    } else if take(.set) {
      statement.action = .set
      statement.options = try parseEnclosedList(Self.parseNamedOption)
    } else if !take(.disable) {
      for word in ["RESUME", "PAUSE", "ABORT"] where at(word: word) { throw refusal("ALTER INDEX " + word) }
      throw unexpected()
    }
    return .alterIndex(statement)
  }

  /// PARTITION = ALL, which is the only partition here.
  mutating func parsePartitionAll() throws(SQLError) {
    guard take(.partition) else { return }
    try expect(.equal)
    if at(.integer) { throw refusal("PARTITION") }
    try expect(.all)
  }

  mutating func parseDropIndexes(ifExists: Bool) throws(SQLError) -> StatementBody {
    let indexes = try parseList { parser throws(SQLError) in
      let name = try parser.parseObjectName()
      if parser.take(.on) {
        let dropped = DroppedIndex(name: name.name, table: try parser.parseObjectName())
        _ = try parser.parseWithOptions()
        return dropped
      }
      guard let table = name.schema else { throw parser.unexpected() }
      return DroppedIndex(
        name: name.name,
        table: ObjectName(database: name.server, schema: name.database, name: table, line: name.line))
    }
    return .dropIndexes(indexes, ifExists: ifExists)
  }
}

// MARK: - Options

extension Parser {
  /// WITH (a = b, ...), and the older WITH FILLFACTOR = 80; nothing if neither is here.
  mutating func parseWithOptions() throws(SQLError) -> [NamedOption] {
    guard at(.with) else { return [] }
    if peek().kind == .leftParenthesis {
      advance()
      return try parseEnclosedList(Self.parseNamedOption)
    }
    let old = [
      "PAD_INDEX", "FILLFACTOR", "IGNORE_DUP_KEY", "DROP_EXISTING", "STATISTICS_NORECOMPUTE",
      "SORT_IN_TEMPDB",
    ]
    guard old.contains(capitals(peek())) else { return [] }
    advance()
    return try parseList(Self.parseNamedOption)
  }

  /// `NAME`, `NAME = value`, where a value is words, numbers and what is in parentheses.
  static func parseNamedOption(_ parser: inout Parser) throws(SQLError) -> NamedOption {
    var option = NamedOption(name: try parser.parseOptionWord(), value: "")
    guard parser.take(.equal) else { return option }
    let start = parser.position
    while true {
      switch parser.token.kind {
      case .word, .reserved, .integer, .decimal, .string, .nationalString, .bracketed: parser.advance()
      case .leftParenthesis where parser.position > start: try parser.skipParentheses()
      default:
        guard parser.position > start else { throw parser.unexpected() }
        let source = parser.text[parser.range(from: start)]
        option.value = String(decoding: source, as: UTF16.self).uppercased()
        return option
      }
      if parser.token.kind == .word || parser.token.kind == .reserved {
        // A second word belongs to the value only if the option has such: PAGE ON PARTITIONS (1).
        guard parser.at(.on) || parser.at(word: "PARTITIONS") || parser.at(word: "MINUTES") else { continue }
      }
    }
  }

  /// ON filegroup, ON partition scheme (column), TEXTIMAGE_ON filegroup: where rows lie is not told apart
  /// here.
  mutating func skipFilegroup() throws(SQLError) {
    while at(.on) || at(.textimageOn) {
      advance()
      if at(.string) { advance() } else { _ = try parseIdentifier() }
      if at(.leftParenthesis) { throw refusal("partition scheme") }
    }
  }
}
