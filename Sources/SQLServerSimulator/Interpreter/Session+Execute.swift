import TDS

/// EXEC, and calls by clients.
extension Session {
  func execute(_ statement: ExecuteStatement) throws(SQLError) {
    switch statement.module {
    case .text(let text):
      guard case .text(let units) = try values(of: [text])[0].value else { return }
      try run(units, ExecutionScope(kind: .text), variables: Variables())
    case .variable(let name):
      guard let place = context.session.variables.place(name) else { throw .mustDeclareScalarVariable(name) }
      guard case .text(let units) = context.session.variables[place].value else {
        throw .unknownProcedure("")
      }
      try execute(try Parser.parseObjectName(units), statement)
    case .procedure(let name): try execute(name, statement)
    }
  }

  private func execute(_ name: ObjectName, _ statement: ExecuteStatement) throws(SQLError) {
    var call = ModuleCall(name.name.text.lowercased(), spelled: name.spelled, [])
    for argument in statement.arguments {
      if case .defaultValue = argument.value { continue }
      let (value, type) = try values(of: [argument.value])[0]
      call.arguments.append(.init(argument.name ?? "", type, value, isOutput: argument.isOutput))
    }
    let status = try perform(&call, database: name.database?.text)
    for (argument, source) in zip(call.arguments, statement.arguments) where argument.isOutput {
      guard case .variable(let variable) = source.value else { continue }
      try assign(argument.value, argument.type, to: variable)
    }
    if let variable = statement.returnVariable { try assign(.integer(Int64(status)), .int, to: variable) }
    client.send(returnStatus: status)
    client.send(Done(.procedure, [], command: Done.Command.execute))
  }

  private func assign(_ value: SQLValue, _ type: SQLType, to name: String) throws(SQLError) {
    guard let place = context.session.variables.place(name) else { throw .mustDeclareScalarVariable(name) }
    let own = context.session.variables[place].type
    context.session.variables[place].value = try value.converted(from: type, to: own)
  }

  /// A call by a client: what it says ends with the procedure's status and DONEPROC.
  func runCall(_ given: ModuleCall) throws(SQLError) {
    var call = given
    var status: Int32 = 0
    scopes.append(ExecutionScope(kind: .procedure))
    defer { if !scopes.isEmpty { scopes.removeLast() } }
    do throws(SQLError) {
      status = try perform(&call, database: nil)
    } catch {
      do throws(SQLError) {
        status = try fail(error, command: Done.Command.none)
      } catch {
        guard error == .endsScope || error == .endsBatch else { throw error }
        status = -6
      }
    }
    client.send(returnStatus: status)
    for (ordinal, argument) in call.arguments.enumerated() where argument.isOutput {
      client.send(argument, ordinal: ordinal)
    }
    client.send(Done(.procedure, status == -6 ? .error : []))
  }

  // MARK: Parameterised texts

  /// sp_executesql, and sp_execute of a prepared text: `first` is the place of the first value.
  func run(
    _ text: [UInt16], _ parameters: [ParameterDefinition], _ call: inout ModuleCall, first: Int
  ) throws(SQLError) -> Int32 {
    var variables = Variables()
    var places: [(argument: Int, variable: String)] = []
    for (index, parameter) in parameters.enumerated() {
      let type = try Binder.type(parameter.type)
      var variable = Variable(parameter.name, type)
      if let place = place(of: parameter.name, first + index, first, in: call) {
        let argument = call.arguments[place]
        variable.value = try argument.value.converted(from: argument.type, to: type)
        if argument.isOutput { places.append((place, parameter.name)) }
      } else if let given = parameter.defaultValue {
        let (value, source) = try values(of: [given])[0]
        variable.value = try value.converted(from: source, to: type)
      } else {
        throw .parameterizedQueryExpects(parameter.name, query: String(decoding: text, as: UTF16.self))
      }
      try variables.declare(variable)
    }
    let status = try run(text, ExecutionScope(kind: .procedure), variables: variables)
    for (argument, name) in places {
      guard let place = finished.place(name) else { continue }
      call.arguments[argument].value = finished[place].value
      call.arguments[argument].type = finished[place].type
    }
    return status
  }

  /// Some clients leave the `@` out.
  private func place(of name: String, _ position: Int, _ first: Int, in call: ModuleCall) -> Int? {
    let key = name.lowercased()
    let named = call.arguments.indices.first { index in
      guard index >= first else { return false }
      let given = call.arguments[index].name.lowercased()
      return given == key || "@" + given == key
    }
    if let named { return named }
    guard call.arguments.indices.contains(position), call.arguments[position].name.isEmpty else { return nil }
    return position
  }
}
