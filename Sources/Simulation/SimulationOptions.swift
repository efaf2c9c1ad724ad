import FaultInjection
import Runtime

/// Everything that makes one simulation: printed as a line, read back from it, and drawn from a seed.
package struct SimulationOptions: Sendable, Hashable {
  /// What a table's rows are told apart by.
  package enum Shape: String, Sendable, CaseIterable {
    case integers, texts
    /// A unique column with NULLs in it, and no primary key.
    case nullable
    case composite
    /// No key at all, and rows that are there twice.
    case bag
    /// References the table before it.
    case child
    /// A second unique column, whose values move between rows.
    case unique
    /// With plain indexes and a trigger.
    case indexed
  }

  package struct Table: Sendable, Hashable {
    package var shape: Shape
    package var rows: Int
  }

  /// What may become of any call.
  package enum Trouble: String, Sendable, CaseIterable {
    case deadlock, serialization, cut, lost, throttled, readOnly, permanent, stall, delay, duplicate
  }

  /// What a database is like, and what the simulation does beside running the job.
  package enum Flag: String, Sendable, CaseIterable {
    /// The target lacks the tables, and the job creates them.
    case create
    /// Readers wait for rows that are being changed.
    case locking
    /// Deletes lock the gaps between keys.
    case gaps
    /// An error undoes its statement only, not its transaction.
    case statements
    /// Readers cannot share a snapshot.
    case unshared
    /// The target, once equal, is damaged on purpose, found different, and mended.
    case damage
    /// Nothing is retried within a run.
    case unretried
    /// Later runs believe the ledger.
    case resume
    /// Later runs forget the ledger.
    case fresh
    /// The source is like SQL Server, whatever the other flags say of databases.
    case fromSQLServer = "from-sqlserver"
    /// The target is.
    case toSQLServer = "to-sqlserver"
  }

  /// What happens once, at a call.
  package enum Event: String, Sendable, CaseIterable {
    /// The process that calls dies without another word.
    case kill
    /// The process that calls stands still for so long that its server gives its lock away, and another begins.
    case freeze
    /// A second process begins the same job.
    case second
    /// The process that calls is asked to stop.
    case stop
    case crashSource, crashTarget
    /// The target crashes, and is a standby that cannot be written when it is there again.
    case failover
    /// Somebody changes rows of the source.
    case write
    /// Somebody holds rows of the target for a while.
    case lock
  }

  package struct TimedEvent: Sendable, Hashable {
    package var event: Event
    /// Counted over all calls of all processes, from 1.
    package var call: Int
  }

  package var tables: [Table]
  /// Rows of a hundred that the target has before the first run, from an earlier time.
  package var stale = 0
  package var workers = 2
  package var unitBytes = 600
  package var transactionBytes = 1_200
  package var batchBytes = 200
  package var channelBytes = 400
  /// Attempts that the retry policy allows at a unit.
  package var attempts = 5
  /// The longest time that a message is on its way, in microseconds.
  package var latency = 500
  /// How long a server keeps the session of a client that vanished, in milliseconds.
  package var zombie = 30_000
  /// How often each trouble strikes, of ten thousand calls.
  package var troubles: [Trouble: Int] = [:]
  package var events: [TimedEvent] = []
  package var flags: Set<Flag> = []

  package init(tables: [Table]) { self.tables = tables }

  /// The numbers among the options, and the least that each may be.
  static let numbers:
    [(name: String, path: any WritableKeyPath<SimulationOptions, Int> & Sendable, least: Int)] =
      [
        ("stale", \.stale, 0), ("workers", \.workers, 1), ("unit", \.unitBytes, 1),
        ("transaction", \.transactionBytes, 1), ("batch", \.batchBytes, 1), ("channel", \.channelBytes, 1),
        ("attempts", \.attempts, 1), ("latency", \.latency, 0), ("zombie", \.zombie, 0),
      ]
}

// MARK: Drawing

extension SimulationOptions {
  /// Swarm: a seed switches most kinds of trouble off, so that the rest can be frequent without drowning each other.
  package static func drawn(from seed: UInt64) -> SimulationOptions {
    var draws = Seed(seed).derived(1)
    var options = SimulationOptions(tables: [])
    for _ in 0..<Int.random(in: 1...3, using: &draws) {
      let shape = Shape.allCases.randomElement(using: &draws) ?? .integers
      let rows =
        Bool.random(using: &draws)
        ? Int.random(in: 0...6, using: &draws) : Int.random(in: 7...40, using: &draws)
      options.tables.append(Table(shape: shape, rows: rows))
    }
    options.stale = [0, 0, 30, 100].randomElement(using: &draws) ?? 0
    options.workers = Int.random(in: 1...4, using: &draws)
    options.unitBytes = [100, 300, 600, 1_200, 100_000].randomElement(using: &draws) ?? 600
    options.transactionBytes = [1, 200, 1_000, 100_000].randomElement(using: &draws) ?? 1_000
    options.batchBytes = [1, 80, 200, 1_000].randomElement(using: &draws) ?? 200
    options.channelBytes = [1, 150, 400, 4_000].randomElement(using: &draws) ?? 400
    options.attempts = [1, 2, 5, 10].randomElement(using: &draws) ?? 5
    options.latency = [0, 50, 500, 5_000].randomElement(using: &draws) ?? 500
    options.zombie = [0, 50, 1_000, 30_000].randomElement(using: &draws) ?? 30_000
    for flag in Flag.allCases where Int.random(in: 0..<4, using: &draws) == 0 { options.flags.insert(flag) }
    // Some seeds have no faults at all, some only one kind.
    switch Int.random(in: 0..<8, using: &draws) {
    case 0: break
    case 1: options.drawTroubles(1, &draws)
    case 2: options.drawEvents(1, &draws)
    default:
      options.drawTroubles(Int.random(in: 0...4, using: &draws), &draws)
      options.drawEvents(Int.random(in: 0...4, using: &draws), &draws)
    }
    return options
  }

