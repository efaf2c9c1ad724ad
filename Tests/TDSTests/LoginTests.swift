import Runtime
import TDS
import Testing

@Suite struct LoginTests {
  @Test func `the reply to PRELOGIN is byte for byte what all clients go on with`() {
    let expected = hex(
      "00 001A 0006  01 0020 0001  02 0021 0001  03 0022 0000  04 0022 0001  FF 0F0010870000 02 00 00")
    #expect(written { $0.prelogin(.reply) } == expected)
  }

  @Test func `PRELOGIN is read as it was written`() throws {
    let prelogin = Prelogin(
      version: Prelogin.Version(major: 17, minor: 4, build: 0x1234, subBuild: 5), encryption: .required,
      instance: "MSSQLServer", mars: true,
      others: [3: [1, 2, 3, 4], 5: [UInt8](repeating: 9, count: 36), 6: [1], 0x42: [7]])
    let bytes = written { $0.prelogin(prelogin) }
    #expect(try bytes.withUnsafeBytes { try Prelogin.read($0) } == prelogin)
  }

  @Test func `passwords are hidden as LOGIN7 hides them, and nothing prints them`() throws {
    var login = Login(version: .v74)
    login.password = Secret("x")
    let bytes = written { $0.login(login) }
    // The first string is at 94, and nothing else has a length.
    #expect(Array(bytes[94...]) == hex("22 A5"))
    #expect(try bytes.withUnsafeBytes { try Login.read($0) }.password.text == "x")
    login.password = Secret("geheim")
    login.newPassword = Secret("geheimer")
    var dumped = ""
    dump(login, to: &dumped)
    for text in ["\(login)", String(reflecting: login), dumped] { #expect(!text.contains("geheim")) }
  }

  @Test(arguments: TDSVersion.allCases, 0..<10 as Range<UInt64>)
  func `LOGIN7 is read as it was written`(version: TDSVersion, seed: UInt64) throws {
    var seed = Seed(seed)
    var login = Login(version: version)
    login.packetSize = UInt32(seed.number(0...40000))
    login.clientProcess = UInt32(seed.number(0...40000))
    login.options1 = [.reportDatabase, .databaseIsRequired, .reportLanguage]
    login.options2 = seed.number(0...1) == 0 ? [] : .odbc
    login.typeFlags = seed.number(0...1) == 0 ? [] : .readOnlyIntent
    login.timeZone = Int32(seed.number(-720...720))
    login.locale = 0x409
    login.hostName = seed.text(0...20)
    login.userName = seed.text(0...20)
    login.password = Secret(seed.text(0...20))
    login.applicationName = seed.text(0...20)
    login.serverName = seed.text(0...20)
    login.libraryName = seed.text(0...20)
    login.language = seed.text(0...20)
    login.database = seed.text(0...20)
    login.clientID = seed.bytes(6...6)
    login.sspi = seed.bytes(0...20)
    login.attachedFile = seed.text(0...20)
    if version >= .v72 { login.newPassword = Secret(seed.text(0...20)) }
    if version >= .v74, seed.number(0...1) == 0 {
      login.features = [Feature(id: Feature.utf8, data: [1]), Feature(id: 0x10, data: seed.bytes(0...30))]
      login.options3.insert(.hasExtension)
    }
    let bytes = written { $0.login(login) }
    let length = bytes[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(length == bytes.count)
    let back = try bytes.withUnsafeBytes { try Login.read($0) }
    #expect(back == login)
    #expect(back.password.text == login.password.text)
    #expect(back.version == version)
    // The form of 7.1 is eight bytes shorter.
    if let offset = [36, 40, 44].lazy.map({ Int(bytes[$0]) }).min() {
      #expect(offset == (version == .v71 ? 86 : 94))
    }
  }

  @Test func `a version that is asked for is answered by the same or the next lower one`() {
    let answers: [(UInt32, TDSVersion?)] = [
      (0x7100_0000, .v71), (0x7100_0001, .v71), (0x7209_0002, .v72), (0x730A_0003, .v73A),
      (0x730B_0003, .v73B), (0x7400_0004, .v74), (0x7500_0000, .v74), (0x7300_0000, .v72),
      (0x7000_0000, nil), (0x0700_0000, nil), (0x0800_0000, nil),
    ]
    for (asked, version) in answers { #expect(TDSVersion(requested: asked) == version) }
  }

  @Test func `the login's session defaults follow ODBC's flag`() {
    var login = Login(version: .v74)
    #expect(!login.wantsANSIDefaults)
    login.options2 = .odbc
    #expect(login.wantsANSIDefaults)
    login.options2 = []
    login.typeFlags = .oleDB
    #expect(login.wantsANSIDefaults)
  }
}
