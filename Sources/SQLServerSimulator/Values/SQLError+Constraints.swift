/// What data definition says of constraints and keys, besides `SQLError+Definitions`.
extension SQLError {
  private static func batch(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .batch)
  }
  private static func statement(_ number: Int32, _ state: UInt8, _ message: String) -> SQLError {
    make(number, 16, state, message, .statement)
  }

  /// 1711.
  package static func primaryKeyOnComputed(_ column: String, table: String) -> SQLError {
    batch(
      1711, 1,
      "Cannot define PRIMARY KEY constraint on column '\(column)' in table '\(table)'. The computed column"
        + " has to be persisted and not nullable.")
  }

  // MARK: Foreign keys

  /// 1753.
  package static func keyLengthsDiffer(_ referenced: String, referencing: String, key: String) -> SQLError {
    batch(
      1753, 0,
      "Column '\(referenced)' is not the same length or scale as referencing column '\(referencing)' in"
        + " foreign key '\(key)'. Columns participating in a foreign key relationship must be defined with"
        + " the same length and scale.")
  }
  /// 1756: a message only.
  package static func skippedForeignKey(_ name: String) -> SQLError {
    make(
      1756, 10, 0,
      "Skipping FOREIGN KEY constraint '\(name)' definition for temporary table. FOREIGN KEY constraints are"
        + " not enforced on local or global temporary tables.", .information)
  }
  /// 1757.
  package static func keyCollationsDiffer(
    _ referenced: String, referencing: String, key: String
  ) -> SQLError {
    batch(
      1757, 0,
      "Column '\(referenced)' is not of same collation as referencing column '\(referencing)' in foreign key"
        + " '\(key)'.")
  }
  /// 1761.
  package static func setNullOnNotNull(_ key: String) -> SQLError {
    batch(
      1761, 0,
      "Cannot create the foreign key \"\(key)\" with the SET NULL referential action, because one or more"
        + " referencing columns are not nullable.")
  }
  /// 1762.
  package static func setDefaultWithoutDefault(_ key: String) -> SQLError {
    batch(
      1762, 0,
      "Cannot create the foreign key \"\(key)\" with the SET DEFAULT referential action, because one or more"
        + " referencing not-nullable columns lack a default constraint.")
  }
  /// 1763.
  package static func foreignKeyToOtherDatabase(_ key: String) -> SQLError {
    batch(1763, 0, "Cross-database foreign key references are not supported. Foreign key '\(key)'.")
  }
  /// 1764.
  package static func computedColumnIsNotPersisted(
    _ column: String, table: String, use: String
  ) -> SQLError {
    batch(
      1764, 1,
      "Computed Column '\(column)' in table '\(table)' is invalid for use in '\(use)' because it is not"
        + " persisted.")
  }
  /// 1766.
  package static func foreignKeyToTemporaryTable(_ key: String) -> SQLError {
    batch(1766, 0, "Foreign key references to temporary tables are not supported. Foreign key '\(key)'.")
  }
  /// 1769.
  package static func foreignKeyOfUnknownColumn(_ key: String, column: String, table: String) -> SQLError {
    batch(
      1769, 1,
      "Foreign key '\(key)' references invalid column '\(column)' in referencing table '\(table)'.")
  }
  /// 1773.
  package static func noPrimaryKeyToReference(_ key: String, table: String) -> SQLError {
    batch(
      1773, 0,
      "Foreign key '\(key)' has implicit reference to object '\(table)' which does not have a primary key"
        + " defined on it.")
  }
  /// 1778.
  package static func keyTypesDiffer(_ referenced: String, referencing: String, key: String) -> SQLError {
    batch(
      1778, 0,
      "Column '\(referenced)' is not the same data type as referencing column '\(referencing)' in foreign"
        + " key '\(key)'.")
  }
  /// 1785.
  package static func severalCascadePaths(_ key: String, table: String) -> SQLError {
    batch(
      1785, 0,
      "Introducing FOREIGN KEY constraint '\(key)' on table '\(table)' may cause cycles or multiple cascade"
        + " paths. Specify ON DELETE NO ACTION or ON UPDATE NO ACTION, or modify other FOREIGN KEY"
        + " constraints.")
  }
  /// 1989.
  package static func referencedIndexIsDisabled(_ key: String, index: String) -> SQLError {
    statement(
      1989, 1,
      "Cannot enable foreign key constraint '\(key)' as index '\(index)' on referenced key is disabled.")
  }
  /// 1992: a message only.
  package static func disabledForeignKey(
    _ key: String, table: String, referenced: String, index: String
  ) -> SQLError {
    make(
      1992, 0, 1,
      "Warning: Foreign key '\(key)' on table '\(table)' referencing table '\(referenced)' was disabled as a"
        + " result of disabling the index '\(index)'.", .information)
  }
  /// 8139.
  package static func referencedColumnCountDiffers(table: String) -> SQLError {
    batch(
      8139, 0,
      "Number of referencing columns in foreign key differs from number of referenced columns, table"
        + " '\(table)'.")
  }

  // MARK: Keys and indexes

  /// 1088. `state` is 12 of CREATE INDEX, 9 of ALTER INDEX.
  package static func cannotFindTable(_ name: String, state: UInt8) -> SQLError {
    batch(
      1088, state,
      "Cannot find the object \"\(name)\" because it does not exist or you do not have permissions.")
  }
  /// 1904.
  package static func tooManyKeyColumns(_ index: String, table: String, count: Int) -> SQLError {
    statement(
      1904, 1,
      "The index '\(index)' on table '\(table)' has \(count) columns in the key list. The maximum limit for"
        + " index key column list is 32.")
  }
  /// 1909.
  package static func duplicateIndexColumn(_ column: String) -> SQLError {
    statement(
      1909, 1,
      "Cannot use duplicate column names in index. Column name '\(column)' listed more than once.")
  }
  /// 1945: a warning.
  package static func keyMayBeTooLong(_ index: String, isClustered: Bool, length: Int) -> SQLError {
    make(
      1945, 10, 1,
      "Warning! The maximum key length for a \(isClustered ? "clustered" : "nonclustered") index is"
        + " \(isClustered ? 900 : 1700) bytes. The index '\(index)' has maximum length of \(length) bytes."
        + " For some combination of large values, the insert/update operation will fail.", .information)
  }
  /// 1944.
  package static func keyIsTooLong(_ index: String, length: Int, maximum: Int) -> SQLError {
    statement(
      1944, 1,
      "Index '\(index)' was not created. This index has a key length of at least \(length) bytes. The"
        + " maximum permissible key length is \(maximum) bytes.")
  }
  /// 1973.
  package static func indexIsDisabled(_ index: String, table: String) -> SQLError {
    statement(
      1973, 1,
      "Cannot perform the specified operation on disabled index '\(index)' on table '\(table)'.")
  }
  /// 1999.
  package static func invalidIncludedColumnType(_ column: String, table: String) -> SQLError {
    statement(
      1999, 1,
      "Column '\(column)' in table '\(table)' is of a type that is invalid for use as included column in an"
        + " index.")
  }
  /// 2727.
  package static func cannotFindIndex(_ name: String) -> SQLError {
    make(2727, 11, 1, "Cannot find index '\(name)'.", .statement)
  }
  /// 3723. `kind` is PRIMARY KEY, UNIQUE KEY or FOREIGN KEY.
  package static func indexEnforcesConstraint(_ index: String, kind: String) -> SQLError {
    statement(
      3723, 4,
      "An explicit DROP INDEX is not allowed on index '\(index)'. It is being used for \(kind) constraint"
        + " enforcement.")
  }
  /// 3964.
  package static let definitionInSnapshot = make(
    3964, 16, 1,
    "Transaction failed because this DDL statement is not allowed inside a snapshot isolation transaction."
      + " Since metadata is not versioned, a metadata change can lead to inconsistency if mixed within"
      + " snapshot isolation.", .transaction)
  /// 7999.
  package static func noIndexToReplace(_ index: String, table: String) -> SQLError {
    statement(7999, 9, "Could not find any index named '\(index)' for table '\(table)'.")
  }
  /// 8110.
  package static func severalPrimaryKeys(table: String) -> SQLError {
    batch(8110, 0, "Cannot add multiple PRIMARY KEY constraints to table '\(table)'.")
  }
  /// 8112.
  package static func severalClusteredConstraints(table: String) -> SQLError {
    batch(8112, 0, "Cannot add more than one clustered index for constraints on table '\(table)'.")
  }
  /// 10601.
  package static let clusteredIncludesColumns = batch(
    10601, 1, "Cannot specify included columns for a clustered index.")
  /// 10611.
  package static func filterComparesOtherType(_ index: String, table: String, column: String) -> SQLError {
    statement(
      10611, 1,
      "Filtered index '\(index)' cannot be created on table '\(table)' because the column '\(column)' in the"
        + " filter expression is compared with a constant of higher data type precedence or of a different"
        + " collation. Converting a column to the data type of a constant is not supported for filtered"
        + " indexes.")
  }
  /// 10735.
  package static func incorrectFilter(_ index: String, table: String) -> SQLError {
    statement(10735, 1, "Incorrect WHERE clause for filtered index '\(index)' on table '\(table)'.")
  }

  // MARK: Changing constraints

  /// 3733.
  package static func constraintOfOtherTable(_ constraint: String, table: String) -> SQLError {
    statement(3733, 2, "Constraint '\(constraint)' does not belong to table '\(table)'.")
  }
  /// 4916.
  package static let couldNotSwitchConstraint = statement(
    4916, 0, "Could not enable or disable the constraint. See previous errors.")
  /// 11415.
  package static func constraintCannotBeSwitched(_ name: String) -> SQLError {
    statement(
      11415, 1,
      "Object '\(name)' cannot be disabled or enabled. This action applies only to foreign key and check"
        + " constraints.")
  }
}
