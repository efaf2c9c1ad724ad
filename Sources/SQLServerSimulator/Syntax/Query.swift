package struct SelectStatement: Sendable, Equatable {
  package var query: Query
  package var options: [QueryHint]
}

/// A query with what applies to all of its result.
package struct Query: Sendable, Equatable {
  /// WITH; only at the outermost query of a statement or view.
  package var commonTables: [CommonTable] = []
  package var body: QueryBody
  package var orderBy: [OrderItem] = []
  /// OFFSET n ROWS.
  package var offset: Expression?
  /// FETCH NEXT n ROWS ONLY.
  package var fetch: Expression?

  package init(body: QueryBody) { self.body = body }
}

package struct CommonTable: Sendable, Equatable {
  package var name: Identifier
  /// Empty if the query names them.
  package var columns: [Identifier]
  package var query: Query
}

package indirect enum QueryBody: Sendable, Equatable {
  case select(SelectClause)
  /// From left to right. INTERSECT, which binds more tightly, makes a combination of its own.
  case combination(QueryBody, [CombinedQuery])
  /// A query in parentheses with an ORDER BY of its own.
  case nested(Query)
}

package struct CombinedQuery: Sendable, Equatable {
  package var `operator`: SetOperator
  package var body: QueryBody
}

package enum SetOperator: Sendable, Equatable {
  case union, unionAll, except, intersect
}

package struct SelectClause: Sendable, Equatable {
  package var isDistinct = false
  package var top: Top?
  package var items: [SelectItem] = []
  /// SELECT ... INTO. Only in the first clause of a combination.
  package var into: ObjectName?
  /// Empty without FROM; several are joined without a condition.
  package var from: [TableSource] = []
  package var filter: Condition?
  package var groupBy: [Expression] = []
  package var having: Condition?
  /// Of the word SELECT.
  package var line: Int

  package init(line: Int) { self.line = line }
}

package struct Top: Sendable, Equatable {
  package var count: Expression
  package var isPercent: Bool
  package var withTies: Bool
}

package enum SelectItem: Sendable, Equatable {
  /// `*`, `t.*`, `dbo.t.*`.
  case all(of: ObjectName?)
  /// `x`, `x AS y`, `x y`, `x 'y'`, `y = x`.
  case expression(Expression, alias: Identifier?)
  /// `@v = x`, `@v += x`. The variable with its `@`.
  case assignment(String, AssignmentOperator, Expression)
}

/// `=`, or an operator and `=`.
package enum AssignmentOperator: Sendable, Equatable {
  case assign
  case compound(BinaryOperator)
}

package struct OrderItem: Sendable, Equatable {
  /// An integer literal is the position of a column.
  package var expression: Expression
  package var isDescending: Bool
}

package indirect enum TableSource: Sendable, Equatable {
  case table(TableReference)
  /// A table variable, with its `@`.
  case variable(String, alias: Identifier?)
  case derived(Query, alias: Identifier, columns: [Identifier])
  /// (VALUES (1, 2), (3, 4)) AS t (a, b).
  case values([[Expression]], alias: Identifier, columns: [Identifier])
  /// A function that returns rows; `fn_x(...)` and `::fn_x(...)`.
  case function(ObjectName, [Expression], alias: Identifier?, columns: [Identifier])
  /// `condition` is nil for CROSS JOIN and APPLY, and only for them.
  case join(JoinKind, TableSource, TableSource, condition: Condition?)
}

package enum JoinKind: Sendable, Equatable {
  case inner, left, right, full, cross, crossApply, outerApply
}

package struct TableReference: Sendable, Equatable {
  package var name: ObjectName
  package var alias: Identifier?
  package var hints: [TableHint]
}

package enum TableHint: Sendable, Equatable {
  /// NOLOCK and READUNCOMMITTED.
  case noLock
  case readCommitted, readCommittedLock, repeatableRead, snapshot
  /// HOLDLOCK and SERIALIZABLE.
  case holdLock
  case readPast, noWait
  case rowLock, pageLock
  /// TABLOCK and TABLOCKX.
  case tableLock, exclusiveTableLock
  case updateLock, exclusiveLock
  /// KEEPIDENTITY, KEEPDEFAULTS, IGNORE_CONSTRAINTS, IGNORE_TRIGGERS: of OPENROWSET(BULK).
  case keepIdentity, keepDefaults, ignoreConstraints, ignoreTriggers
  /// INDEX(a, b), FORCESEEK, FORCESCAN, NOEXPAND: how to read, not what.
  case index([Identifier])
  case forceSeek, forceScan, noExpand
}

/// One of OPTION (...). Only MAXRECURSION changes what a statement means.
package struct QueryHint: Sendable, Equatable {
  /// Its words in capitals: MAXDOP, HASH JOIN, OPTIMIZE FOR UNKNOWN.
  package var name: String
  /// MAXDOP 1, FAST 10, MAXRECURSION 100.
  package var number: Int?
}
