import Databases

/// The tables that a user named, or all.
package struct TableSelection: Sendable, Equatable {
  package var names: [String]

  package init(_ names: [String] = []) { self.names = names }

  /// The chosen tables in catalog order. A name is matched exactly first, then without case and underscores.
  package func choose(from tables: [TableSchema], endpoint: String) throws(JobError) -> [TableSchema] {
    guard !names.isEmpty else { return tables }
    var chosen: Set<TableName> = []
    for name in names {
      let exact = tables.filter { $0.name.name == name || $0.name.description == name }
      let loose = tables.filter { NameMatching.folded($0.name.name) == NameMatching.folded(name) }
      let found = exact.isEmpty ? loose : exact
      guard found.count == 1 else {
        let all = tables.map(\.name.name).joined(separator: ", ")
        throw JobError(
          .configuration,
          found.isEmpty
            ? "there is no table '\(name)' in \(endpoint)"
            : "the table name '\(name)' is ambiguous in \(endpoint)",
          remedy: "Its tables are: \(all.isEmpty ? "none" : all).")
      }
      chosen.insert(found[0].name)
    }
    return tables.filter { chosen.contains($0.name) }
  }
}
