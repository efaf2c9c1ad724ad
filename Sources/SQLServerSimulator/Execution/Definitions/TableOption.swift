/// sp_tableoption.
extension StatementContext {
  /// Throws 15388 for a table that is not there, 15600 for an option or a value that SQL Server does not know, and
  /// refuses the options that are about pages.
  package mutating func setOption(_ option: String, of name: String, to value: String) throws(SQLError) {
    try requireNoSnapshot()
    let isOn: Bool
    switch value.lowercased() {
    case "on", "true", "1": isOn = true
    case "off", "false", "0": isOn = false
    default: throw .invalidOption(procedure: "sys.sp_tableoption")
    }
    switch option.lowercased() {
    case "table lock on bulk load": break
    case "insert row lock", "text in row", "large value types out of row", "vardecimal storage format":
      throw .unsupported(option: option)
    default: throw .invalidOption(procedure: "sys.sp_tableoption")
    }
    let parsed = try Parser.parseObjectName(Array(name.utf16))
    guard let number = try lockTable(parsed) else { throw .noUserTable(name) }
    try change(number) { (table: inout ServerTable) throws(SQLError) in table.locksOnBulkLoad = isOn }
  }
}

extension SQLError {
  static func noUserTable(_ name: String) -> SQLError {
    make(
      15388, 16, 1,
      "There is no user table matching the input name '\(name)' in the current database or you do not have permission to access the table.",
      .statement)
  }

  static func invalidOption(procedure: String) -> SQLError {
    make(
      15600, 15, 1, "An invalid parameter or option was specified for procedure '\(procedure)'.", .statement)
  }
}
