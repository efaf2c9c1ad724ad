import Foundation

/// Expressions as SQL Server's catalog shows them: defaults, checks, computed columns and filters are not
/// kept as they were written. Names have brackets, functions are in lower case, numbers have parentheses,
/// and only those other parentheses are left that the operators need: `DEFAULT 0` is `((0))`, `CHECK (a
/// BETWEEN 1 AND 9)` is `([a]>=(1) AND [a]<=(9))`.
///
/// Known from scripts of real databases, not from a server: what is rare may differ.
package enum CatalogText {
  /// The definition of a default, a computed column: its parentheses are the catalog's. Nil for what has a
  /// subquery, which these do not have (error 1046).
  package static func definition(of expression: Expression) -> String? {
    var writer = CatalogWriter()
    writer.write(expression, rank: 0)
    return writer.hasQuery ? nil : "(" + writer.text + ")"
  }

  /// The definition of a check constraint or of an index's filter.
  package static func definition(of condition: Condition) -> String? {
    var writer = CatalogWriter()
    writer.write(condition, rank: 0)
    return writer.hasQuery ? nil : "(" + writer.text + ")"
  }
}

private struct CatalogWriter {
  var text = ""
  var hasQuery = false
}

// MARK: - Values

extension CatalogWriter {
  /// `rank` is what the operator around it needs: 1 for `+` and its like, 2 for the right side of these and
  /// for `*`, 3 for the right side of `*`, 4 for signs.
  mutating func write(_ expression: Expression, rank: Int) {
    switch expression {
    case .literal(let literal): write(literal)
    case .variable(let name), .systemVariable(let name), .datePart(let name): text += name
    case .defaultValue: text += "DEFAULT"
    case .column(let column): write(column)
    case .unary(.minus, .literal(let literal)) where literal.isNumber:
      text += "(-" + literal.digits + ")"
    case .unary(.bitwiseNot, let operand):
      enclose(rank > 3) { writer in
        writer.text += "~"
        writer.write(operand, rank: 4)
      }
    case .unary(let sign, let operand):
      // What follows a sign belongs to it, and two of them begin a comment.
      enclose(rank > 1) { writer in
        writer.text += sign == .minus ? "-" : "+"
        writer.write(operand, rank: 2)
      }
    case .binary(let operation, let left, let right):
      let own = operation.rank
      enclose(own < rank) { writer in
        // Also the left side of the same rank: (([a]+' ')+[b]).
        writer.write(left, rank: own + 1)
        writer.text += operation.symbol
        writer.write(right, rank: own + 1)
      }
    case .function(let call): write(call)
    case .cast(let value, to: let type, isTry: let isTry):
      writeConvert(type, value, style: nil, isTry: isTry)
    case .convert(let type, let value, style: let style, isTry: let isTry):
      writeConvert(type, value, style: style, isTry: isTry)
    case .simpleCase(let value, let whens, else: let other):
      text += "case "
      write(value, rank: 0)
      for when in whens {
        text += " when "
        write(when.value, rank: 0)
        text += " then "
        write(when.result, rank: 0)
      }
      writeEnd(other)
    case .searchedCase(let whens, else: let other):
      text += "case"
      for when in whens {
        text += " when "
        write(when.condition, rank: 0)
        text += " then "
        write(when.result, rank: 0)
      }
      writeEnd(other)
    case .collate(let value, let collation):
      write(value, rank: 4)
      text += " collate " + collation.text
    case .atTimeZone(let value, let zone):
      write(value, rank: 4)
      text += " AT TIME ZONE "
      write(zone, rank: 4)
    case .subquery, .identity: hasQuery = true
    }
  }

  private mutating func enclose(_ isNeeded: Bool, _ body: (inout Self) -> Void) {
    if isNeeded { text += "(" }
    body(&self)
    if isNeeded { text += ")" }
  }

