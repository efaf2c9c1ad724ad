/// Views of constraints.
enum ConstraintViews {
  static let all: [CatalogView] = [keys, checks, foreignKeys, foreignKeyColumns]

  /// Calls a body for each constraint of the database.
  static func forEach(
    _ contents: CatalogContents, _ body: (ServerTable, ConstraintDescription) -> Void
  ) {
    for table in contents.tables {
      for constraint in table.about.constraints { body(table, constraint) }
    }
  }

  private static func set(
    _ constraint: ConstraintDescription, of table: ServerTable, _ contents: CatalogContents,
    _ rows: inout CatalogRows
  ) {
    let object = CatalogObject(
      name: constraint.name, id: constraint.objectID, schema: table.name.schema,
      schemaID: contents.database.schemaID(table.name.schema) ?? 1, parent: table.objectID,
      kind: constraint.objectKind)
    ObjectViews.set(object, &rows)
  }

  private static let keys = CatalogView(
    "sys.key_constraints",
    ObjectViews.objectColumns + "\nunique_index_id int?, is_system_named bit, is_enforced bit?"
  ) { contents, _, rows throws(SQLError) in
    forEach(contents) { table, constraint in
      guard let index = constraint.keyIndex else { return }
      rows.begin()
      set(constraint, of: table, contents, &rows)
      rows.set("unique_index_id", index)
      rows.set("is_system_named", constraint.isSystemNamed)
      rows.set("is_enforced", true)
    }
  }

  private static let checks = CatalogView(
    "sys.check_constraints",
    ObjectViews.objectColumns + """

      is_disabled bit, is_not_for_replication bit, is_not_trusted bit, parent_column_id int,
      definition nvarchar(max)?, uses_database_collation bit?, is_system_named bit
      """
  ) { contents, _, rows throws(SQLError) in
    forEach(contents) { table, constraint in
      guard let text = constraint.check else { return }
      rows.begin()
      set(constraint, of: table, contents, &rows)
      rows.set("is_disabled", constraint.isDisabled)
      rows.set("is_not_trusted", !constraint.isTrusted)
      let columns = table.columns(ofCheck: text)
      rows.set("parent_column_id", columns.count == 1 ? table.columnID(columns[0]) : 0)
      rows.set("definition", text)
      rows.set("uses_database_collation", true)
      rows.set("is_system_named", constraint.isSystemNamed)
    }
  }

  private static let foreignKeys = CatalogView(
    "sys.foreign_keys",
    ObjectViews.objectColumns + """

      referenced_object_id int?, key_index_id int?, is_disabled bit, is_not_for_replication bit,
      is_not_trusted bit, delete_referential_action tinyint?, delete_referential_action_desc nvarchar(60)?,
      update_referential_action tinyint?, update_referential_action_desc nvarchar(60)?, is_system_named bit
      """
  ) { contents, _, rows throws(SQLError) in
    forEach(contents) { table, constraint in
      guard let reference = constraint.foreignKey else { return }
      rows.begin()
      set(constraint, of: table, contents, &rows)
      rows.set("referenced_object_id", contents.objectID(ofTable: reference.table))
      rows.set("key_index_id", reference.index)
      rows.set("is_disabled", constraint.isDisabled)
      rows.set("is_not_trusted", !constraint.isTrusted)
      rows.set("delete_referential_action", reference.onDelete.number)
      rows.set("delete_referential_action_desc", reference.onDelete.description)
      rows.set("update_referential_action", reference.onUpdate.number)
      rows.set("update_referential_action_desc", reference.onUpdate.description)
      rows.set("is_system_named", constraint.isSystemNamed)
    }
  }

  private static let foreignKeyColumns = CatalogView(
    "sys.foreign_key_columns",
    """
    constraint_object_id int, constraint_column_id int, parent_object_id int, parent_column_id int,
    referenced_object_id int, referenced_column_id int
    """
  ) { contents, _, rows throws(SQLError) in
    forEach(contents) { table, constraint in
      guard let reference = constraint.foreignKey,
        let parent = contents.tables.first(where: { $0.number == reference.table })
      else { return }
      for (place, pair) in zip(reference.columns, reference.referencedColumns).enumerated() {
        rows.begin()
        rows.set("constraint_object_id", constraint.objectID)
        rows.set("constraint_column_id", place + 1)
        rows.set("parent_object_id", table.objectID)
        rows.set("parent_column_id", table.columnID(pair.0))
        rows.set("referenced_object_id", parent.objectID)
        rows.set("referenced_column_id", parent.columnID(pair.1))
      }
    }
  }
}
