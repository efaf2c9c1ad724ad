import Databases

/// Orders tables so that every table comes after those that it references.
///
/// Tables that reference each other in a circle share a level; a reference to itself counts for nothing.
package enum Levels {
  package static func of(_ tables: [TableSchema]) -> [[TableName]] {
    let positions = Dictionary(uniqueKeysWithValues: zip(tables.map(\.name), tables.indices))
    let references = tables.enumerated().map { position, table in
      table.foreignKeys.compactMap { positions[$0.referencedTable] }.filter { $0 != position }
    }
    var levels = Array(repeating: 0, count: tables.count)
    // Components arrive with what they reference first.
    for component in stronglyConnected(references) {
      let members = Set(component)
      let below = component.flatMap { references[$0] }.filter { !members.contains($0) }
      let own = (below.map { levels[$0] }.max() ?? -1) + 1
      for position in component { levels[position] = own }
    }
    var names = Array(repeating: [TableName](), count: (levels.max() ?? -1) + 1)
    for (table, level) in zip(tables, levels) { names[level].append(table.name) }
    return names
  }

  /// Tarjan's algorithm, with a stack of its own so that a long chain of references cannot overflow ours. Tables are
  /// named by their position.
  private static func stronglyConnected(_ references: [[Int]]) -> [[Int]] {
    var indexes: [Int?] = references.map { _ in nil }
    var low = references.map { _ in 0 }
    var visited = 0
    var open: [Int] = []
    var isOpen = references.map { _ in false }
    var components: [[Int]] = []

    for root in references.indices where indexes[root] == nil {
      var path: [(table: Int, next: Int)] = [(root, 0)]
      while let (table, next) = path.last {
        if next == 0 {
          indexes[table] = visited
          low[table] = visited
          visited += 1
          open.append(table)
          isOpen[table] = true
        }
        if next < references[table].count {
          path[path.count - 1].next += 1
          let target = references[table][next]
          guard let index = indexes[target] else {
            path.append((target, 0))
            continue
          }
          if isOpen[target] { low[table] = min(low[table], index) }
          continue
        }
        path.removeLast()
        if let parent = path.last?.table { low[parent] = min(low[parent], low[table]) }
        guard low[table] == indexes[table] else { continue }
        var component: [Int] = []
        while let last = open.popLast() {
          isOpen[last] = false
          component.append(last)
          if last == table { break }
        }
        components.append(component)
      }
    }
    return components
  }
}
