import Databases
import FaultInjection

/// Where bytes are going.
package enum Direction: Sendable, CaseIterable {
  case toServer, toClient

  var opposite: Direction { self == .toServer ? .toClient : .toServer }
}

/// How a connection ends.
package enum Ending: Sendable, Equatable {
  /// What was sent arrives, and then the end.
  case orderly
  /// Like a cable that is pulled: the next call of either side fails.
  case reset
}

/// What a proxy does next with the bytes that are waiting to go in a direction.
package enum WireStep: Sendable, Equatable {
  /// It takes more bytes to know.
  case wait
  /// So many bytes go on.
  case pass(Int)
  /// So many bytes go nowhere.
  case drop(Int)
  /// These go first, and no byte is used up.
  case insert([UInt8])
  /// A verdict is wanted before anything goes on.
  case ask(Moment)
  /// The server is to be connected to.
  case connect
  /// A connection of its own gets these bytes, and is waited for until the server closes it.
  case interrupt([UInt8])
  case end(Ending)
}

/// Bytes that are no message of the protocol.
package struct MalformedMessage: Error, Sendable, Equatable {
  package let reason: String
}

/// One connection as its protocol sees it: makes moments of messages, and carries out verdicts in the protocol's
/// own words. It does no input or output, and knows no time.
///
/// The proxy calls `step` for each direction until it says `wait`, and answers every `ask` with `resolve`.
package protocol WireCodec: Sendable {
  /// What to do with the bytes at the front of those that are waiting. What it says of a number of bytes it says
  /// once: the next call begins behind them.
  mutating func step(_ direction: Direction, _ bytes: UnsafeRawBufferPointer) throws(MalformedMessage)
    -> WireStep
  /// The verdict on the moment that was asked about last. Delays, stalls and rates are the proxy's business, and
  /// mean `pass` here.
  mutating func resolve(_ direction: Direction, _ verdict: Verdict)
  /// The connection cannot go on, and the client is to be told why.
  mutating func refuse(_ reason: String)
}
