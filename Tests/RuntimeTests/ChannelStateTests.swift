import Testing

@testable import Runtime

private typealias State = ChannelState<String, String, String>

/// Events in, actions out, in words: "accept p", "refuse p: closed", "deliver a to c", "end c", "fail c: oh".
private struct Script {
  var state: State
  private var tickets: [String: Int] = [:]

  init(limit: Int) { state = State(limit: limit) }

  private mutating func ticket(for name: String) -> Int {
    let ticket = state.takeTicket()
    tickets[name] = ticket
    return ticket
  }

  /// An element's weight is its length.
  mutating func send(_ element: String, by producer: String, isCancelled: Bool = false) -> [String] {
    let ticket = ticket(for: producer)
    return words(
      state.send(
        element, weight: element.count, ticket: ticket, producer: producer, isCancelled: isCancelled))
  }
  mutating func next(_ consumer: String = "c", isCancelled: Bool = false) -> [String] {
    let ticket = ticket(for: consumer)
    return words(state.next(ticket: ticket, consumer: consumer, isCancelled: isCancelled))
  }
  mutating func cancelSend(_ producer: String) -> [String] {
    words(state.cancelSend(ticket: tickets[producer] ?? -1))
  }
  mutating func cancelNext(_ consumer: String = "c") -> [String] {
    words(state.cancelNext(ticket: tickets[consumer] ?? -1))
  }
  mutating func finish(_ error: (any Error)? = nil) -> [String] { words(state.finish(throwing: error)) }
  mutating func close() -> [String] { words(state.close()) }

  private func words(_ actions: [State.Action]) -> [String] {
    actions.map { action in
      switch action {
      case .accept(let producer): "accept \(producer)"
      case .refuse(let producer, let error): "refuse \(producer): \(name(error))"
      case .deliver(let element, let consumer): "deliver \(element) to \(consumer)"
      case .end(let consumer): "end \(consumer)"
      case .fail(let consumer, let error): "fail \(consumer): \(name(error))"
      }
    }
  }

  private func name(_ error: any Error) -> String {
    switch error {
    case ChannelError.closed: "closed"
    case ChannelError.finished: "finished"
    case is CancellationError: "cancelled"
    default: "\(error)"
    }
  }
}

private struct ReadFailed: Error, CustomStringConvertible { var description: String { "read failed" } }

@Suite struct ChannelStateTests {
  private var script = Script(limit: 10)

  @Test mutating func `elements wait for the consumer, in order`() {
    #expect(script.send("a", by: "p") == ["accept p"])
    #expect(script.send("b", by: "p") == ["accept p"])
    #expect(script.next() == ["deliver a to c"])
    #expect(script.next() == ["deliver b to c"])
  }

  @Test mutating func `a waiting consumer gets the element at once, and nothing is buffered`() {
    #expect(script.next() == [])
    #expect(script.send("a", by: "p") == ["accept p", "deliver a to c"])
    #expect(script.state.peakBytes == 0)
  }

  @Test mutating func `exactly the limit fits, and one byte more waits`() {
    #expect(script.send("123456789", by: "p") == ["accept p"])
    #expect(script.send("0", by: "q") == ["accept q"])
    #expect(script.send("", by: "r") == ["accept r"])
    #expect(script.send("x", by: "s") == [])
    #expect(script.next() == ["deliver 123456789 to c", "accept s"])
    #expect(script.state.peakBytes == 10)
  }

  @Test mutating func `an element heavier than the limit passes when the channel is empty, and only then`() {
    #expect(script.send("more than ten", by: "p") == ["accept p"])
    #expect(script.send("more than ten, too", by: "q") == [])
    #expect(script.next() == ["deliver more than ten to c", "accept q"])
    #expect(script.next() == ["deliver more than ten, too to c"])
  }