  private mutating func write(_ literal: Literal) {
    switch literal {
    case .null: text += "NULL"
    case .integer, .decimal, .float, .money: text += "(" + literal.digits + ")"
    case .string(let units): text += quoted(units)
    case .nationalString(let units): text += "N" + quoted(units)
    case .binary(let bytes):
      let digits = Array("0123456789ABCDEF".utf8)
      text += "0x"
      for byte in bytes {
        text += String(decoding: [digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
      }
    }
  }

  private func quoted(_ units: [UInt16]) -> String {
    "'" + String(decoding: units, as: UTF16.self).replacing("'", with: "''") + "'"
  }

  private func bracketed(_ name: Identifier) -> String {
    "[" + name.text.replacing("]", with: "]]") + "]"
  }

  private func bracketed(_ name: ObjectName) -> String {
    [name.server, name.database, name.schema, name.name].compactMap { $0.map(bracketed) }
      .joined(separator: ".")
  }

  private mutating func write(_ column: ColumnReference) {
    if let table = column.table { text += bracketed(table) + "." }
    text += bracketed(column.name)
  }

  private mutating func writeList(_ values: [Expression]) {
    for (position, value) in values.enumerated() {
      if position > 0 { text += "," }
      write(value, rank: 0)
    }
  }

  private mutating func write(_ call: FunctionCall) {
    let name = call.name.name.text.uppercased()
    let isPlain = call.name.schema == nil && !call.name.name.isQuoted
    switch (isPlain ? name : "", call.arguments.count) {
    case ("CURRENT_TIMESTAMP", 0): text += "getdate()"
    case ("USER", 0), ("CURRENT_USER", 0): text += "user_name()"
    case ("SESSION_USER", 0): text += "session_user"
    case ("SYSTEM_USER", 0): text += "suser_sname()"
    default:
      text += isPlain ? name.lowercased() : bracketed(call.name)
      text += "("
      if call.isDistinct { text += "distinct " }
      if call.isStar { text += "*" }
      writeList(call.arguments)
      text += ")"
    }
  }

  private mutating func writeConvert(
    _ type: DataType, _ value: Expression, style: Expression?, isTry: Bool
  ) {
    if isTry, style == nil {
      text += "TRY_CAST("
      write(value, rank: 0)
      text += " AS "
      write(type)
    } else {
      text += isTry ? "TRY_CONVERT(" : "CONVERT("
      write(type)
      text += ","
      write(value, rank: 0)
      if let style {
        text += ","
        write(style, rank: 0)
      }
    }
    text += ")"
  }

  private mutating func write(_ type: DataType) {
    if let schema = type.schema { text += bracketed(schema) + "." }
    text += bracketed(Identifier(type.schema == nil ? type.name.text.lowercased() : type.name.text))
    switch type.length {
    case nil: break
    case .max: text += "(max)"
    case .number(let length): text += "(\(length)" + (type.scale.map { ",\($0)" } ?? "") + ")"
    }
  }

  private mutating func writeEnd(_ other: Expression?) {
    if let other {
      text += " else "
      write(other, rank: 0)
    }
    text += " end"
  }
}

// MARK: - Conditions

extension CatalogWriter {
  /// `rank` is what is around it: 0 nothing, 1 OR, 2 AND, 3 NOT.
  mutating func write(_ condition: Condition, rank: Int) {
    switch condition {
    case .comparison(let operation, let left, let right):
      writeCompared(left)
      text += operation.symbol
      writeCompared(right)
    case .all(let conditions): writeChain(conditions, " AND ", rank: 2, outer: rank)
    case .any(let conditions): writeChain(conditions, " OR ", rank: 1, outer: rank)
    case .not(let operand):
      text += "NOT "
      write(operand, rank: 3)
    case .isNull(let value, let isNegated):
      write(value, rank: 0)
      text += isNegated ? " IS NOT NULL" : " IS NULL"
    case .between(let value, let low, let high, let isNegated):
      let range = Condition.all([
        .comparison(.greaterOrEqual, value, low), .comparison(.lessOrEqual, value, high),
      ])
      write(isNegated ? .not(range) : range, rank: rank)
    case .inList(let value, let list, let isNegated):
      // The last comes first.
      let equal = list.reversed().map { Condition.comparison(.equal, value, $0) }
      let any = equal.count == 1 ? equal[0] : .any(equal)
      write(isNegated ? .not(any) : any, rank: rank)
    case .like(let value, let pattern, let escape, let isNegated):
      if isNegated { text += "NOT " }
      write(value, rank: 0)
      text += " like "
      write(pattern, rank: 0)
      if let escape {
        text += " escape "
        write(escape, rank: 0)
      }
    case .distinct(let left, let right, let isNegated):
      write(left, rank: 0)
      text += isNegated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM "
      write(right, rank: 0)
    case .updates(let column): text += "update(" + bracketed(column) + ")"
    case .quantified, .inQuery, .exists: hasQuery = true
    }
  }

  /// A side of a comparison: only bits are enclosed.
  private mutating func writeCompared(_ value: Expression) {
    guard case .binary(let operation, _, _) = value else { return write(value, rank: 0) }
    enclose(operation.isBitwise) { $0.write(value, rank: 0) }
  }

  private mutating func writeChain(_ conditions: [Condition], _ word: String, rank: Int, outer: Int) {
    enclose(rank < outer) { writer in
      for (position, condition) in conditions.enumerated() {
        if position > 0 { writer.text += word }
        // What BETWEEN stands for is enclosed, unless it comes first.
        writer.write(condition, rank: position == 0 ? rank : rank + 1)
      }
    }
  }
}

extension Literal {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .decimal, .float, .money: true
    default: false
    }
  }

  /// Of a number, without a sign.
  fileprivate var digits: String {
    switch self {
    case .integer(let value): return String(value)
    case .decimal(let digits, let scale): return Self.pointed(digits, scale: scale)
    case .money(let value): return "$" + Self.pointed(String(value), scale: 4)
    case .float(let value):
      // C has two digits of exponent where SQL Server has three.
      let parts = String(format: "%.16e", value).split(separator: "e")
      let exponent = parts[1].dropFirst()
      let zeros = String(repeating: "0", count: max(0, 3 - exponent.count))
      return "\(parts[0])e\(parts[1].prefix(1))\(zeros)\(exponent)"
    default: return ""
    }
  }

  private static func pointed(_ digits: String, scale: Int) -> String {
    guard scale > 0 else { return digits }
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    return "\(padded.dropLast(scale)).\(padded.suffix(scale))"
  }
}

extension BinaryOperator {
  /// How tightly it binds: `*` and its like 2, the others 1.
  fileprivate var rank: Int {
    switch self {
    case .multiply, .divide, .modulo: 2
    default: 1
    }
  }

  fileprivate var isBitwise: Bool {
    self == .bitwiseAnd || self == .bitwiseOr || self == .bitwiseXor
  }

  fileprivate var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .modulo: "%"
    case .bitwiseAnd: "&"
    case .bitwiseOr: "|"
    case .bitwiseXor: "^"
    }
  }
}

extension ComparisonOperator {
  fileprivate var symbol: String {
    switch self {
    case .equal: "="
    case .notEqual: "<>"
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }
}
