/// What the catalog says of a table besides its rows. Storage keeps it, changes it with the transaction, and
/// does not look into it.
package struct TableDescription: Sendable {
  package var columns: [ColumnDescription] = []
  package var constraints: [ConstraintDescription] = []
  /// The largest column_id that was ever given out.
  package var lastColumnID: Int32 = 0

  package init() {}

  /// Names compare without regard to case, as in SQL Server's default collation.
  package func column(_ name: String) -> Int? {
    let key = name.lowercased()
    return columns.firstIndex { $0.name.lowercased() == key }
  }
}

package struct ColumnDescription: Sendable, Equatable {
  package struct Default: Sendable, Equatable {
    package var name: String
    package var objectID: Int32
    /// The expression with parentheses, as SQL Server's catalog shows it.
    package var text: String

    package init(name: String, objectID: Int32, text: String) {
      self.name = name
      self.objectID = objectID
      self.text = text
    }
  }

  package var name: String
  package var id: Int32
  package var type: SQLType
  package var isNullable: Bool
  package var isIdentity = false
  package var isRowGUID = false
  package var defaultValue: Default?
  /// The expression of a computed column, with parentheses.
  package var computed: String?
  package var isPersisted = false

  package init(name: String, id: Int32, type: SQLType, isNullable: Bool) {
    self.name = name
    self.id = id
    self.type = type
    self.isNullable = isNullable
  }
}

package struct ConstraintDescription: Sendable {
  package enum Action: String, Sendable {
    case noAction, cascade, setNull, setDefault
  }

  package struct Reference: Sendable {
    /// Positions of columns, from 0.
    package var columns: [Int]
    /// The referenced table's number in the storage.
    package var table: Int
    package var referencedColumns: [Int]
    /// The number of the key or index that is referenced: 1 for the clustered one.
    package var index: Int32
    package var onDelete = Action.noAction
    package var onUpdate = Action.noAction

    package init(columns: [Int], table: Int, referencedColumns: [Int], index: Int32) {
      self.columns = columns
      self.table = table
      self.referencedColumns = referencedColumns
      self.index = index
    }
  }

  package enum Kind: Sendable {
    /// Of the index with this number.
    case primaryKey(Int32)
    case unique(Int32)
    case foreignKey(Reference)
    /// The condition with parentheses.
    case check(String)
  }

  package var name: String
  package var objectID: Int32
  package var kind: Kind
  package var isDisabled = false
  /// SQL Server does not rely on a constraint that was switched on without a look at the rows.
  package var isTrusted = true
  package var isSystemNamed = false

  package init(name: String, objectID: Int32, kind: Kind) {
    self.name = name
    self.objectID = objectID
    self.kind = kind
  }
}
