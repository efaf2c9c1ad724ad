package struct CreateTableStatement: Sendable, Equatable {
  package var table: ObjectName
  package var elements: TableElements
}

/// What stands in the parentheses of CREATE TABLE and DECLARE @t TABLE, in the order of the text by kind.
package struct TableElements: Sendable, Equatable {
  package var columns: [ColumnDefinition] = []
  /// Those written beside a column have that column.
  package var constraints: [ConstraintDefinition] = []
  package var indexes: [IndexDefinition] = []

  package init() {}
}

package struct ColumnDefinition: Sendable, Equatable {
  package var name: Identifier
  /// Nil for a computed column.
  package var type: DataType?
  package var computed: ComputedColumn?
  package var collation: Identifier?
  /// Nil if neither NULL nor NOT NULL was written: the session's and the key's affair.
  package var isNullable: Bool?
  package var identity: IdentityDefinition?
  package var defaultValue: DefaultDefinition?
  package var isRowGUID = false
  package var isSparse = false
  package var line: Int

  package init(name: Identifier, line: Int) {
    self.name = name
    self.line = line
  }
}

package struct ComputedColumn: Sendable, Equatable {
  package var expression: SourcedExpression
  package var isPersisted: Bool
}

package struct IdentityDefinition: Sendable, Equatable {
  /// A literal with or without a sign; 1 if it was not written.
  package var seed: Expression
  package var increment: Expression
  package var isNotForReplication: Bool
}

package struct DefaultDefinition: Sendable, Equatable {
  package var constraintName: Identifier?
  package var value: SourcedExpression
  /// WITH VALUES, in ALTER TABLE ADD.
  package var fillsExistingRows: Bool
}

package struct ConstraintDefinition: Sendable, Equatable {
  package var name: Identifier?
  package var kind: ConstraintKind
  package var line: Int
}

package indirect enum ConstraintKind: Sendable, Equatable {
  case primaryKey(KeyDefinition)
  case unique(KeyDefinition)
  case check(SourcedCondition, isNotForReplication: Bool)
  case foreignKey(ForeignKeyDefinition)
  /// DEFAULT x FOR c, in ALTER TABLE ADD. The constraint's name is here, that of the definition is nil.
  case `default`(DefaultDefinition, column: Identifier)
}

package struct KeyDefinition: Sendable, Equatable {
  /// Nil if neither CLUSTERED nor NONCLUSTERED was written.
  package var isClustered: Bool?
  package var columns: [IndexColumn]
  package var options: [NamedOption]
}

package struct IndexColumn: Sendable, Equatable {
  package var name: Identifier
  package var isDescending: Bool
}

package struct ForeignKeyDefinition: Sendable, Equatable {
  package var columns: [Identifier]
  package var referencedTable: ObjectName
  /// Empty: its primary key.
  package var referencedColumns: [Identifier]
  package var onDelete: ReferentialAction
  package var onUpdate: ReferentialAction
  package var isNotForReplication: Bool
}

package enum ReferentialAction: Sendable, Equatable {
  case noAction, cascade, setNull, setDefault
}

/// `FILLFACTOR = 80`, `IGNORE_DUP_KEY = ON`, `LOCK_ESCALATION = DISABLE`: name and value in capitals. The
/// value is empty if there is none.
package struct NamedOption: Sendable, Equatable {
  package var name: String
  package var value: String
}

package struct AlterTableStatement: Sendable, Equatable {
  package var table: ObjectName
  package var action: AlterTableAction
}

package indirect enum AlterTableAction: Sendable, Equatable {
  /// `checksRows` is nil without WITH CHECK and WITH NOCHECK, which for ADD means CHECK.
  case add(TableElements, checksRows: Bool?)
  case drop([DroppedElement])
  /// Name, type, collation and NULL or NOT NULL only.
  case alterColumn(ColumnDefinition)
  /// CHECK CONSTRAINT and NOCHECK CONSTRAINT; an empty list is ALL. `checksRows` is nil without WITH, which
  /// for CHECK CONSTRAINT means NOCHECK: the constraint stays untrusted.
  case switchConstraints([Identifier], isOn: Bool, checksRows: Bool?)
  /// ENABLE TRIGGER and DISABLE TRIGGER; an empty list is ALL.
  case switchTriggers([Identifier], isOn: Bool)
  case set([NamedOption])
  case rebuild([NamedOption])
}

package struct DroppedElement: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case column, constraint
  }
  package var kind: Kind
  package var name: Identifier
  package var ifExists: Bool
}

package struct IndexDefinition: Sendable, Equatable {
  package var name: Identifier
  package var isUnique: Bool
  package var isClustered: Bool
  package var columns: [IndexColumn]
  package var includedColumns: [Identifier]
  package var filter: SourcedCondition?
  package var options: [NamedOption]
}

package struct AlterIndexStatement: Sendable, Equatable {
  package enum Action: Sendable, Equatable {
    case rebuild, reorganize, disable, set
  }
  /// Nil is ALL.
  package var name: Identifier?
  package var table: ObjectName
  package var action: Action
  package var options: [NamedOption]
}

/// DROP INDEX i ON t; DROP INDEX t.i.
package struct DroppedIndex: Sendable, Equatable {
  package var name: Identifier
  package var table: ObjectName
}

package enum ObjectKind: Sendable, Equatable {
  case table, view, procedure, function, trigger, schema, database
}

/// CREATE, ALTER, CREATE OR ALTER.
package enum DefinitionVerb: Sendable, Equatable {
  case create, alter, createOrAlter
}

package struct ViewDefinition: Sendable, Equatable {
  package var verb: DefinitionVerb
  package var name: ObjectName
  package var columns: [Identifier]
  package var query: Query
  package var withCheckOption: Bool
  /// Of the whole statement, as the catalog shows it.
  package var range: Range<Int>
}

package struct TriggerDefinition: Sendable, Equatable {
  package enum Event: Sendable, Equatable {
    case insert, update, delete
  }
  package var verb: DefinitionVerb
  package var name: ObjectName
  package var table: ObjectName
  /// Otherwise AFTER, which FOR means too.
  package var isInsteadOf: Bool
  package var events: [Event]
  /// Empty if it was refused.
  package var body: [Statement]
  /// Set if the body is outside of what is parsed. The trigger exists then, and firing it is this error.
  package var bodyRefusal: SQLError?
  /// Of the whole statement.
  package var range: Range<Int>
}

package struct RoutineDefinition: Sendable, Equatable {
  package var verb: DefinitionVerb
  /// `procedure` or `function`.
  package var kind: ObjectKind
  package var name: ObjectName
  /// Of the whole statement; its body is not parsed.
  package var range: Range<Int>
}

package struct AlterDatabaseStatement: Sendable, Equatable {
  /// Nil is CURRENT.
  package var database: Identifier?
  /// SET: ALLOW_SNAPSHOT_ISOLATION ON, READ_ONLY, RECOVERY SIMPLE, COMPATIBILITY_LEVEL 160; `COLLATE` has
  /// the collation as its value.
  package var options: [NamedOption]
}
