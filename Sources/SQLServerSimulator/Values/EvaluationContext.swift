/// What the value of an expression depends on besides its operands: the session's options, the time and a
/// seed.
package struct EvaluationContext: Sendable {
  /// The SET options that change values. Named as SET names them.
  package struct Options: Equatable, Sendable {
    package var ansiWarnings = true
    package var arithAbort = true
    package var concatNullYieldsNull = true
    package var dateFormat = DateOrder.mdy
    /// SET DATEFIRST: the first day of the week, 1 for Monday to 7 for Sunday.
    package var dateFirst = 7

    package init() {}
  }

  package var options = Options()
  /// UTC, in 100 ns ticks since 0001-01-01: one time for a whole statement.
  package var now: Int64
  /// Minutes that the server's clock is ahead of UTC.
  package var offset: Int
  /// Drawn from by NEWID and RAND.
  package var seed: UInt64
  /// Messages on the way to the client.
  package var warnings: [SQLError] = []

  package init(options: Options = Options(), now: Int64 = 0, offset: Int = 0, seed: UInt64 = 0) {
    self.options = options
    self.now = now
    self.offset = offset
    self.seed = seed
  }

  /// Arithmetic whose error is NULL and a warning when ANSI_WARNINGS and ARITHABORT are off. With ARITHABORT
  /// alone on, it ends the batch and its transaction.
  mutating func arithmetic(
    _ body: (inout EvaluationContext) throws(SQLError) -> SQLValue
  ) throws(SQLError) -> SQLValue {
    do {
      return try body(&self)
    } catch {
      guard error.isArithmetic, !options.ansiWarnings else { throw error }
      if options.arithAbort {
        var aborting = error
        aborting.effect = max(error.effect, .transaction)
        throw aborting
      }
      warnings.append(error.arithmeticWarning)
      return .null
    }
  }

  /// The next number of the seed (SplitMix64).
  mutating func nextRandom() -> UInt64 {
    seed &+= 0x9E37_79B9_7F4A_7C15
    var number = seed
    number = (number ^ number >> 30) &* 0xBF58_476D_1CE4_E5B9
    number = (number ^ number >> 27) &* 0x94D0_49BB_1331_11EB
    return number ^ number >> 31
  }
}
