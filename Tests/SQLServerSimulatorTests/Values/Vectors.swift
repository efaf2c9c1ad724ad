import SQLServerSimulator

/// What a conversion or an operator gives, as text: the value printed, `NULL`, or `#` and the error's number.
enum Vectors {
  static let max = SQLType.unlimited

  static func printed(_ value: SQLValue, _ type: SQLType) -> String {
    if case .binary(let bytes) = value {
      return "0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }
    guard !value.isNull else { return "NULL" }
    // Exact forms, whatever a type's own style leaves out.
    let style = type.isApproximate ? 3 : type.isMoney ? 2 : type.isDateOrTime ? 121 : nil
    do {
      let text = try value.converted(from: type, to: .nvarchar(max), style: type.isApproximate ? nil : style)
      guard case .text(let units) = text else { return "?" }
      return String(decoding: units, as: UTF16.self)
    } catch {
      return "#\(error.number)"
    }
  }

  static func result(_ body: () throws(SQLError) -> (SQLValue, SQLType)) -> String {
    do {
      let (value, type) = try body()
      return printed(value, type)
    } catch {
      return "#\(error.number)"
    }
  }

  /// CONVERT of a text.
  static func convert(
    _ text: String, _ source: SQLType = .varchar(max), to target: SQLType, style: Int? = nil,
    options: EvaluationContext.Options = EvaluationContext.Options()
  ) -> String {
    result { () throws(SQLError) in
      (try SQLValue.text(text).converted(from: source, to: target, style: style, options: options), target)
    }
  }

  /// CAST of a text to a type, and CONVERT of that to another.
  static func convert(
    _ text: String, as source: SQLType, to target: SQLType, style: Int? = nil
  ) -> String {
    result { () throws(SQLError) in
      let value = try SQLValue.text(text).converted(from: .varchar(max), to: source)
      return (try value.converted(from: source, to: target, style: style), target)
    }
  }
}
