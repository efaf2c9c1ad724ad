/// A batch, or a text that a batch executes: what has variables of its own.
struct ExecutionScope {
  enum Kind {
    case batch
    /// EXEC ('...').
    case text
    /// sp_executesql and its like, and the call of a procedure by a client.
    case procedure
  }

  let kind: Kind
  var batch = Batch(statements: [], text: [])
  /// The line of the statement that is executed, from 1.
  var line: Int32 = 1
  init(kind: Kind) { self.kind = kind }
}

/// Where control goes after a statement.
enum Flow {
  case next, exitLoop, continueLoop
  /// RETURN, with its status.
  case leave(Int32)
}

/// What sp_prepare has made.
struct PreparedStatement {
  var parameters: [ParameterDefinition]
  var text: [UInt16]
}
