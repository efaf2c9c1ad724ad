/// A call of a procedure with its arguments, by a client or by EXEC.
package struct ModuleCall: Sendable {
  package struct Argument: Sendable {
    /// With its `@`; empty for an argument by place.
    package var name: String
    package var type: SQLType
    package var value: SQLValue
    package var isOutput: Bool

    package init(_ name: String, _ type: SQLType, _ value: SQLValue, isOutput: Bool = false) {
      self.name = name
      self.type = type
      self.value = value
      self.isOutput = isOutput
    }
  }

  /// Without its schema, in small letters.
  package var name: String
  /// As the client has written it.
  package var spelled: String
  package var arguments: [Argument]

  package init(_ name: String, spelled: String? = nil, _ arguments: [Argument]) {
    self.name = name
    self.spelled = spelled ?? name
    self.arguments = arguments
  }

  /// The argument of a parameter, by its name with the `@` in small letters, or by its place.
  func place(_ name: String, _ position: Int) -> Int? {
    // Some clients leave the @ out.
    let named = arguments.firstIndex { argument in
      let given = argument.name.lowercased()
      return given == name || "@" + given == name
    }
    if let named { return named }
    guard arguments.indices.contains(position), arguments[position].name.isEmpty else { return nil }
    return position
  }

  func value(_ name: String, _ position: Int, as type: SQLType) throws(SQLError) -> SQLValue {
    guard let place = place(name, position) else { return .null }
    return try arguments[place].value.converted(from: arguments[place].type, to: type)
  }

  func text(_ name: String, _ position: Int) throws(SQLError) -> String? {
    try units(name, position).map { String(decoding: $0, as: UTF16.self) }
  }

  func units(_ name: String, _ position: Int) throws(SQLError) -> [UInt16]? {
    guard case .text(let units) = try value(name, position, as: .nvarchar(SQLType.unlimited)) else {
      return nil
    }
    return units
  }

  func integer(_ name: String, _ position: Int) throws(SQLError) -> Int? {
    guard case .integer(let number) = try value(name, position, as: .bigint) else { return nil }
    return Int(number)
  }
}