  @Test mutating func `nobody overtakes a producer that waits for room`() {
    #expect(script.send("12345", by: "p") == ["accept p"])
    #expect(script.send("1234567890", by: "heavy") == [])
    #expect(script.send("1", by: "light") == [])
    #expect(script.next() == ["deliver 12345 to c", "accept heavy"])
    #expect(script.next() == ["deliver 1234567890 to c", "accept light"])
  }

  @Test mutating func `a cancelled send is not sent, and lets those behind it pass`() {
    #expect(script.send("12345", by: "p") == ["accept p"])
    #expect(script.send("1234567890", by: "heavy") == [])
    #expect(script.send("1", by: "light") == [])
    #expect(script.cancelSend("heavy") == ["refuse heavy: cancelled", "accept light"])
    #expect(script.next() == ["deliver 12345 to c"])
    #expect(script.next() == ["deliver 1 to c"])
  }

  @Test mutating func `a cancellation after the answer changes nothing`() {
    #expect(script.send("a", by: "p") == ["accept p"])
    #expect(script.cancelSend("p") == [])
    #expect(script.next() == ["deliver a to c"])
    #expect(script.cancelNext() == [])
  }

  @Test mutating func `a cancellation before the call refuses it`() {
    #expect(script.send("a", by: "p", isCancelled: true) == ["refuse p: cancelled"])
    #expect(script.send("b", by: "p") == ["accept p"])
    #expect(script.next(isCancelled: true) == ["fail c: cancelled"])
    #expect(script.next() == ["deliver b to c"])
  }

  @Test mutating func `a cancelled consumer takes no element with it`() {
    #expect(script.next("c1") == [])
    #expect(script.cancelNext("c1") == ["fail c1: cancelled"])
    #expect(script.send("a", by: "p") == ["accept p"])
    #expect(script.next("c2") == ["deliver a to c2"])
  }

  @Test mutating func `a late cancellation does not hit the next call`() {
    #expect(script.next("c1") == [])
    #expect(script.send("a", by: "p") == ["accept p", "deliver a to c1"])
    #expect(script.next("c2") == [])
    #expect(script.cancelNext("c1") == [])
    #expect(script.send("b", by: "p") == ["accept p", "deliver b to c2"])
  }

  @Test mutating func `after finish comes what was sent, and then the end, again and again`() {
    #expect(script.send("a", by: "p") == ["accept p"])
    #expect(script.finish() == [])
    #expect(script.next() == ["deliver a to c"])
    #expect(script.next() == ["end c"])
    #expect(script.next() == ["end c"])
  }

  @Test mutating func `an error comes after everything that was sent, and stays`() {
    #expect(script.send("a", by: "p") == ["accept p"])
    #expect(script.finish(ReadFailed()) == [])
    #expect(script.next() == ["deliver a to c"])
    #expect(script.next() == ["fail c: read failed"])
    #expect(script.next() == ["fail c: read failed"])
  }

  @Test mutating func `finish wakes a waiting consumer`() {
    #expect(script.next() == [])
    #expect(script.finish() == ["end c"])
    var failing = Script(limit: 10)
    #expect(failing.next() == [])
    #expect(failing.finish(ReadFailed()) == ["fail c: read failed"])
  }

  @Test mutating func `finish refuses blocked and later sends, and only the first finish counts`() {
    #expect(script.send("1234567890", by: "p") == ["accept p"])
    #expect(script.send("x", by: "q") == [])
    #expect(script.finish(ReadFailed()) == ["refuse q: finished"])
    #expect(script.send("y", by: "r") == ["refuse r: finished"])
    #expect(script.finish() == [])
    #expect(script.next() == ["deliver 1234567890 to c"])
    #expect(script.next() == ["fail c: read failed"])
  }

  @Test mutating func `close refuses blocked and later sends, and drops what is left`() {
    #expect(script.send("1234567890", by: "p") == ["accept p"])
    #expect(script.send("x", by: "q") == [])
    #expect(script.close() == ["refuse q: closed"])
    #expect(script.send("y", by: "r") == ["refuse r: closed"])
    #expect(script.state.bufferedBytes == 0)
  }

