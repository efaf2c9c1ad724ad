/// What a table that is created in another database is not given: it is said, so that nobody has to find out.
extension TableSchema {
  /// What a table of `target` made from this one lacks, a sentence each. An engine that cannot even use its own
  /// words adds its reasons to these.
  package func omissions(in target: Engine) -> [String] {
    var sentences = columns.filter { $0.isGenerated && !keepsGeneration(of: $0, in: target) }.map {
      omission("column \($0.name) is computed in the source, and an ordinary column here")
    }
    if target != engine {
      sentences += omissions("default", of: columns.filter { $0.isDefaultLost }.map(\.name))
      sentences += omissions("collation", of: columns.filter { $0.collation != nil }.map(\.name))
      sentences += columns.filter(\.isOfUserType).map {
        notCarried("what type \($0.declared) of column \($0.name) forbids")
      }
      sentences += checks.map { notCarried($0.described) }
      sentences += indexes.filter(\.nullsAreEqual).map {
        notCarried("that index \($0.name) takes one NULL for another")
      }
      if comment != nil || columns.contains(where: { $0.comment != nil }) {
        sentences.append(notCarried("what its comments say"))
      }
    }
    sentences += unportable.map(notCarried)
    return sentences + triggers.map { notCarried("trigger \($0)") }
  }

  /// Whether a table of `target` can compute the column, too.
  package func keepsGeneration(of column: ColumnSchema, in target: Engine) -> Bool {
    target == engine && column.generation != nil
  }

  package func omission(_ text: String) -> String { "table \(name): \(text)" }

  /// "table t: index i was not carried over", with the reason if there is one to give.
  package func notCarried(_ what: String, because reason: String) -> String {
    omission("\(what) was not carried over: \(reason)")
  }

  package func notCarried(_ what: String) -> String { omission("\(what) was not carried over") }

  /// One sentence for all columns: a table can have many defaults.
  private func omissions(_ what: String, of columns: [String]) -> [String] {
    guard let last = columns.last else { return [] }
    guard columns.count > 1 else { return [notCarried("the \(what) of column \(last)")] }
    let list = columns.dropLast().joined(separator: ", ")
    return [omission("the \(what)s of columns \(list) and \(last) were not carried over")]
  }
}

extension ColumnSchema {
  fileprivate var isDefaultLost: Bool { defaultExpression != nil && identity == nil && !isGenerated }
}

extension CheckSchema {
  /// By its name; by its text where it has none.
  package var described: String { name.isEmpty ? definition : "CHECK constraint \(name)" }
}
