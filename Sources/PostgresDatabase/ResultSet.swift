import CPostgres
import Databases

/// The rows of a small statement, owned.
struct ResultSet: ~Copyable {
  private let result: OpaquePointer

  init(adopting result: OpaquePointer) { self.result = result }
  deinit { PQclear(result) }

  var rowCount: Int { Int(PQntuples(result)) }

  /// Nil for NULL.
  func text(_ row: Int, _ column: Int) -> String? {
    guard PQgetisnull(result, Int32(row), Int32(column)) == 0 else { return nil }
    return String(cString: PQgetvalue(result, Int32(row), Int32(column)))
  }

  func integer(_ row: Int, _ column: Int) -> Int? { text(row, column).flatMap { Int($0) } }
  func isTrue(_ row: Int, _ column: Int) -> Bool { text(row, column) == "t" }

  /// Rows that the statement touched, as its command tag says.
  var changes: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }
  /// The command tag: `COMMIT`, `COPY 3`.
  var tag: String { String(cString: PQcmdStatus(result)) }

  /// The rows as values: smallint, integer and bigint as integers, everything else as text.
  func values() -> [[SQLValue]] {
    let columns = 0..<Int(PQnfields(result))
    let isInteger = columns.map { [20, 21, 23].contains(PQftype(result, Int32($0))) }
    return (0..<rowCount).map { row in
      columns.map { column in
        guard let text = text(row, column) else { return .null }
        if isInteger[column], let value = Int64(text) { return .integer(value) }
        return .text(text)
      }
    }
  }
}
