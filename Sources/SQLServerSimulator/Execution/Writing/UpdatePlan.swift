/// An assignment of SET with its names found.
struct BoundAssignment: Sendable {
  /// The variable's place.
  var variable: Int?
  var column: Int?
  let value: BoundExpression
}

extension Binder {
  /// Binds SET in the scope of an UPDATE's sources. Throws 206, 207, 257, 264, 271, 272, 4104, 8102.
  mutating func bind(
    _ assignments: [Assignment], of target: BoundTarget, _ rules: TableRules,
    in context: inout StatementContext
  ) throws(SQLError) -> [BoundAssignment] {
    var bound: [BoundAssignment] = []
    for assignment in assignments {
      let column = try assignment.column.map { reference throws(SQLError) in
        try assignable(reference, of: target, rules)
      }
      if let column, bound.contains(where: { $0.column == column }) {
        throw .columnSpecifiedTwice(rules.columns[column].name)
      }
      var place: Int?
      if let name = assignment.variable {
        guard let known = context.session.variables.place(name) else {
          throw .mustDeclareScalarVariable(name)
        }
        place = known
      }
      let value = try value(of: assignment, column, place, target, rules, in: &context)
      bound.append(BoundAssignment(variable: place, column: column, value: value))
    }
    return bound
  }

  private func assignable(
    _ reference: ColumnReference, of target: BoundTarget, _ rules: TableRules
  ) throws(SQLError) -> Int {
    if let qualifier = reference.table {
      let source = scopes[scopes.count - 1].sources[target.source]
      let isTable = qualifier.name.text.lowercased() == rules.name.name.lowercased()
      guard source.answers(to: qualifier) || isTable else {
        throw .multiPartIdentifierNotBound("\(qualifier.name.text).\(reference.name.text)")
      }
    }
    let column = try rules.column(reference.name)
    let about = rules.columns[column]
    if column == rules.rowVersion { throw .cannotUpdateTimestamp }
    if about.computed != nil { throw .columnCannotBeModified(about.name) }
    if column == rules.identity { throw .cannotUpdateIdentity(about.name) }
    return column
  }

  private mutating func value(
    of assignment: Assignment, _ column: Int?, _ variable: Int?, _ target: BoundTarget, _ rules: TableRules,
    in context: inout StatementContext
  ) throws(SQLError) -> BoundExpression {
    if assignment.value == .defaultValue, let column, assignment.operator == .assign {
      let about = rules.columns[column]
      return try context.boundDefault(of: about) ?? .constant(.null, about.type)
    }
    var value = try bind(assignment.value, in: &context)
    if case .compound(let operation) = assignment.operator {
      let before: BoundExpression
      if let column {
        let place = ColumnPlace(depth: 0, source: target.source, field: column)
        before = BoundExpression(.column(place), rules.columns[column].type)
      } else if let variable {
        before = BoundExpression(
          .variable(variable), context.session.variables[variable].type.withoutCollation)
      } else {
        return value
      }
      value = try binary(operation, before, value, in: &context)
    }
    if let column {
      let type = rules.columns[column].type
      try value.type?.requireConversion(to: type)
      if let variable { try type.requireConversion(to: context.session.variables[variable].type) }
    } else if let variable {
      value = try convert(value, to: context.session.variables[variable].type, in: &context)
    }
    return value
  }
}
