/// Why a channel refuses. What was sent before is not affected.
package enum ChannelError: Error, Equatable {
  /// Nothing can be sent after `finish`.
  case finished
  /// The consumer has gone. Its own error is the one to report; this one only stops the producer.
  case closed
}

extension ChannelError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .finished: "sent to a channel that its producer had finished"
    case .closed: "the consumer of this channel has gone"
    }
  }
}
