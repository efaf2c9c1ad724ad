/// All of SET. Names are in capitals.
package indirect enum SetStatement: Sendable, Equatable {
  /// SET NOCOUNT ON; SET ANSI_NULLS, ANSI_WARNINGS ON. Also options that SQL Server does not have.
  case options([String], isOn: Bool)
  /// SET LOCK_TIMEOUT 100, TEXTSIZE, DATEFORMAT, LANGUAGE, ROWCOUNT, DEADLOCK_PRIORITY, CONTEXT_INFO and
  /// others. A bare word (`mdy`, `LOW`, `us_english`) is a national string.
  case value(String, Expression)
  case isolationLevel(IsolationLevel)
  case identityInsert(ObjectName, isOn: Bool)
  /// SET STATISTICS IO, TIME ON.
  case statistics([String], isOn: Bool)
  /// SET @v = x, SET @v += x.
  case variable(String, AssignmentOperator, Expression)
}

package enum IsolationLevel: Sendable, Equatable {
  case readUncommitted, readCommitted, repeatableRead, serializable, snapshot
}

package struct VariableDeclaration: Sendable, Equatable {
  /// With its `@`.
  package var name: String
  package var type: DataType
  package var initial: Expression?
}
