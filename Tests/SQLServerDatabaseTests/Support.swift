import Databases
import Rows
import TDS
import Testing

@testable import SQLServerDatabase

/// A column of the stub's table, by its type's name.
func item(
  _ name: String, _ type: String, isIdentity: Bool = false, hasDefault: Bool = false, isNullable: Bool = true
) -> StubTable.Item {
  let (server, wire) = StubTypes.type(type)
  return StubTable.Item(
    name: name, server: server, wire: wire, isIdentity: isIdentity, hasDefault: hasDefault,
    isNullable: isNullable, userType: type == "rowversion" ? Column.rowVersion : 0)
}

enum StubTypes {
  static func type(_ name: String) -> (ServerType, TypeInfo) {
    func server(_ id: Int, _ length: Int, _ precision: Int = 0, _ scale: Int = 0, _ page: Int? = nil)
      -> ServerType
    {
      ServerType(
        systemID: id, userID: id, maxLength: length, precision: precision, scale: scale, codePage: page)
    }
    switch name {
    case "bit": return (server(104, 1), .bit)
    case "tinyint": return (server(48, 1), .tinyint)
    case "smallint": return (server(52, 2), .smallint)
    case "int": return (server(56, 4), .int)
    case "bigint": return (server(127, 8), .bigint)
    case "real": return (server(59, 4), .real)
    case "float": return (server(62, 8), .float)
    case "decimal(10,2)": return (server(106, 9, 10, 2), .decimal(10, 2))
    case "decimal(38,10)": return (server(106, 17, 38, 10), .decimal(38, 10))
    case "numeric(5,0)": return (server(108, 5, 5, 0), .numeric(5, 0))
    case "money": return (server(60, 8), .money)
    case "smallmoney": return (server(122, 4), .smallmoney)
    case "datetime": return (server(61, 8), .datetime)
    case "smalldatetime": return (server(58, 4), .smalldatetime)
    case "date": return (server(40, 3), .date)
    case "time(0)": return (server(41, 3, 0, 0), .time(0))
    case "time(7)": return (server(41, 5, 0, 7), .time(7))
    case "datetime2(3)": return (server(42, 7, 0, 3), .datetime2(3))
    case "datetime2(7)": return (server(42, 8, 0, 7), .datetime2(7))
    case "datetimeoffset(6)": return (server(43, 10, 0, 6), .datetimeoffset(6))
    case "uniqueidentifier": return (server(36, 16), .guid)
    case "char(5)": return (server(175, 5, 0, 0, 1252), .char(5))
    case "varchar(10)": return (server(167, 10, 0, 0, 1252), .varchar(10))
    case "varchar(10) of Greece": return (server(167, 10, 0, 0, 1253), .varchar(10))
    case "varchar(max)": return (server(167, -1, 0, 0, 1252), .varcharMax())
    case "nchar(5)": return (server(239, 10), .nchar(5))
    case "nvarchar(10)": return (server(231, 20), .nvarchar(10))
    case "nvarchar(max)": return (server(231, -1), .nvarcharMax())
    case "varbinary(10)": return (server(165, 10), .varbinary(10))
    case "varbinary(max)": return (server(165, -1), .varbinaryMax)
    case "binary(4)": return (server(173, 4), .binary(4))
    case "text": return (server(35, 16, 0, 0, 1252), .text())
    case "ntext": return (server(99, 16), .ntext())
    case "image": return (server(34, 16), .image)
    case "xml": return (server(241, -1), .xml)
    case "rowversion": return (server(189, 8), .rowVersion)
    case "sql_variant": return (server(98, 8016), .variant)
    default: preconditionFailure("no such type \(name)")
    }
  }
}

extension StubTable {
  static let name = TableName(schema: "dbo", name: "t")

  /// All columns, in the types that the driver finds.
  func transfer(_ options: SQLServerOptions = SQLServerOptions(isLoopback: true)) throws -> [TransferColumn] {
    try items.map { item in
      let type = try #require(item.server.columnType(options))
      var schema = ColumnSchema(name: item.name, type: type)
      schema.declared = item.server.declared
      return TransferColumn(schema: schema, type: type)
    }
  }

  func read(_ range: KeyRange = .all) throws -> RangeRead {
    let columns = try transfer()
    return RangeRead(
      rows: TableRange(
        table: StubTable.name, column: range == .all ? nil : columns[0].schema, range: range),
      columns: columns,
      key: [0])
  }
}

/// All rows of a read, as texts.
func texts(_ driver: inout SQLServerDriver, _ read: RangeRead) throws -> [[String?]] {
  try driver.openRead(read)
  var rows: [[String?]] = []
  while let batch = try driver.nextBatch() {
    for index in 0..<batch.rowCount {
      var fields = FieldCursor(batch.row(index))
      var row: [String?] = []
      for column in read.columns {
        row.append(try fields.nextField().map { try FieldText.render($0, as: column.type) })
      }
      rows.append(row)
    }
  }
  return rows
}

func batch(_ rows: [[String?]], _ types: [ColumnType]) throws -> RowBatch {
  var builder = RowBatchBuilder(columnCount: types.count)
  for row in rows {
    builder.beginRow()
    for (text, type) in zip(row, types) {
      guard let text else {
        builder.appendNull()
        continue
      }
      let bytes = try FieldEncoder.encode(text: text, type: type)
      bytes.withUnsafeBytes { builder.append($0) }
    }
    builder.endRow()
  }
  let taken = builder.take()
  return try #require(taken)
}

/// Writes rows, given as texts, and returns what the server acknowledged.
@discardableResult
func write(
  _ driver: inout SQLServerDriver, _ table: StubTable, _ rows: [[String?]],
  as columns: [TransferColumn]? = nil
) throws -> Int {
  let columns = try columns ?? table.transfer()
  try driver.openWrite(StubTable.name, columns: columns)
  try driver.write(try batch(rows, columns.map(\.type)))
  return try driver.finishWrite()
}

/// The error that the body throws.
func failure(_ body: () throws -> Void) throws -> DatabaseError {
  do { try body() } catch let error as DatabaseError { return error }
  throw NothingThrown()
}
struct NothingThrown: Error {}

/// Bytes of an integer, the lowest first.
func low(_ value: Int64, _ size: Int) -> [UInt8] {
  (0..<size).map { UInt8(truncatingIfNeeded: value >> Int64(8 * $0)) }
}
