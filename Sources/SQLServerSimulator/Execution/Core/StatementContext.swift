/// The row of each source of a query, and what was calculated of it or of its group.
package struct RowFrame: Sendable {
  /// By the ordinal of the source; nil on the empty side of an outer join.
  package var rows: ContiguousArray<ServerRow?>
  /// Keys of groups, aggregates and window functions.
  package var slots: [SQLValue] = []

  package init(_ rows: ContiguousArray<ServerRow?>) { self.rows = rows }
  package init(sources: Int) { rows = ContiguousArray(repeating: nil, count: sources) }
}

/// Everything that an attempt of a statement reads and changes.
///
/// Whoever has the storage swaps it in, and takes storage and session out again when the attempt is over:
/// see `attempt`.
package struct StatementContext: Sendable {
  package var storage: Storage
  package var session: SessionState
  /// Time, seed, options and warnings.
  package var evaluation: EvaluationContext
  package var catalog: any ServerCatalog
  /// The rows that expressions read, of the outermost query first.
  package var frames: [RowFrame] = []
  /// What subqueries that do not depend on the row have answered.
  var answers: [ObjectIdentifier: SubqueryAnswer] = [:]
  /// Who runs the triggers of what is written. Without, what would fire one is refused.
  package var triggers: (any TriggerRunner)?
  /// The triggers that are being run, by object_id, the innermost last.
  package internal(set) var firing: [Int32] = []
  /// Rows of the catalog that the statement has read.
  var catalogRows: [String: CatalogCache] = [:]

  package init(
    storage: Storage, session: SessionState, catalog: any ServerCatalog, now: Int64 = 0, offset: Int = 0,
    seed: UInt64 = 0
  ) {
    self.storage = storage
    self.session = session
    self.catalog = catalog
    evaluation = EvaluationContext(options: session.options, now: now, offset: offset, seed: seed)
  }

  /// Runs a body as an attempt of a statement: see `Storage.statement`. What the body changes of the session
  /// stays only if it is done.
  ///
  /// - Parameter clock: the storage's time, for waits.
  package mutating func attempt<Value: Sendable>(
    clock: Duration = .zero, _ body: (inout StatementContext) throws(SQLError) -> Value
  ) throws(SQLError) -> Attempt<Value> {
    // The body has the storage while it runs; an empty one stands in for it.
    var whole = Storage.vacant
    swap(&whole, &storage)
    defer { swap(&whole, &storage) }
    let number = session.number
    return try whole.statement(number, now: clock) { storage throws(SQLError) in
      swap(&storage, &self.storage)
      defer { swap(&storage, &self.storage) }
      let before = session
      let seed = evaluation.seed
      evaluation.warnings = []
      frames = []
      firing = []
      answers = [:]
      catalogRows = [:]
      do throws(SQLError) {
        return .done(try body(&self))
      } catch {
        session = before
        guard error.isBlocked else { throw error }
        evaluation.seed = seed
        return .blocked
      }
    }
  }

  /// Calls a body with the rows of a frame on top of the others.
  package mutating func withFrame<Value>(
    _ frame: RowFrame, _ body: (inout StatementContext) throws(SQLError) -> Value
  ) throws(SQLError) -> Value {
    frames.append(frame)
    defer { frames.removeLast() }
    return try body(&self)
  }
}

extension Storage {
  /// Stands where a storage was taken out.
  static let vacant = Storage()
}
