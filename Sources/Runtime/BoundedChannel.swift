/// A queue from many producers to one consumer whose bound is in bytes: it is what keeps memory flat when
/// the reader is faster than the writer.
///
/// Elements of one producer arrive in order, and producers are served in the order in which they came. An
/// element heavier than the limit passes when the channel is empty. `ChannelState` makes the decisions;
/// here are the lock, and the continuations that are resumed outside of it.
package final class BoundedChannel<Element: Sendable>: Sendable {
  private typealias State = ChannelState<
    Element, CheckedContinuation<Void, any Error>, CheckedContinuation<Element?, any Error>
  >

  private let state: Guarded<State>
  private let weigh: @Sendable (Element) -> Int

  /// - Parameters:
  ///   - limitBytes: What the channel holds at most, but for a single heavier element.
  ///   - weigh: An element's size in bytes. It must not change while the element is in the channel.
  package init(limitBytes: Int, weigh: @escaping @Sendable (Element) -> Int) {
    state = Guarded(State(limit: limitBytes))
    self.weigh = weigh
  }

  /// Hands an element to the consumer, and waits while the channel is full.
  ///
  /// - Throws: `ChannelError` after `finish` or `close`, `CancellationError` if the task is cancelled before
  ///   there is room. Whatever is thrown, the element was not sent; if nothing is thrown, it was.
  package func send(_ element: Element) async throws {
    let weight = weigh(element)
    let ticket = state.withLock { $0.takeTicket() }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { producer in
        perform(
          state.withLock {
            $0.send(
              element, weight: weight, ticket: ticket, producer: producer, isCancelled: Task.isCancelled)
          })
      }
    } onCancel: {
      perform(state.withLock { $0.cancelSend(ticket: ticket) })
    }
  }

  /// The next element; nil once the channel is finished and everything was delivered.
  ///
  /// - Throws: The error of `finish(throwing:)`, after everything that was sent before it, and then again
  ///   at every call; `CancellationError` if the task is cancelled, and no element is lost then;
  ///   `ChannelError.closed` after `close`.
  package func next() async throws -> Element? {
    let ticket = state.withLock { $0.takeTicket() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { consumer in
        perform(
          state.withLock {
            $0.next(ticket: ticket, consumer: consumer, isCancelled: Task.isCancelled)
          })
      }
    } onCancel: {
      perform(state.withLock { $0.cancelNext(ticket: ticket) })
    }
  }

  /// Says that no more will be sent, with the reason if it is a bad one. What was sent is still delivered;
  /// sends that are blocked now throw `ChannelError.finished`. Only the first finish counts.
  package func finish(throwing error: (any Error)? = nil) {
    perform(state.withLock { $0.finish(throwing: error) })
  }

  /// Says that the consumer will take no more: blocked and later sends throw `ChannelError.closed`, and
  /// what was not taken is dropped. Without it, a consumer that fails leaves its producers waiting.
  package func close() {
    perform(state.withLock { $0.close() })
  }

  /// The most bytes that ever waited here. An element that found its consumer waiting never did.
  package var peakBytes: Int { state.withLock { $0.peakBytes } }

  var blockedSends: Int { state.withLock { $0.blockedSends } }
  var isConsumerWaiting: Bool { state.withLock { $0.isConsumerWaiting } }

  private func perform(_ actions: [State.Action]) {
    for action in actions {
      switch action {
      case .accept(let producer): producer.resume()
      case .refuse(let producer, let error): producer.resume(throwing: error)
      case .deliver(let element, let consumer): consumer.resume(returning: element)
      case .end(let consumer): consumer.resume(returning: nil)
      case .fail(let consumer, let error): consumer.resume(throwing: error)
      }
    }
  }
}
