/// Views, triggers, procedures and functions: kept as the texts that made them.
extension StatementContext {
  /// A view's query is bound when the view is made, so that wrong names and types are found.
  ///
  /// Throws 2714, 208 and 2010 for its name; 4506, 4508, 4511, 8158 and 8159 for its columns, and what the
  /// query is refused for.
  mutating func createView(_ view: ViewDefinition, text: String) throws(SQLError) {
    if view.name.database != nil { throw .databasePrefixNotAllowed("CREATE/ALTER VIEW") }
    if view.name.name.text.hasPrefix("#") { throw .viewOfTemporaryTable }
    let place = try newPlace(of: view.name)
    if let option = try StatementContext.bindingOption(of: text) {
      throw .unsupported("a view WITH \(option)")
    }
    let existing = try existing(place, .view, view.verb, spelled: view.name.spelled)
    var binder = Binder()
    let query = try binder.bindQuery(view.query, isDerived: true, in: &self)
    if query.readsTemporaryTable(in: storage) { throw .viewOfTemporaryTable }
    let count = query.columns.count
    if !view.columns.isEmpty, view.columns.count != count {
      throw .columnListDoesNotMatch(view.name.name.text, hasMore: count > view.columns.count)
    }
    var seen: Set<String> = []
    for (index, column) in query.columns.enumerated() {
      let name = view.columns.isEmpty ? column.name : view.columns[index].text
      if name.isEmpty { throw .viewColumnWithoutName(index + 1) }
      guard seen.insert(name.lowercased()).inserted else {
        throw .viewColumnTwice(name, view: view.name.name.text)
      }
    }
    try set(.view, at: place, existing, text: text)
  }

  /// SCHEMABINDING keeps tables from being changed, and ENCRYPTION hides the text: neither is done here.
  private static func bindingOption(of text: String) throws(SQLError) -> String? {
    let units = Array(text.utf16)
    for token in try Lexer.tokens(of: units) {
      if token.keyword == .as { return nil }
      let word = String(decoding: units[token.range], as: UTF16.self).uppercased()
      if ["SCHEMABINDING", "ENCRYPTION"].contains(word) { return word }
    }
    return nil
  }

  /// Throws 8197 for an unknown table, 2103, 2111, and what the name is refused for.
  mutating func createTrigger(_ trigger: TriggerDefinition, text: String) throws(SQLError) {
    let verb = trigger.verb == .alter ? "ALTER" : "CREATE"
    if trigger.name.database != nil { throw .databasePrefixNotAllowed("CREATE/ALTER TRIGGER") }
    guard let number = try lockTable(trigger.table) else {
      if try findModule(place(of: trigger.table)) != nil { throw .unsupported("triggers of views") }
      throw .invalidForOperation(trigger.table.spelled)
    }
    let table = storage.table(number)
    if table.owner != nil { throw .unsupported("triggers of temporary tables") }
    guard table.database == session.database else { throw .invalidForOperation(trigger.table.spelled) }
    let schema = trigger.name.schema?.text ?? table.name.schema
    guard schema.lowercased() == table.name.schema.lowercased() else {
      throw .triggerSchemaDiffers(trigger.name.spelled, verb: verb)
    }
    let place = ObjectPlace(
      database: table.database, name: QualifiedName(table.name.schema, trigger.name.name.text))
    var about = ServerModule.Trigger(
      table: number, isInsteadOf: trigger.isInsteadOf, events: trigger.events)
    let existing = try existing(place, .trigger(about), trigger.verb, spelled: trigger.name.spelled)
    if let existing, existing.trigger?.table != number { throw .cannotAlter(trigger.name.spelled) }
    about.isDisabled = existing?.trigger?.isDisabled ?? false
    if trigger.isInsteadOf {
      for other in storage.triggers(of: number) where other.objectID != existing?.objectID {
        guard let known = other.trigger, known.isInsteadOf,
          let event = known.events.first(where: { trigger.events.contains($0) })
        else { continue }
        throw .secondInsteadOf(
          trigger.name.spelled, verb: verb, event: event.word, table: trigger.table.spelled)
      }
    }
    try set(.trigger(about), at: place, existing, text: text)
  }

  /// A procedure or a function: its text is not looked into.
  mutating func createRoutine(_ routine: RoutineDefinition, text: String) throws(SQLError) {
    let kind: ServerModule.Kind = routine.kind == .function ? .function : .procedure
    let word = routine.kind == .function ? "FUNCTION" : "PROCEDURE"
    if routine.name.database != nil { throw .databasePrefixNotAllowed("CREATE/ALTER \(word)") }
    if routine.name.name.text.hasPrefix("#") { throw .unsupported("temporary procedures") }
    let place = try newPlace(of: routine.name)
    let existing = try existing(place, kind, routine.verb, spelled: routine.name.spelled)
    try set(kind, at: place, existing, text: text)
  }

