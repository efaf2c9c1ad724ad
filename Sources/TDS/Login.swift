/// What nobody may read in a log: it prints as stars, in a string and in a dump.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  package let text: String

  package init(_ text: String) { self.text = text }

  package var description: String { "***" }
  package var debugDescription: String { "***" }
  package var customMirror: Mirror { Mirror(reflecting: "***") }
}

/// LOGIN7: who wants to log in to what, and how the session is to be.
package struct Login: Sendable, Equatable {
  package struct Options1: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// No bulk load is wanted. python-tds says so and loads all the same.
    package static let noBulkLoad = Options1(rawValue: 0x10)
    package static let reportDatabase = Options1(rawValue: 0x20)
    package static let databaseIsRequired = Options1(rawValue: 0x40)
    package static let reportLanguage = Options1(rawValue: 0x80)
  }

  package struct Options2: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let languageIsRequired = Options2(rawValue: 0x01)
    /// ODBC, and whoever wants its defaults: ANSI_DEFAULTS ON.
    package static let odbc = Options2(rawValue: 0x02)
    package static let integratedSecurity = Options2(rawValue: 0x80)
  }

  package struct TypeFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let oleDB = TypeFlags(rawValue: 0x10)
    package static let readOnlyIntent = TypeFlags(rawValue: 0x20)
  }

  package struct Options3: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let changesPassword = Options3(rawValue: 0x01)
    package static let unknownCollations = Options3(rawValue: 0x08)
    package static let hasExtension = Options3(rawValue: 0x10)
  }

  /// As the client writes it; `version` says what is made of it.
  package var requestedVersion: UInt32
  /// The wish; 0 for the server's default.
  package var packetSize: UInt32 = 0
  package var clientVersion: UInt32 = 0
  package var clientProcess: UInt32 = 0
  package var connection: UInt32 = 0
  package var options1: Options1 = []
  package var options2: Options2 = []
  package var typeFlags: TypeFlags = []
  package var options3: Options3 = []
  /// Minutes.
  package var timeZone: Int32 = 0
  package var locale: UInt32 = 0
  package var hostName = ""
  package var userName = ""
  package var password = Secret("")
  package var applicationName = ""
  package var serverName = ""
  package var libraryName = ""
  package var language = ""
  package var database = ""
  package var clientID: [UInt8] = [0, 0, 0, 0, 0, 0]
  package var sspi: [UInt8] = []
  package var attachedFile = ""
  package var newPassword = Secret("")
  package var features: [Feature] = []

  package init(version: TDSVersion) { requestedVersion = version.rawValue }

  init(requestedVersion: UInt32) { self.requestedVersion = requestedVersion }

  /// The version that the session will have; nil for one that is not spoken here.
  package var version: TDSVersion? { TDSVersion(requested: requestedVersion) }

  /// Whether the session begins with ANSI_DEFAULTS ON; with db-lib's OFF, "x" in double quotes is a string.
  package var wantsANSIDefaults: Bool { options2.contains(.odbc) || typeFlags.contains(.oleDB) }

  /// The bytes before the first string.
  static func fixedPart(of version: UInt32) -> Int { version >= TDSVersion.v72.rawValue ? 94 : 86 }

  static func hide(_ plain: [UInt8]) -> [UInt8] { plain.map { ($0 << 4 | $0 >> 4) ^ 0xA5 } }

  static func reveal(_ wire: UnsafeRawBufferPointer) -> [UInt8] {
    wire.map { ($0 ^ 0xA5) << 4 | ($0 ^ 0xA5) >> 4 }
  }
}

/// A feature that is asked for in LOGIN7, or granted in FEATUREEXTACK.
package struct Feature: Sendable, Hashable {
  package var id: UInt8
  package var data: [UInt8]

  package init(id: UInt8, data: [UInt8] = []) {
    self.id = id
    self.data = data
  }

  /// The session can be taken up again on another connection. Not granted here.
  package static let sessionRecovery: UInt8 = 0x01
  package static let federatedAuthentication: UInt8 = 0x02
  /// Text in UTF-8, for collations that are.
  package static let utf8: UInt8 = 0x0A
}
