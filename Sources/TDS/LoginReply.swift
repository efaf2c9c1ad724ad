/// The answer to a login that succeeds: who the client is with, and in what.
package struct LoginReply: Sendable {
  package var database: String
  package var language = "us_english"
  package var collation = Collation.sqlLatin1
  package var packetSize = PacketHeader.defaultPacketSize
  /// What the client had asked for, or what is in force without being asked.
  package var oldPacketSize = PacketHeader.defaultPacketSize
  package var serverName: String
  package var program = LoginAck(version: .v74).program
  package var programVersion = Prelogin.Version.sqlServer2019
  /// Where the client has to go instead.
  package var routing: (host: String, port: UInt16)?
  package var features: [Feature] = []

  package init(database: String, serverName: String) {
    self.database = database
    self.serverName = serverName
  }
}

extension TDSWriter {
  /// The tokens of a successful login, in the order of a real server. The writer's version is the one agreed on.
  package mutating func loginReply(_ reply: LoginReply) {
    environmentChange(.database(reply.database, old: "master"))
    message(
      ServerMessage(
        number: 5701, severity: 0, state: 2, text: "Changed database context to '\(reply.database)'.",
        server: reply.serverName))
    environmentChange(.collation(reply.collation, old: nil))
    environmentChange(.language(reply.language, old: ""))
    message(
      ServerMessage(
        number: 5703, severity: 0, state: 1, text: "Changed language setting to \(reply.language).",
        server: reply.serverName))
    loginAck(LoginAck(version: version, program: reply.program, programVersion: reply.programVersion))
    environmentChange(.packetSize(reply.packetSize, old: reply.oldPacketSize))
    if let (host, port) = reply.routing { environmentChange(.routing(host: host, port: port)) }
    if version.hasFeatures, !reply.features.isEmpty { featureAck(reply.features) }
    done(Done())
  }

  /// The tokens of a login that is refused, after which the server hangs up.
  package mutating func loginRefusal(_ messages: [ServerMessage]) {
    for message in messages { self.message(message) }
    done(Done(.statement, .error))
  }
}
