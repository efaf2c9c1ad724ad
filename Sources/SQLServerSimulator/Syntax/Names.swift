/// A name as it was written, without its brackets or quotes.
package struct Identifier: Sendable, Hashable {
  package var text: String
  /// `[x]` or `"x"`: never a keyword.
  package var isQuoted: Bool

  package init(_ text: String, isQuoted: Bool = false) {
    self.text = text
    self.isQuoted = isQuoted
  }
}

/// A name of up to four parts. What is left out (`db..t`) is nil.
package struct ObjectName: Sendable, Hashable {
  package var server: Identifier?
  package var database: Identifier?
  package var schema: Identifier?
  package var name: Identifier
  /// On which it begins, from 1.
  package var line: Int

  package init(
    server: Identifier? = nil, database: Identifier? = nil, schema: Identifier? = nil, name: Identifier,
    line: Int = 1
  ) {
    self.server = server
    self.database = database
    self.schema = schema
    self.name = name
    self.line = line
  }
}

/// `x`, `t.x`, `dbo.t.x`, `db.dbo.t.x`.
package struct ColumnReference: Sendable, Hashable {
  /// An alias or a table; nil for a bare column.
  package var table: ObjectName?
  package var name: Identifier
  package var line: Int

  package init(table: ObjectName? = nil, name: Identifier, line: Int = 1) {
    self.table = table
    self.name = name
    self.line = line
  }
}

/// A type as it was written, with the ISO spellings of several words joined to one name: `double precision`
/// is `float`, `national character varying` is `nvarchar`. Whether the type exists is not known here.
package struct DataType: Sendable, Hashable {
  /// `sys` or the schema of a user's type.
  package var schema: Identifier?
  package var name: Identifier
  /// The first number in parentheses: length, precision, or the scale of a time.
  package var length: TypeLength?
  /// The second number.
  package var scale: Int?
  package var line: Int

  package init(
    schema: Identifier? = nil, name: Identifier, length: TypeLength? = nil, scale: Int? = nil, line: Int = 1
  ) {
    self.schema = schema
    self.name = name
    self.length = length
    self.scale = scale
    self.line = line
  }
}

package enum TypeLength: Sendable, Hashable {
  case number(Int)
  case max
}