  private mutating func drawTroubles(_ count: Int, _ draws: inout Seed) {
    for _ in 0..<count {
      let trouble = Trouble.allCases.randomElement(using: &draws) ?? .cut
      troubles[trouble] = [5, 20, 50, 150, 400].randomElement(using: &draws) ?? 20
    }
  }

  private mutating func drawEvents(_ count: Int, _ draws: inout Seed) {
    for _ in 0..<count {
      let event = Event.allCases.randomElement(using: &draws) ?? .kill
      // A small job has some 100 calls, a large one 500: most events ought to strike.
      let last = [60, 150, 400].randomElement(using: &draws) ?? 150
      events.append(TimedEvent(event: event, call: Int.random(in: 1...last, using: &draws)))
    }
    events.sort { ($0.call, $0.event.rawValue) < ($1.call, $1.event.rawValue) }
  }
}

// MARK: As a line

extension SimulationOptions: CustomStringConvertible {
  /// `tables=integers:30+child:12 workers=2 … deadlock=50 kill@40`: what `init(_:)` reads.
  package var description: String {
    var words = ["tables=" + tables.map { "\($0.shape.rawValue):\($0.rows)" }.joined(separator: "+")]
    words += SimulationOptions.numbers.map { "\($0.name)=\(self[keyPath: $0.path])" }
    words += Flag.allCases.filter(flags.contains).map(\.rawValue)
    words += Trouble.allCases.compactMap { trouble in troubles[trouble].map { "\(trouble.rawValue)=\($0)" } }
    words += events.map { "\($0.event.rawValue)@\($0.call)" }
    return words.joined(separator: " ")
  }

  /// What is wrong with a line of options.
  package struct Mistake: Error, Equatable {
    package let message: String

    package init(message: String) { self.message = message }
  }

  package init(_ text: String) throws(Mistake) {
    self.init(tables: [])
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let flag = Flag(rawValue: String(word)) {
        flags.insert(flag)
      } else if let at = word.firstIndex(of: "@") {
        try read(event: word[..<at], at: word[word.index(after: at)...])
      } else if let equals = word.firstIndex(of: "=") {
        try read(word[..<equals], is: word[word.index(after: equals)...])
      } else {
        throw Mistake(message: "'\(word)' is no option of a simulation")
      }
    }
    guard !tables.isEmpty else { throw Mistake(message: "there is no table: write tables=integers:30") }
  }

  private mutating func read(_ name: Substring, is value: Substring) throws(Mistake) {
    if name == "tables" {
      tables = try value.split(separator: "+").map { text throws(Mistake) in try SimulationOptions.table(text)
      }
      return
    }
    guard let number = Int(value) else { throw Mistake(message: "'\(name)=\(value)': \(value) is no number") }
    if let trouble = Trouble(rawValue: String(name)) {
      guard (0...10_000).contains(number) else {
        throw Mistake(message: "'\(name)=\(value)': troubles strike 0 to 10000 calls of ten thousand")
      }
      troubles[trouble] = number
    } else if let known = SimulationOptions.numbers.first(where: { $0.name == name }) {
      guard number >= known.least else {
        throw Mistake(message: "'\(name)=\(value)': it is at least \(known.least)")
      }
      self[keyPath: known.path] = number
    } else {
      throw Mistake(message: "'\(name)' is no option of a simulation")
    }
  }

  private mutating func read(event name: Substring, at value: Substring) throws(Mistake) {
    guard let event = Event(rawValue: String(name)), let call = Int(value), call > 0 else {
      let all = Event.allCases.map(\.rawValue).joined(separator: ", ")
      throw Mistake(message: "'\(name)@\(value)' is no event: they are \(all), each @ the number of a call")
    }
    events.append(TimedEvent(event: event, call: call))
  }

  private static func table(_ text: Substring) throws(Mistake) -> Table {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let shape = Shape(rawValue: String(parts[0])), let rows = Int(parts[1]),
      (0...10_000).contains(rows)
    else {
      let all = Shape.allCases.map(\.rawValue).joined(separator: ", ")
      throw Mistake(message: "'\(text)' is no table: write SHAPE:ROWS with one of \(all)")
    }
    return Table(shape: shape, rows: rows)
  }
}

extension SimulationOptions.Trouble {
  /// What it does to a call.
  var verdict: Verdict {
    switch self {
    case .deadlock: .fail(.kind(.deadlock), .before)
    case .serialization: .fail(.kind(.serialization), .before)
    case .cut: .cut(.before)
    case .lost: .cut(.after)
    case .throttled: .fail(.kind(.throttled), .before)
    case .readOnly: .fail(.kind(.readOnly), .before)
    case .permanent: .fail(.kind(.internalError), .before)
    case .stall: .stall(.seconds(20))
    case .delay: .delay(.seconds(2))
    case .duplicate: .duplicate
    }
  }

  /// The calls that it may strike.
  var operations: Set<Operation> {
    self == .duplicate ? Operation.repeatable : Set(Operation.allCases)
  }
}
