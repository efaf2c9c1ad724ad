/// A column of a result.
package struct OutputColumn: Sendable {
  /// Empty if it has none.
  package var name: String
  /// Nil for the constant NULL.
  var type: SQLType?
  package var isNullable: Bool
  package var isIdentity = false
  /// It is calculated, not a table's column.
  package var isExpression = true
  /// The table that it comes from unchanged, by number.
  package var table: Int?

  /// As a client is told: NULL is an int, and text has the database's collation where nothing else was said.
  package var declared: SQLType {
    var type = type ?? .int
    if type.isText, type.collation == nil { type.collation = .standard }
    return type
  }
}

struct BoundItem: Sendable {
  var name: String
  var expression: BoundExpression
  /// The variable that it is assigned to.
  var variable: Int?
}

struct BoundOrder: Sendable {
  var expression: BoundExpression
  var isDescending: Bool

  init(_ expression: BoundExpression, isDescending: Bool) {
    self.expression = expression
    self.isDescending = isDescending
  }
}

struct BoundTop: Sendable {
  var count: BoundExpression
  var isPercent: Bool
  var withTies: Bool
}

struct BoundWindow: Sendable {
  enum Function: Sendable, Equatable {
    case rowNumber, rank, denseRank, tiles
    case aggregate(AggregateFunction)

    init?(ranking name: String) {
      switch name {
      case "row_number": self = .rowNumber
      case "rank": self = .rank
      case "dense_rank": self = .denseRank
      case "ntile": self = .tiles
      default: return nil
      }
    }
  }

  var function: Function
  var argument: BoundExpression?
  var partition: [BoundExpression]
  var order: [BoundOrder]
  /// Up to the row itself, not to its peers.
  var isRows: Bool
  /// All of the partition.
  var isWhole: Bool
  var slot: Int
  var type: SQLType
}

/// What a table's column is compared with: what may narrow a scan.
struct SeekCondition: Sendable {
  var field: Int
  var operation: ComparisonOperator
  var value: BoundExpression
  /// That the comparison is made in.
  var type: SQLType
  /// Sources of the same query that the value needs.
  var needs: UInt64
}

struct BoundSource: Sendable {
  enum Kind: Sendable {
    case table(Int, hints: LockHints)
    case virtual(any VirtualTable)
    case derived(BoundQuery)
    case values([[BoundExpression]])
  }

  var kind: Kind
  var columns: [SourceColumn]
  /// Of WHERE and of the joins' conditions.
  var seeks: [SeekCondition] = []
}

indirect enum FromNode: Sendable {
  case source(Int)
  case join(BoundJoin)

  /// Nothing is joined.
  var isSource: Bool { sources.count == 1 }

  /// The sources below it.
  var sources: [Int] {
    switch self {
    case .source(let number): [number]
    case .join(let join): join.left.sources + join.right.sources
    }
  }
}

struct BoundJoin: Sendable {
  var kind: JoinKind
  var left: FromNode
  var right: FromNode
  var condition: BoundCondition?
  /// Pairs of equal values, by which rows of the right side are looked up.
  var keys: [(left: BoundExpression, right: BoundExpression, type: SQLType)] = []
}

struct BoundSelect: Sendable {
  var sources: [BoundSource] = []
  /// Nil without FROM.
  var from: FromNode?
  var filter: BoundCondition?
  var isGrouped = false
  var keys: [GroupKey] = []
  var aggregates: [BoundAggregate] = []
  var having: BoundCondition?
  var windows: [BoundWindow] = []
  var slotCount = 0
  var items: [BoundItem] = []
  var isDistinct = false
  var top: BoundTop?
  var order: [BoundOrder] = []
  var offset: BoundExpression?
  var fetch: BoundExpression?
  /// Which fields of the only source's rows the result consists of, if nothing is calculated.
  var fields: [Int]?
  /// The source whose rows are looked for to update or delete them.
  var updated: Int?

  /// A source's rows as they are, all of them, in their order.
  var isPlainScan: Bool {
    guard fields != nil, filter == nil, order.isEmpty, offset == nil, fetch == nil, top == nil else {
      return false
    }
    return true
  }
}

indirect enum QueryPlan: Sendable {
  case select(BoundSelect)
  case combination(BoundCombination)
}

struct BoundCombination: Sendable {
  var first: BoundQuery
  var rest: [(operation: SetOperator, query: BoundQuery)]
  /// Positions of columns.
  var order: [(column: Int, isDescending: Bool)] = []
  var offset: BoundExpression?
  var fetch: BoundExpression?
}

/// A query whose names are found.
package final class BoundQuery: Sendable, Equatable {
  package let columns: [OutputColumn]
  let plan: QueryPlan
  /// It reads rows of the queries around it.
  package let isCorrelated: Bool

  init(columns: [OutputColumn], plan: QueryPlan, isCorrelated: Bool) {
    self.columns = columns
    self.plan = plan
    self.isCorrelated = isCorrelated
  }

  package static func == (left: BoundQuery, right: BoundQuery) -> Bool { left === right }

  /// Where the columns are in the rows of its result.
  package var fields: [Int] {
    if case .select(let select) = plan, let fields = select.fields { return fields }
    return Array(columns.indices)
  }
}
