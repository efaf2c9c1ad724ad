import Databases

/// What a server and its client know of a connection: makes moments of calls, and says what a call may still do.
struct FaultySession {
  enum Condition: Equatable {
    case open
    /// An error rolled the transaction back, and the server waits for the client to notice.
    case aborted
    case dead
  }

  /// What becomes of a call before anything is asked.
  enum Admission: Equatable {
    case admitted
    case refused
    case dead
    /// Nothing is left to do it with, and that is no error.
    case void
  }

  /// What comes in place of the next part of a read.
  enum Blow: Equatable {
    case cut
    case fail(InjectedError)
  }

  private struct Stream {
    var table: String
    var batch = 0
    var offset = 0
  }

  private(set) var condition = Condition.open
  private(set) var isInTransaction = false
  private var touched: String?
  private var unit: String?
  private var read: Stream?
  private var write: Stream?
  private var owed: Blow?

  // MARK: Before a call

  mutating func admit(_ operation: Operation) -> Admission {
    switch condition {
    case .dead: return .dead
    case .open:
      // What rolls back nothing does not reach the server.
      return operation == .rollback && !isInTransaction ? .void : .admitted
    case .aborted:
      switch operation {
      case .rollback: return .admitted
      case .commit:
        ended()
        return .refused
      default: return .refused
      }
    }
  }

  func moment(_ side: Side, _ call: FaultyCall) -> Moment {
    var moment = Moment(side: side, operation: call.operation, table: call.table, unit: unit)
    switch call.operation {
    case .connect, .catalog, .snapshot, .fence, .read, .prepare: moment.unit = nil
    case .commit, .rollback: moment.table = touched
    default: break
    }
    return moment
  }

  /// The moment that moves these rows; `operation` is read or write.
  mutating func batch(_ side: Side, _ call: FaultyCall, bytes: Int) -> Moment {
    var moment = moment(side, call)
    let isRead = call.operation == .read
    var stream = (isRead ? read : write) ?? Stream(table: "")
    stream.batch += 1
    moment.table = stream.table
    moment.batch = stream.batch
    moment.offset = stream.offset
    moment.bytes = bytes
    stream.offset += bytes
    if isRead { read = stream } else { write = stream }
    return moment
  }

  // MARK: After it

  mutating func began() {
    isInTransaction = true
    touched = nil
  }

  mutating func ended() {
    condition = condition == .dead ? .dead : .open
    isInTransaction = false
    (touched, read, write, owed) = (nil, nil, nil, nil)
  }

  mutating func claims(_ unit: UnitKey) { self.unit = unit.description }
  mutating func touches(_ table: TableName) { touched = table.name }
  mutating func opensRead(_ table: TableName) { (read, owed) = (Stream(table: table.name), nil) }
  mutating func opensWrite(_ table: TableName) { write = Stream(table: table.name) }
  mutating func closesRead() { (read, owed) = (nil, nil) }
  mutating func owes(_ blow: Blow) { owed = blow }
  mutating func takeOwed() -> Blow? {
    defer { owed = nil }
    return owed
  }
  var writtenTable: String? { write?.table }
  var readTable: String? { read?.table }

  mutating func aborts() { if condition == .open { condition = .aborted } }
  mutating func dies() { condition = .dead }
}
