/// A scalar variable or parameter.
package struct Variable: Sendable, Equatable {
  package var name: String
  package var type: SQLType
  package var value: SQLValue

  package init(_ name: String, _ type: SQLType, _ value: SQLValue = .null) {
    self.name = name
    self.type = type
    self.value = value
  }
}

/// The variables of a batch. Expressions know them by position; a batch declares and never removes.
package struct Variables: Sendable {
  package private(set) var all: [Variable] = []
  private var places: [String: Int] = [:]

  package init() {}

  /// With the `@`, in any case.
  package func place(_ name: String) -> Int? { places[name.lowercased()] }

  package subscript(_ place: Int) -> Variable {
    get { all[place] }
    set { all[place] = newValue }
  }

  /// Throws 134 for a name that is there already.
  package mutating func declare(_ variable: Variable) throws(SQLError) {
    let key = variable.name.lowercased()
    guard places[key] == nil else { throw .variableAlreadyDeclared(variable.name) }
    places[key] = all.count
    all.append(variable)
  }
}

/// What a session knows besides what the storage has of it: options, variables and the functions' answers.
package struct SessionState: Sendable {
  /// Its number in the storage: @@SPID.
  package var number: Int
  /// The current database's id.
  package var database: Int
  package var options = EvaluationContext.Options()
  package var variables = Variables()
  /// Table variables by name in small letters, with the `@`: tables of the storage that only the session
  /// knows.
  package var tableVariables: [String: Int] = [:]

  package var userName = "sa"
  package var hostName = ""
  package var applicationName = ""
  package var language = "us_english"

  /// @@ROWCOUNT and @@ERROR, of the last statement.
  package var rowCount: Int64 = 0
  package var errorNumber: Int32 = 0
  /// @@IDENTITY and SCOPE_IDENTITY().
  package var lastIdentity: SQLDecimal?
  package var scopeIdentity: SQLDecimal?
  /// What the CATCH block in which the session is has caught.
  package var caught: SQLError?
  /// Procedures that are being executed: @@NESTLEVEL.
  package var nesting = 0

  package var quotedIdentifiers = true
  package var ansiNulls = true
  package var noCount = false
  package var xactAbort = false
  package var implicitTransactions = false
  /// SET ROWCOUNT; 0 is no limit.
  package var rowLimit = 0
  package var textSize: Int32 = -1
  package var identityInsert: Int?

  package init(number: Int, database: Int) {
    self.number = number
    self.database = database
  }

  /// Takes back what a text that the caller has executed chose and set, and the caller's variables.
  mutating func restore(_ caller: SessionState) {
    variables = caller.variables
    tableVariables = caller.tableVariables
    scopeIdentity = caller.scopeIdentity
    database = caller.database
    options = caller.options
    language = caller.language
    quotedIdentifiers = caller.quotedIdentifiers
    ansiNulls = caller.ansiNulls
    noCount = caller.noCount
    xactAbort = caller.xactAbort
    implicitTransactions = caller.implicitTransactions
    rowLimit = caller.rowLimit
    textSize = caller.textSize
    identityInsert = caller.identityInsert
  }
}
