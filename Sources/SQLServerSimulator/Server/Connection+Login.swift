import TDS

extension Connection {
  /// True if the client is in. Some come without PRELOGIN.
  func logIn() -> Bool {
    while let item = next() {
      guard case .message(let message) = item else { return false }
      switch message.type {
      case .prelogin:
        add { $0.prelogin(.reply) }
        reply.endWithoutDone()
        finishRaw()
      case .login:
        let login = message.payload.withUnsafeBytes { try? Login.read($0) }
        guard let login, let version = login.version else { return false }
        return accept(login, version)
      default: return false
      }
    }
    return false
  }

  private func accept(_ login: Login, _ version: TDSVersion) -> Bool {
    reply = ReplyStream(version: version, packetSize: PacketHeader.defaultPacketSize, spid: number)
    let wanted = login.database.isEmpty ? settings.database : login.database
    if core.refusesLogins {
      return refuse([
        .armed(40613, session: number, database: wanted).at(line: 1), .loginFailed(user: login.userName),
      ])
    }
    guard settings.accepts(login.userName, login.password.text) else {
      return refuse([.loginFailed(user: login.userName)])
    }
    guard let database = core.withStorage({ $0.choose(wanted, for: number) }) else {
      return refuse([.cannotOpenDatabase(wanted), .loginFailed(user: login.userName)])
    }
    let size = PacketHeader.negotiatedSize(wish: login.packetSize)
    var answer = LoginReply(database: database.name, serverName: ServerIdentity.name)
    answer.packetSize = size
    add { $0.loginReply(answer) }
    reply.endWithoutDone()
    finishRaw()
    reply.use(packetSize: size)
    session = Session(core, self, number: number) { state in
      state.database = database.id
      state.userName = login.userName
      state.hostName = login.hostName
      state.applicationName = login.applicationName
      guard !login.wantsANSIDefaults else { return }
      state.quotedIdentifiers = false
      state.ansiNulls = false
      state.options.ansiWarnings = false
      state.options.concatNullYieldsNull = false
      state.options.arithAbort = false
    }
    return true
  }

  private func refuse(_ errors: [SQLError]) -> Bool {
    add { $0.loginRefusal(errors.map(\.onWire)) }
    reply.endWithoutDone()
    finishRaw()
    return false
  }
}
