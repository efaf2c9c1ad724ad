import Databases
import FaultInjection

/// What a statement does, from its text.
struct Statement: Equatable {
  var operation: FaultInjection.Operation
  var table: String?
  /// In a change of the ledger: where the unit's table and index are.
  var unitTable: Value?
  var unitIndex: Value?
  /// Begins a transaction that reads one state of the database.
  var beginsSnapshot = false
  /// Sets a parameter.
  var isSetting = false
  /// Asks whether the ledger, or what was put aside, has a table: what reads it comes next.
  var looksUpLedger = false
  var looksUpAside = false
  /// Reads what was put aside, to bring it back.
  var readsAside = false
  /// Asks whether there can be snapshots: one is begun next, if so.
  var looksUpSnapshots = false
  /// Part of the call that the statement before is part of.
  var isContinuation = false
  /// Rolls back if there is a transaction, and is nothing otherwise.
  var rollsBackIfOpen = false
  /// Begins a transaction without saying so, if there is none.
  var opensTransaction = false

  /// A value in a statement: there, or among its parameters.
  enum Value: Equatable {
    case literal(String)
    case parameter(Int)
  }

  init(_ operation: FaultInjection.Operation, table: String? = nil) {
    self.operation = operation
    self.table = table
  }

  /// The unit that a change of the ledger is about, as `Votes#3`.
  func unit(_ parameters: [String?]) -> String? {
    func text(_ value: Value?) -> String? {
      switch value {
      case .literal(let text): text
      case .parameter(let number): parameters.indices.contains(number - 1) ? parameters[number - 1] : nil
      case nil: nil
      }
    }
    guard let table = text(unitTable), let index = text(unitIndex).flatMap({ Int($0) }) else { return nil }
    return UnitKey(table: table, index: index).description
  }

  // MARK: Names

  /// The table named after the first of these words; the others may stand before the name.
  static func table(_ tokens: [SQLToken], after words: [String]) -> String? {
    guard var index = tokens.firstIndex(of: .word(words[0])) else { return nil }
    while index < tokens.count, case .word(let word) = tokens[index], words.contains(word) { index += 1 }
    return name(tokens[index...])
  }

  /// A name without its schemas.
  static func name(_ tokens: ArraySlice<SQLToken>) -> String? {
    var tokens = tokens
    guard var name = tokens.popFirst()?.identifier else { return nil }
    while tokens.first == .sign(.letter(".")), let next = tokens.dropFirst().first?.identifier {
      name = next
      tokens = tokens.dropFirst(2)
    }
    return name
  }
}
