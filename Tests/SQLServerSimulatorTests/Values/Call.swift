import SQLServerSimulator

/// A function call on values written as text: what it gives, printed, or `#` and the error's number.
struct Call {
  var context = EvaluationContext()
  private(set) var declaration = ""

  typealias Argument = (text: String?, type: SQLType?)

  static func text(_ text: String?) -> Argument { (text, .varchar(max(1, text?.utf16.count ?? 1))) }
  static func national(_ text: String?) -> Argument { (text, .nvarchar(max(1, text?.utf16.count ?? 1))) }
  static func int(_ number: Int?) -> Argument { (number.map(String.init), .int) }
  static func of(_ text: String, _ type: SQLType) -> Argument { (text, type) }
  static let null: Argument = (nil, nil)

  mutating func run(_ name: String, _ arguments: Argument...) -> String {
    var declared = ""
    let result = Vectors.result { () throws(SQLError) in
      let function = try ScalarFunction.named(name)
      var values: [SQLValue] = []
      for argument in arguments {
        guard let text = argument.text, let type = argument.type else {
          values.append(.null)
          continue
        }
        values.append(try SQLValue.text(text).converted(from: .nvarchar(Vectors.max), to: type))
      }
      let types = arguments.map(\.type)
      let type = try function.result(types)
      declared = type.declaration
      return (try function.evaluate(values, types, result: type, in: &context), type)
    }
    declaration = declared
    return result
  }
}
