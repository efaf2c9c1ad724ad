/// One or several calls of procedures.
package struct RPCRequest: Sendable, Hashable {
  package var headers: RequestHeaders
  package var calls: [Call]

  package init(_ calls: [Call], headers: RequestHeaders = RequestHeaders()) {
    self.calls = calls
    self.headers = headers
  }

  /// The system's procedures that are called by number.
  package enum Procedure: UInt16, Sendable {
    case cursor = 1, cursorOpen, cursorPrepare, cursorExecute, cursorPrepareExecute, cursorUnprepare
    case cursorFetch, cursorOption, cursorClose
    case executeSQL = 10, prepare, execute, prepareExecute, prepareExecuteRPC, unprepare
  }

  package enum Target: Sendable, Hashable {
    case name(String)
    /// A number of `Procedure`, or one that nobody knows.
    case number(UInt16)

    package static func procedure(_ procedure: Procedure) -> Target { .number(procedure.rawValue) }
  }

  package struct Options: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let recompile = Options(rawValue: 0x0001)
    package static let noMetadata = Options(rawValue: 0x0002)
  }

  package struct Call: Sendable, Hashable {
    package var target: Target
    package var options: Options
    package var parameters: [Parameter]

    package init(_ target: Target, options: Options = [], _ parameters: [Parameter] = []) {
      self.target = target
      self.options = options
      self.parameters = parameters
    }
  }

  package struct Parameter: Sendable, Hashable {
    package struct Status: OptionSet, Sendable, Hashable {
      package let rawValue: UInt8
      package init(rawValue: UInt8) { self.rawValue = rawValue }

      package static let output = Status(rawValue: 0x01)
      /// The procedure's default is wanted instead of the value.
      package static let byDefault = Status(rawValue: 0x02)
    }

    /// With its @, as far as the client writes it; empty for a parameter by place.
    package var name: String
    package var status: Status
    package var type: TypeInfo
    /// The value's bytes, which `ValueReader` decodes; chunks are put together. Nil for NULL.
    package var value: [UInt8]?

    package init(_ name: String = "", _ type: TypeInfo, _ value: [UInt8]?, status: Status = []) {
      self.name = name
      self.type = type
      self.value = value
      self.status = status
    }
  }

  package static func read(
    _ bytes: UnsafeRawBufferPointer, _ version: TDSVersion
  ) throws(MalformedTDS) -> RPCRequest {
    var cursor = TDSCursor(bytes)
    var request = RPCRequest([], headers: try cursor.requestHeaders(version))
    repeat { try request.readCall(&cursor, version) } while !cursor.isAtEnd
    return request
  }

  /// The first calls and parameters, up to one that is cut off or of a type that nobody here knows.
  package static func readBeginning(
    _ bytes: UnsafeRawBufferPointer, _ version: TDSVersion
  ) throws(MalformedTDS) -> RPCRequest {
    var cursor = TDSCursor(bytes)
    var request = RPCRequest([])
    do throws(MalformedTDS) {
      request.headers = try cursor.requestHeaders(version)
      repeat { try request.readCall(&cursor, version) } while !cursor.isAtEnd
    } catch {
      guard cursor.ranOut || !request.calls.isEmpty else { throw error }
    }
    return request
  }

  private mutating func readCall(_ cursor: inout TDSCursor, _ version: TDSVersion) throws(MalformedTDS) {
    let length = try cursor.u16()
    let target: Target = length == 0xFFFF ? .number(try cursor.u16()) : .name(try cursor.utf16(Int(length)))
    calls.append(Call(target, options: Options(rawValue: try cursor.u16())))
    while let next = cursor.peek, next != version.callSeparator, next != RPCRequest.withoutExecution {
      calls[calls.count - 1].parameters.append(try cursor.parameter())
    }
    // A separator at the end separates nothing.
    if !cursor.isAtEnd { try cursor.skip(1) }
  }

  /// Divides calls, too: the next one is not to be executed.
  private static let withoutExecution: UInt8 = 0xFE
}

extension TDSCursor {
  fileprivate mutating func parameter() throws(MalformedTDS) -> RPCRequest.Parameter {
    let name = try shortText()
    let status = RPCRequest.Parameter.Status(rawValue: try u8())
    let type = try typeInfo(in: .parameter)
    let value = try self.value(type.layout(in: .parameter))
    return RPCRequest.Parameter(name, type, value.bytes(in: bytes), status: status)
  }
}

extension TDSWriter {
  /// An RPC message. A value must have the length that its type says.
  package mutating func rpc(_ request: RPCRequest) {
    requestHeaders(request.headers)
    for (index, call) in request.calls.enumerated() {
      if index > 0 { u8(version.callSeparator) }
      switch call.target {
      case .name(let name): text(name)
      case .number(let number):
        u16(0xFFFF)
        u16(number)
      }
      u16(call.options.rawValue)
      for parameter in call.parameters { self.parameter(parameter) }
    }
  }

  private mutating func parameter(_ parameter: RPCRequest.Parameter) {
    shortText(parameter.name)
    u8(parameter.status.rawValue)
    typeInfo(parameter.type, in: .parameter)
    let layout = parameter.type.layout(in: .parameter)
    if let value = parameter.value { bytes(value, layout) } else { null(layout) }
  }
}
