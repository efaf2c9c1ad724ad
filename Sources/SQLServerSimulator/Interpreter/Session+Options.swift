import TDS

/// SET.
extension Session {
  func set(_ statement: SetStatement) throws(SQLError) {
    switch statement {
    case .options(let names, let isOn):
      for name in names { try set(name, isOn) }
      finish(Done.Command.set)
    case .value(let name, let value):
      try set(name, value)
      finish(Done.Command.set)
    case .isolationLevel(let level):
      core.withStorage { $0.set(number, isolation: level) }
      finish(Done.Command.set)
    case .identityInsert(let table, let isOn):
      try setIdentityInsert(table, isOn)
      finish(Done.Command.set)
    case .statistics: finish(Done.Command.set)
    case .variable(let name, let operation, let value):
      try assign(operation.applied(to: .variable(name), value), to: name)
      context.session.rowCount = 1
    }
  }

  private func set(_ name: String, _ isOn: Bool) throws(SQLError) {
    switch name {
    case "NOCOUNT": context.session.noCount = isOn
    case "XACT_ABORT": context.session.xactAbort = isOn
    case "QUOTED_IDENTIFIER": context.session.quotedIdentifiers = isOn
    case "ANSI_NULLS": context.session.ansiNulls = isOn
    case "ANSI_WARNINGS": context.session.options.ansiWarnings = isOn
    case "ARITHABORT": context.session.options.arithAbort = isOn
    case "CONCAT_NULL_YIELDS_NULL": context.session.options.concatNullYieldsNull = isOn
    case "IMPLICIT_TRANSACTIONS": context.session.implicitTransactions = isOn
    case "FMTONLY": options.describesOnly = isOn
    case "ANSI_DEFAULTS":
      context.session.quotedIdentifiers = isOn
      context.session.ansiNulls = isOn
      context.session.options.ansiWarnings = isOn
      context.session.implicitTransactions = isOn
    case "NOEXEC", "PARSEONLY", "SHOWPLAN_ALL", "SHOWPLAN_TEXT", "SHOWPLAN_XML":
      // Without them statements would be executed that are only to be looked at.
      if isOn { throw .unsupported(option: "SET \(name) ON") }
    default: break
    }
  }

  private func set(_ name: String, _ value: Expression) throws(SQLError) {
    let found = try values(of: [value])[0].value
    var integer: Int?
    if case .integer(let number) = found { integer = Int(number) }
    var word = ""
    if case .text(let units) = found { word = String(decoding: units, as: UTF16.self).uppercased() }
    switch name {
    case "LOCK_TIMEOUT":
      guard let integer else { throw .incorrectSyntax(near: word) }
      let timeout: Duration? = integer < 0 ? nil : .milliseconds(integer)
      core.withStorage { $0.set(number, lockTimeout: .some(timeout)) }
    case "DEADLOCK_PRIORITY":
      let words = ["LOW": -5, "NORMAL": 0, "HIGH": 5]
      guard let priority = words[word] ?? integer, -10...10 ~= priority else {
        throw .incorrectSyntax(near: word)
      }
      core.withStorage { $0.set(number, deadlockPriority: priority) }
    case "TEXTSIZE": context.session.textSize = Int32(clamping: integer ?? -1)
    case "ROWCOUNT": context.session.rowLimit = max(integer ?? 0, 0)
    case "DATEFIRST":
      guard let integer, 1...7 ~= integer else { throw .incorrectSyntax(near: word) }
      context.session.options.dateFirst = integer
    case "DATEFORMAT":
      guard let order = DateOrder(name: word) else { throw .incorrectSyntax(near: word) }
      context.session.options.dateFormat = order
    case "LANGUAGE":
      guard ["US_ENGLISH", "ENGLISH", "BRITISH"].contains(word) else {
        throw .unsupported(option: "SET LANGUAGE \(word)")
      }
      let isBritish = word == "BRITISH"
      context.session.language = isBritish ? "British" : "us_english"
      context.session.options.dateFormat = isBritish ? .dmy : .mdy
      context.session.options.dateFirst = isBritish ? 1 : 7
      client.send(SQLError.changedLanguage(context.session.language).at(line: line))
    default: break
    }
  }

  private func setIdentityInsert(_ name: ObjectName, _ isOn: Bool) throws(SQLError) {
    let (table, hasIdentity) = try attempt { context throws(SQLError) -> IdentityTable in
      guard let table = try Binder.findTable(name, in: &context) else {
        throw .cannotFindObject(name.spelled, number: 1088)
      }
      return IdentityTable(number: table, hasIdentity: context.storage.tables[table]?.identity != nil)
    }.pair
    guard hasIdentity else { throw .hasNoIdentity(table: name.spelled) }
    let current = context.session.identityInsert
    if isOn {
      if let current, current != table, let other = core.withStorage({ $0.tables[current] }) {
        let database = core.withStorage { $0.databases[other.database]?.name } ?? ""
        throw .identityInsertIsOn(current: "\(database).\(other.name)", table: name.spelled)
      }
      context.session.identityInsert = table
    } else if current == table {
      context.session.identityInsert = nil
    }
  }
}

private struct IdentityTable {
  var number: Int
  var hasIdentity: Bool
  var pair: (Int, Bool) { (number, hasIdentity) }
}

extension AssignmentOperator {
  /// `x += y` as `x + y`.
  func applied(to target: Expression, _ value: Expression) -> Expression {
    switch self {
    case .assign: value
    case .compound(let operation): .binary(operation, target, value)
    }
  }
}
