import ModelDatabase

/// The catalog's stored procedures, as ODBC and JDBC drivers call them.
enum SystemProcedures {
  /// The names of the parameters in their order, by the procedure's name in small letters.
  static let parameters: [String: [String]] = [
    "sp_tables": ["@table_name", "@table_owner", "@table_qualifier", "@table_type", "@fusepattern"],
    "sp_columns": ["@table_name", "@table_owner", "@table_qualifier", "@column_name", "@odbcver"],
    "sp_pkeys": ["@table_name", "@table_owner", "@table_qualifier"],
    "sp_fkeys": [
      "@pktable_name", "@pktable_owner", "@pktable_qualifier", "@fktable_name", "@fktable_owner",
      "@fktable_qualifier",
    ],
    "sp_statistics": [
      "@table_name", "@table_owner", "@table_qualifier", "@index_name", "@is_unique", "@accuracy",
    ],
    "sp_databases": [],
    "sp_who": ["@loginame"],
  ]

  private static let refused: Set<String> = [
    "sp_help", "sp_helpdb", "sp_helpindex", "sp_helpconstraint", "sp_helptext", "sp_columns_100",
    "sp_columns_90", "sp_columns_managed", "sp_special_columns", "sp_special_columns_100", "sp_server_info",
    "sp_stored_procedures", "sp_sproc_columns", "sp_sproc_columns_100", "sp_table_privileges",
    "sp_column_privileges", "sp_spaceused", "sp_who2", "sp_lock", "sp_datatype_info", "sp_datatype_info_100",
    "sp_datatype_info_90",
    "sp_describe_first_result_set", "sp_describe_undeclared_parameters", "sp_statistics_100",
    "sp_helpserver", "sp_linkedservers", "sp_depends",
  ]

  static func isRefused(_ name: String) -> Bool { refused.contains(name) }
}

extension StatementContext {
  /// The parameters of a procedure of the catalog with their `@`, in small letters and in their order; nil
  /// for every other procedure. Throws 40514 for one of SQL Server's that is not here.
  package static func parameters(ofSystemProcedure name: String) throws(SQLError) -> [String]? {
    let key = name.lowercased()
    if SystemProcedures.isRefused(key) { throw .unsupported(key) }
    return SystemProcedures.parameters[key]
  }

  /// The rows of a procedure of the catalog: sp_tables, sp_columns, sp_pkeys, sp_fkeys, sp_statistics,
  /// sp_databases and sp_who. Nil for every other procedure.
  ///
  /// Throws 40514 for one of SQL Server's that is not here, 201 for a table that was not named, and 8145 for
  /// a parameter that the procedure does not have.
  ///
  /// - Parameter arguments: by name with the `@`, in small letters.
  package mutating func systemProcedure(
    _ name: String, _ arguments: [String: SQLValue]
  ) throws(SQLError) -> ResultSet? {
    let key = name.lowercased()
    guard let parameters = try StatementContext.parameters(ofSystemProcedure: key) else { return nil }
    for argument in arguments.keys.sorted() where !parameters.contains(argument) {
      throw .notAParameter(argument, procedure: key)
    }
    let call = ProcedureCall(name: key, arguments: arguments)
    var qualifier: String?
    for parameter in ["@table_qualifier", "@pktable_qualifier", "@fktable_qualifier"] {
      qualifier = qualifier ?? call.text(parameter)
    }
    var database = session.database
    if let qualifier, !qualifier.isEmpty, qualifier != "%" {
      guard let found = storage.database(qualifier), found.id == database else {
        // SQL Server's own procedures look into the current database only: 15250.
        throw .unsupported("\(key) of another database")
      }
      database = found.id
    }
    let contents = try CatalogContents.read(database, &self)
    switch key {
    case "sp_tables": return try call.tables(contents, self)
    case "sp_columns": return try call.columns(contents, &self)
    case "sp_pkeys": return try call.primaryKeys(contents)
    case "sp_fkeys": return try call.foreignKeys(contents)
    case "sp_statistics": return try call.statistics(contents)
    case "sp_databases": return call.databases(self)
    default: return call.sessions(self)
    }
  }
}

/// A call of a procedure of the catalog.
struct ProcedureCall {
  let name: String
  let arguments: [String: SQLValue]

  /// Nil for NULL, and for what was not given.
  func text(_ parameter: String) -> String? {
    switch arguments[parameter] {
    case .text(let units): String(decoding: units, as: UTF16.self)
    case .integer(let number): String(number)
    case .bit(let flag): flag ? "1" : "0"
    default: nil
    }
  }

  func required(_ parameter: String) throws(SQLError) -> String {
    guard let text = text(parameter) else { throw .parameterNotSupplied(parameter, procedure: name) }
    return text
  }

  /// Whether a name is like the argument, if there is one.
  func matches(_ parameter: String, _ name: String) throws(SQLError) -> Bool {
    guard let pattern = text(parameter), pattern != "%" else { return true }
    return try LikePattern(Array(pattern.utf16), escape: nil, collation: .standard, isNational: true)
      .matches(Array(name.utf16))
  }

  /// Whether a name is the argument, if there is one.
  func equals(_ parameter: String, _ name: String) -> Bool {
    guard let wanted = text(parameter) else { return true }
    return wanted.lowercased() == name.lowercased()
  }

  func result(_ layout: CatalogLayout, _ rows: [[SQLValue]]) -> ResultSet {
    var collector = RowCollector()
    let types = layout.columns.map(\.type)
    for row in rows { collector.append(row, types) }
    let columns = layout.columns.map { column in
      OutputColumn(name: column.name, type: column.type, isNullable: column.isNullable)
    }
    return ResultSet(columns: columns, rows: Run(collector.finish()))
  }
}

extension CatalogLayout {
  /// Rows in the order of some of their columns; NULL comes first.
  func sorted(_ rows: [[SQLValue]], by names: String...) -> [[SQLValue]] {
    let places = names.compactMap(place)
    let keys = rows.map { row in
      var key: [UInt8] = []
      for place in places { columns[place].type.appendSortKey(of: row[place], isDescending: false, to: &key) }
      return RowKey(bytes: key)
    }
    return Ordering.sorted(keys).map { rows[$0] }
  }
}
