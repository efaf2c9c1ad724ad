/// What `prove` tried, and what became of it.
package struct ProofReceipt: Encodable, Sendable {
  package struct Table: Encodable, Sendable {
    package var name: String
    package var rows: Int
    /// False if only the first rows by its key were taken.
    package var isWhole: Bool

    package init(name: String, rows: Int, isWhole: Bool) {
      self.name = name
      self.rows = rows
      self.isWhole = isWhole
    }
  }

  /// Where a fault can strike in an undisturbed run.
  package struct Moments: Encodable, Sendable {
    package var source: Int
    package var target: Int

    package init(source: Int, target: Int) {
      self.source = source
      self.target = target
    }
  }

  /// A cell of the matrix: one kind of moment, one fault.
  package struct Cell: Encodable, Sendable {
    /// `target commit`.
    package var moment: String
    package var fault: String
    /// `rerun` or `heal`.
    package var mode: String
    package var counts = Counts()

    package init(moment: String, fault: String, mode: String) {
      self.moment = moment
      self.fault = fault
      self.mode = mode
    }
  }

  package struct Counts: Encodable, Sendable, Equatable {
    package var right = 0
    /// A run that was to heal itself gave up honestly, and the next made the copy whole.
    package var rightByRerun = 0
    package var wrong = 0
    /// The run never came to the moment.
    package var unreached = 0

    package init() {}
    package var tried: Int { right + rightByRerun + wrong + unreached }

    package static func + (left: Counts, right: Counts) -> Counts {
      var sum = left
      sum.right += right.right
      sum.rightByRerun += right.rightByRerun
      sum.wrong += right.wrong
      sum.unreached += right.unreached
      return sum
    }
  }

  /// An interruption that was not right.
  package struct Finding: Encodable, Sendable {
    /// As `--only` takes it.
    package var name: String
    package var moment: String
    package var fault: String
    package var reason: String
    /// Repeats it.
    package var command: String

    package init(name: String, moment: String, fault: String, reason: String, command: String) {
      self.name = name
      self.moment = moment
      self.fault = fault
      self.reason = reason
      self.command = command
    }
  }

  package var source: String
  package var target: String
  /// Where in the target it worked.
  package var scratch: String
  /// What the sample was drawn with.
  package var seed: UInt64
  package var tables: [Table] = []
  package var notes: [String] = []
  package var moments = Moments(source: 0, target: 0)
  /// Interruptions that there are, of which `counts.tried` were tried.
  package var possible = 0
  package var counts = Counts()
  package var cells: [Cell] = []
  package var wrong: [Finding] = []
  /// The run never came to them.
  package var unreached: [Finding] = []
  /// False if somebody wrote to the source meanwhile: then nothing is proven, neither right nor wrong.
  package var isSourceUnchanged = true
  package var seconds = 0.0

  package init(source: String, target: String, scratch: String, seed: UInt64) {
    self.source = source
    self.target = target
    self.scratch = scratch
    self.seed = seed
  }

  /// Counts one more in its cell, and in the sum.
  package mutating func count(
    moment: String, fault: String, mode: String, _ what: WritableKeyPath<Counts, Int>
  ) {
    counts[keyPath: what] += 1
    let known = cells.firstIndex { $0.moment == moment && $0.fault == fault && $0.mode == mode }
    if known == nil { cells.append(Cell(moment: moment, fault: fault, mode: mode)) }
    cells[known ?? cells.count - 1].counts[keyPath: what] += 1
  }

  package var exitCode: ExitCode {
    if !isSourceUnchanged || counts.tried == 0 { return .unverified }
    if counts.wrong > 0 { return .different }
    return counts.unreached > 0 ? .unverified : .done
  }
}
