import Databases

/// What can go wrong in the model; the value is the SQLSTATE that it says.
enum ModelFault: String, Sendable {
  case uniqueViolation = "23505"
  case notNullViolation = "23502"
  case foreignKeyViolation = "23503"
  case badValue = "22000"
  case deadlock = "40P01"
  case noSnapshot = "22023"
  case connectionFailure = "08006"
  case cannotConnect = "57P03"
  case readOnly = "25006"
  case abortedTransaction = "25P02"
  case wrongState = "55000"
  case undefinedTable = "42P01"
  case undefinedColumn = "42703"
  case undefinedObject = "42704"
  case duplicateTable = "42P07"
  case unsupportedType = "0A000"
  case canceled = "57014"
  case fenced = ""

  static let sqlServer = Engine(rawValue: "sqlserver")

  /// What the engine calls it; empty where a client finds out by itself.
  func code(_ engine: Engine) -> String { engine == ModelFault.sqlServer ? number : rawValue }

  private var number: String {
    switch self {
    case .uniqueViolation: "2627"
    case .notNullViolation: "515"
    case .foreignKeyViolation: "547"
    case .badValue: "8115"
    case .deadlock: "1205"
    case .noSnapshot: "3960"
    case .cannotConnect: "40613"
    case .readOnly: "3906"
    case .abortedTransaction: "3930"
    case .undefinedTable: "208"
    case .undefinedColumn: "207"
    case .undefinedObject: "3701"
    case .duplicateTable: "2714"
    case .unsupportedType: "2715"
    case .connectionFailure, .wrongState, .canceled, .fenced: ""
    }
  }

  var errorClass: ErrorClass {
    switch self {
    case .uniqueViolation, .notNullViolation, .foreignKeyViolation, .badValue: .badRow
    case .deadlock, .noSnapshot: .conflict
    case .connectionFailure, .cannotConnect: .connectionLost
    case .readOnly: .readOnly
    case .abortedTransaction, .wrongState: .permanent
    case .undefinedTable, .undefinedColumn, .undefinedObject, .duplicateTable, .unsupportedType:
      .configuration
    case .canceled: .cancelled
    case .fenced: .fenced
    }
  }
}

/// Where the server's errors happen.
struct CallSite: Sendable {
  let engine: Engine
  let endpoint: String
  let operation: StaticString
  /// The call commits by itself: if its answer is lost, nobody knows whether it did.
  var commits = false

  func error(
    _ fault: ModelFault, _ message: String, remedy: String? = nil, table: TableName? = nil,
    outcome: Outcome = .didNotHappen
  ) -> DatabaseError {
    DatabaseError(
      engine: engine, code: fault.code(engine), errorClass: fault.errorClass, message: message,
      remedy: remedy,
      place: ErrorPlace(endpoint: endpoint, operation: "\(operation)", table: table?.description),
      outcome: outcome)
  }

  var lost: DatabaseError {
    error(.connectionFailure, "the connection was lost", outcome: commits ? .unknown : .didNotHappen)
  }
}