  // MARK: Their places

  /// The module that a statement changes; nil if it makes one. Throws 2714, 208 or 2010.
  private mutating func existing(
    _ place: ObjectPlace, _ kind: ServerModule.Kind, _ verb: DefinitionVerb, spelled: String
  ) throws(SQLError) -> ServerModule? {
    guard verb != .create, let module = try findModule(place) else {
      if verb == .alter {
        if storage.findTable(session.number, place.database, place.name) != nil {
          throw .cannotAlter(spelled)
        }
        throw .invalidObjectName(spelled)
      }
      try requireFree(place)
      return nil
    }
    guard module.kind.word == kind.word else { throw .cannotAlter(spelled) }
    return module
  }

  private mutating func set(
    _ kind: ServerModule.Kind, at place: ObjectPlace, _ existing: ServerModule?, text: String
  ) throws(SQLError) {
    let text = StatementContext.created(text)
    var module: ServerModule
    if let existing {
      module = existing
      module.kind = kind
      module.text = text
    } else {
      module = ServerModule(
        objectID: storage.newObjectID(place.database), database: place.database, name: place.name,
        kind: kind, text: text)
    }
    try storage.setModule(session.number, module).value()
  }

  /// The catalog shows CREATE where ALTER or CREATE OR ALTER was written, whose blanks it keeps.
  private static func created(_ text: String) -> String {
    let first = text.prefix { $0.isLetter }
    if first.lowercased() == "alter" { return "CREATE" + text.dropFirst(first.count) }
    var (rest, blanks) = (text.dropFirst(first.count), "")
    for word in ["or", "alter"] {
      let blank = rest.prefix { $0.isWhitespace }
      rest = rest.dropFirst(blank.count)
      guard rest.prefix(while: { $0.isLetter }).lowercased() == word else { return text }
      blanks += blank
      rest = rest.dropFirst(word.count)
    }
    return first + blanks + rest
  }

  // MARK: On and off

  /// ENABLE TRIGGER and DISABLE TRIGGER, the statements. Throws 1088.
  mutating func switchTriggers(_ names: [Identifier], of name: ObjectName, isOn: Bool) throws(SQLError) {
    guard let number = try lockTable(name) else { throw .cannotFindTable(name.spelled, state: 13) }
    let known = storage.triggers(of: number).map { $0.name.name.lowercased() }
    if let unknown = names.first(where: { !known.contains($0.text.lowercased()) }) {
      throw .cannotFindTable(unknown.text, state: 108)
    }
    try switchTriggers(names, of: number, isOn: isOn)
  }

  /// Throws 4920 for an unknown trigger.
  mutating func switchTriggers(_ names: [Identifier], of number: Int, isOn: Bool) throws(SQLError) {
    let triggers = storage.triggers(of: number)
    for name in names
    where !triggers.contains(where: { $0.name.name.lowercased() == name.text.lowercased() }) {
      throw .unknownTrigger(name.text, table: storage.table(number).name.name)
    }
    for var module in triggers {
      guard var trigger = module.trigger, trigger.isDisabled == isOn,
        names.isEmpty || names.contains(where: { $0.text.lowercased() == module.name.name.lowercased() })
      else { continue }
      trigger.isDisabled = !isOn
      module.kind = .trigger(trigger)
      try storage.setModule(session.number, module).value()
    }
  }
}

extension ServerModule.Kind {
  /// As DROP has it.
  var word: String {
    switch self {
    case .view: "VIEW"
    case .procedure: "PROCEDURE"
    case .function: "FUNCTION"
    case .trigger: "TRIGGER"
    }
  }
}

extension TriggerDefinition.Event {
  fileprivate var word: String {
    switch self {
    case .insert: "INSERT"
    case .update: "UPDATE"
    case .delete: "DELETE"
    }
  }
}

extension BoundQuery {
  /// Whether a query reads a table that only one session sees. Subqueries are not looked into.
  fileprivate func readsTemporaryTable(in storage: Storage) -> Bool {
    switch plan {
    case .select(let select):
      select.sources.contains { source in
        switch source.kind {
        case .table(let number, _): storage.table(number).owner != nil
        case .derived(let query): query.readsTemporaryTable(in: storage)
        case .virtual, .values: false
        }
      }
    case .combination(let combination):
      combination.first.readsTemporaryTable(in: storage)
        || combination.rest.contains { $0.1.readsTemporaryTable(in: storage) }
    }
  }
}
