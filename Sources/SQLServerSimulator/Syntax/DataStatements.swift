/// A table that a statement writes to.
package enum TargetTable: Sendable, Equatable {
  /// A table, a view, a temporary table, or, with FROM, an alias.
  case table(ObjectName, hints: [TableHint])
  /// A table variable, with its `@`.
  case variable(String)
}

package struct InsertStatement: Sendable, Equatable {
  package var commonTables: [CommonTable]
  package var top: Top?
  package var target: TargetTable
  /// Empty: all columns that can be inserted, in their order.
  package var columns: [Identifier]
  package var output: OutputClause?
  package var source: InsertSource
  package var options: [QueryHint]
}

package indirect enum InsertSource: Sendable, Equatable {
  case values([[Expression]])
  case query(Query)
  case execute(ExecuteStatement)
  case defaultValues
}

/// OUTPUT inserted.x, deleted.* [INTO t (a, b)].
package struct OutputClause: Sendable, Equatable {
  package var items: [SelectItem]
  package var into: TargetTable?
  package var intoColumns: [Identifier]
}

package struct UpdateStatement: Sendable, Equatable {
  package var commonTables: [CommonTable]
  package var top: Top?
  package var target: TargetTable
  package var assignments: [Assignment]
  package var output: OutputClause?
  package var from: [TableSource]
  package var filter: Condition?
  package var options: [QueryHint]
}

/// `c = x`, `c += x`, `@v = x`, `@v = c = x`: at least one of variable and column.
package struct Assignment: Sendable, Equatable {
  package var variable: String?
  package var column: ColumnReference?
  package var `operator`: AssignmentOperator
  package var value: Expression
}

package struct DeleteStatement: Sendable, Equatable {
  package var commonTables: [CommonTable]
  package var top: Top?
  package var target: TargetTable
  package var output: OutputClause?
  /// The second FROM.
  package var from: [TableSource]
  package var filter: Condition?
  package var options: [QueryHint]
}

/// INSERT BULK: the rows follow in a bulk-load message.
package struct InsertBulkStatement: Sendable, Equatable {
  package var table: ObjectName
  package var columns: [BulkColumn]
  package var options: [BulkOption]
}

package struct BulkColumn: Sendable, Equatable {
  package var name: Identifier
  package var type: DataType
  package var collation: Identifier?
}

package enum BulkOption: Sendable, Equatable {
  case tableLock, checkConstraints, fireTriggers, keepNulls, keepIdentity
  case rowsPerBatch(Int)
  case kilobytesPerBatch(Int)
  case order([IndexColumn])
}

package struct ExecuteStatement: Sendable, Equatable {
  /// EXEC @r = p.
  package var returnVariable: String?
  package var module: ExecutedModule
  /// Empty for text.
  package var arguments: [ExecuteArgument]
}

package enum ExecutedModule: Sendable, Equatable {
  case procedure(ObjectName)
  /// EXEC @name.
  case variable(String)
  /// EXEC ('a' + @b): strings and variables, joined.
  case text(Expression)
}

package struct ExecuteArgument: Sendable, Equatable {
  /// With its `@`; nil if given by position.
  package var name: String?
  /// A literal, a variable, or `defaultValue`. A bare word is a national string.
  package var value: Expression
  package var isOutput: Bool
}

/// A parameter of sp_executesql's second argument.
package struct ParameterDefinition: Sendable, Equatable {
  /// With its `@`.
  package var name: String
  package var type: DataType
  package var defaultValue: Expression?
  package var isOutput: Bool
}