  @Test mutating func `a closed channel never says that everything was delivered`() {
    #expect(script.next() == [])
    #expect(script.close() == ["fail c: closed"])
    #expect(script.next() == ["fail c: closed"])
    #expect(script.finish() == [])
    #expect(script.next() == ["fail c: closed"])
  }

  @Test func `two consumers at once are a mistake that ends the program`() async {
    await #expect(processExitsWith: .failure) {
      var state = ChannelState<Int, Int, Int>(limit: 1)
      _ = state.next(ticket: 1, consumer: 1, isCancelled: false)
      _ = state.next(ticket: 2, consumer: 2, isCancelled: false)
    }
  }
}

@Suite struct ChannelStatePropertyTests {
  /// What a run of random events must never violate, checked after each of them.
  private struct Run {
    var state: ChannelState<Int, Int, Int>
    let limit: Int
    var weights: [Int] = []
    var accepted: [Int] = []
    var delivered: [Int] = []
    var unanswered: Set<Int> = []
    var consumerUnanswered = false

    mutating func apply(_ actions: [ChannelState<Int, Int, Int>.Action]) {
      for action in actions {
        switch action {
        case .accept(let call):
          #expect(unanswered.remove(call) != nil, "answered twice")
          accepted.append(call)
        case .refuse(let call, _): #expect(unanswered.remove(call) != nil, "answered twice")
        case .deliver(let element, _):
          #expect(consumerUnanswered, "answered twice")
          consumerUnanswered = false
          delivered.append(element)
        case .end, .fail:
          #expect(consumerUnanswered, "answered twice")
          consumerUnanswered = false
        }
      }
      #expect(delivered.count <= accepted.count)
      #expect(delivered == Array(accepted.prefix(delivered.count)))
      let buffered = accepted[delivered.count...].map { weights[$0] }
      #expect(state.bufferedBytes == buffered.reduce(0, +))
      // Weightless elements may lie beside one that is too heavy.
      #expect(state.bufferedBytes <= limit || buffered.count { $0 > 0 } == 1)
      #expect(state.blockedSends == unanswered.count)
      #expect(unanswered.isEmpty || !buffered.isEmpty, "blocked before an empty channel")
      #expect(state.isConsumerWaiting == consumerUnanswered)
    }
  }

  @Test(arguments: seeds(100, prove: 5_000))
  func `each call is answered once, in order, within the bound, and nothing is lost`(seed: Seed) {
    var random = seed
    let limit = Int.random(in: 1...20, using: &random)
    var run = Run(state: ChannelState(limit: limit), limit: limit)
    for _ in 0..<200 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        let call = run.weights.count
        run.weights.append(Int.random(in: 0...(limit + 3), using: &random))
        run.unanswered.insert(call)
        // The call's number serves as its ticket.
        let isCancelled = Int.random(in: 0..<10, using: &random) == 0
        run.apply(
          run.state.send(
            call, weight: run.weights[call], ticket: call, producer: call, isCancelled: isCancelled))
      case 4..<8 where !run.consumerUnanswered:
        run.consumerUnanswered = true
        run.apply(run.state.next(ticket: 1_000, consumer: 0, isCancelled: false))
      case 8 where !run.weights.isEmpty:
        let call = Int.random(in: 0..<run.weights.count, using: &random)
        run.apply(run.state.cancelSend(ticket: call))
      default:
        run.apply(run.state.cancelNext(ticket: 1_000))
      }
    }
    run.apply(run.state.finish(throwing: nil))
    #expect(run.unanswered.isEmpty)
    while run.delivered.count < run.accepted.count {
      run.consumerUnanswered = true
      run.apply(run.state.next(ticket: 1_000, consumer: 0, isCancelled: false))
      guard !run.consumerUnanswered else { break }
    }
    #expect(run.delivered == run.accepted)
  }
}
