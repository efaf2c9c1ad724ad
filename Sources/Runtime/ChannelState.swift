/// Who waits for what in a `BoundedChannel`, as a value: it has no lock, no clock and no continuation.
///
/// Every event returns the actions it asks for, in order. `Producer` and `Consumer` stand for calls that
/// wait for their answer; each gets exactly one action, at once or later. Tickets tell them apart for
/// cancellation.
struct ChannelState<Element: Sendable, Producer: Sendable, Consumer: Sendable>: Sendable {
  enum Action: Sendable {
    /// The send has happened.
    case accept(Producer)
    /// The send has not happened, and will not.
    case refuse(Producer, any Error)
    case deliver(Element, Consumer)
    case end(Consumer)
    case fail(Consumer, any Error)
  }

  private enum Phase {
    case open
    /// No more sends; what is buffered is still delivered, then the end or the error.
    case finished((any Error)?)
    /// The consumer has gone.
    case closed
  }

  private struct BlockedSend {
    let ticket: Int
    let element: Element
    let weight: Int
    let producer: Producer
  }

  private let limit: Int
  private var phase = Phase.open
  private var buffer = Queue<(element: Element, weight: Int)>()
  // In order of arrival, and nobody overtakes. There are few producers, so an array will do.
  private var blocked: [BlockedSend] = []
  private var waiting: (ticket: Int, consumer: Consumer)?
  private var lastTicket = 0

  private(set) var bufferedBytes = 0
  private(set) var peakBytes = 0

  init(limit: Int) {
    precondition(limit > 0, "a channel that holds nothing passes nothing")
    self.limit = limit
  }

  var blockedSends: Int { blocked.count }
  var isConsumerWaiting: Bool { waiting != nil }

  /// A number for a call that is about to start.
  mutating func takeTicket() -> Int {
    lastTicket += 1
    return lastTicket
  }

  mutating func send(
    _ element: Element, weight: Int, ticket: Int, producer: Producer, isCancelled: Bool
  ) -> [Action] {
    precondition(weight >= 0, "an element weighs zero bytes or more")
    // Asked here and not before: a cancellation that came earlier found nobody blocked.
    if isCancelled { return [.refuse(producer, CancellationError())] }
    switch phase {
    case .finished: return [.refuse(producer, ChannelError.finished)]
    case .closed: return [.refuse(producer, ChannelError.closed)]
    case .open: break
    }
    if let (_, consumer) = waiting {
      waiting = nil
      return [.accept(producer), .deliver(element, consumer)]
    }
    guard blocked.isEmpty, hasRoom(for: weight) else {
      blocked.append(BlockedSend(ticket: ticket, element: element, weight: weight, producer: producer))
      return []
    }
    append(element, weight: weight)
    return [.accept(producer)]
  }

  mutating func next(ticket: Int, consumer: Consumer, isCancelled: Bool) -> [Action] {
    if isCancelled { return [.fail(consumer, CancellationError())] }
    precondition(waiting == nil, "a channel has one consumer, and it asks for one element at a time")
    if let (element, weight) = buffer.popFirst() {
      bufferedBytes -= weight
      return [.deliver(element, consumer)] + admit()
    }
    switch phase {
    case .open:
      waiting = (ticket, consumer)
      return []
    case .finished(nil): return [.end(consumer)]
    case .finished(let error?): return [.fail(consumer, error)]
    // Not the end: an end would say that everything was delivered.
    case .closed: return [.fail(consumer, ChannelError.closed)]
    }
  }

  /// The task of this send was cancelled. Too late if it has its answer already.
  mutating func cancelSend(ticket: Int) -> [Action] {
    guard let index = blocked.firstIndex(where: { $0.ticket == ticket }) else { return [] }
    let cancelled = blocked.remove(at: index)
    // It may have been the one that was too heavy, with lighter ones behind it.
    return [.refuse(cancelled.producer, CancellationError())] + admit()
  }

  /// The task of this call of next was cancelled. Too late if it has its answer already.
  mutating func cancelNext(ticket: Int) -> [Action] {
    guard let (waitingTicket, consumer) = waiting, waitingTicket == ticket else { return [] }
    waiting = nil
    return [.fail(consumer, CancellationError())]
  }

  /// The producers are done. Only the first finish counts.
  mutating func finish(throwing error: (any Error)?) -> [Action] {
    guard case .open = phase else { return [] }
    phase = .finished(error)
    var actions = refuseBlocked(ChannelError.finished)
    // A consumer waits only if nothing is buffered.
    if let (_, consumer) = waiting {
      waiting = nil
      actions.append(error.map { .fail(consumer, $0) } ?? .end(consumer))
    }
    return actions
  }

  /// The consumer has gone, and what is buffered with it.
  mutating func close() -> [Action] {
    phase = .closed
    buffer = Queue()
    bufferedBytes = 0
    var actions = refuseBlocked(ChannelError.closed)
    if let (_, consumer) = waiting {
      waiting = nil
      actions.append(.fail(consumer, ChannelError.closed))
    }
    return actions
  }

  /// An empty channel takes anything: no element is too heavy to pass.
  private func hasRoom(for weight: Int) -> Bool { buffer.isEmpty || weight <= limit - bufferedBytes }

  private mutating func append(_ element: Element, weight: Int) {
    buffer.append((element, weight))
    bufferedBytes += weight
    peakBytes = max(peakBytes, bufferedBytes)
  }

  /// Moves blocked sends into the buffer as far as they fit.
  private mutating func admit() -> [Action] {
    var actions: [Action] = []
    while let first = blocked.first, hasRoom(for: first.weight) {
      blocked.removeFirst()
      append(first.element, weight: first.weight)
      actions.append(.accept(first.producer))
    }
    return actions
  }

  private mutating func refuseBlocked(_ error: ChannelError) -> [Action] {
    defer { blocked = [] }
    return blocked.map { .refuse($0.producer, error) }
  }
}
