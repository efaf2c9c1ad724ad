import Databases

/// Orders tables so that every table comes after those that it references.
///
/// Tables that reference each other in a circle share a level; a reference to itself counts for nothing.
package enum Levels {
  package static func of(_ tables: [TableSchema]) -> [[TableName]] {
    let names = tables.map(\.name)
    let known = Set(names)
    let references = Dictionary(
      uniqueKeysWithValues: tables.map { table in
        (
          table.name,
          table.foreignKeys.map(\.referencedTable).filter { $0 != table.name && known.contains($0) }
        )
      })
    let components = stronglyConnected(names, references)
    var level: [TableName: Int] = [:]
    // Components arrive with what they reference first.
    for component in components {
      let members = Set(component)
      let below = component.flatMap { references[$0] ?? [] }.filter { !members.contains($0) }
      let own = (below.compactMap { level[$0] }.max() ?? -1) + 1
      for name in component { level[name] = own }
    }
    let count = (level.values.max() ?? -1) + 1
    var levels = Array(repeating: [TableName](), count: count)
    for name in names { levels[level[name] ?? 0].append(name) }
    return levels
  }

  /// Tarjan's algorithm, with a stack of its own so that a long chain of references cannot overflow ours.
  private static func stronglyConnected(
    _ names: [TableName], _ references: [TableName: [TableName]]
  ) -> [[TableName]] {
    var index: [TableName: Int] = [:]
    var low: [TableName: Int] = [:]
    var open: [TableName] = []
    var isOpen: Set<TableName> = []
    var components: [[TableName]] = []

    for root in names where index[root] == nil {
      var path: [(name: TableName, next: Int)] = [(root, 0)]
      while let (name, next) = path.last {
        if next == 0 {
          index[name] = index.count
          low[name] = index[name]
          open.append(name)
          isOpen.insert(name)
        }
        let targets = references[name] ?? []
        if next < targets.count {
          path[path.count - 1].next += 1
          let target = targets[next]
          if index[target] == nil {
            path.append((target, 0))
          } else if isOpen.contains(target) {
            low[name] = min(low[name]!, index[target]!)
          }
          continue
        }
        path.removeLast()
        if let parent = path.last?.name { low[parent] = min(low[parent]!, low[name]!) }
        if low[name] == index[name] {
          var component: [TableName] = []
          while let last = open.popLast() {
            isOpen.remove(last)
            component.append(last)
            if last == name { break }
          }
          components.append(component)
        }
      }
    }
    return components
  }
}
