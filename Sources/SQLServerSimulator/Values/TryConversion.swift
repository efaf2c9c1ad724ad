extension SQLValue {
  /// TRY_CAST and TRY_CONVERT: NULL where the value does not convert. A conversion between types that do not
  /// convert at all is an error here, too.
  package func tryConverted(
    from source: SQLType, to target: SQLType, style: Int? = nil,
    options: EvaluationContext.Options = EvaluationContext.Options()
  ) throws(SQLError) -> SQLValue {
    do {
      return try converted(from: source, to: target, style: style, options: options)
    } catch {
      switch error.number {
      case 206, 257, 529, 281, 9809, 40514: throw error
      default: return .null
      }
    }
  }
}
