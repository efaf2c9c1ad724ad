/// What client and server say about encryption before the login.
package enum Encryption: UInt8, Sendable {
  /// Only the login is to be encrypted.
  case off = 0
  case on = 1
  /// None. A server that answers so gets its login in clear from every client that does not insist.
  case notSupported = 2
  case required = 3
}

/// PRELOGIN, which both sides send in the same form.
package struct Prelogin: Sendable, Hashable {
  package struct Version: Sendable, Hashable {
    package var major: UInt8
    package var minor: UInt8
    package var build: UInt16
    package var subBuild: UInt16

    package init(major: UInt8, minor: UInt8, build: UInt16, subBuild: UInt16 = 0) {
      self.major = major
      self.minor = minor
      self.build = build
      self.subBuild = subBuild
    }

    /// SQL Server 2019. Clients take a version below 9 for one whose row counts have 32 bits.
    package static let sqlServer2019 = Version(major: 15, minor: 0, build: 4231)
  }

  package enum Option: UInt8, Sendable {
    case version = 0, encryption, instance, threadID, mars, traceID, federatedAuthentication, nonce
  }

  package var version: Version
  package var encryption: Encryption
  /// The instance that the client wants; what the server answers is a byte that says whether it is right.
  package var instance: String?
  /// Several requests at once on one connection.
  package var mars: Bool?
  /// The options of which nobody here knows more, in order.
  package var others: [UInt8: [UInt8]]

  package init(
    version: Version = .sqlServer2019, encryption: Encryption = .notSupported, instance: String? = nil,
    mars: Bool? = nil, others: [UInt8: [UInt8]] = [:]
  ) {
    self.version = version
    self.encryption = encryption
    self.instance = instance
    self.mars = mars
    self.others = others
  }

  /// Reads a payload. Options that are there twice count once, the last; without one about encryption there is none.
  package static func read(_ bytes: UnsafeRawBufferPointer) throws(MalformedTDS) -> Prelogin {
    var cursor = TDSCursor(bytes)
    var prelogin = Prelogin(version: Version(major: 0, minor: 0, build: 0))
    while true {
      let token = try cursor.u8()
      if token == 0xFF { return prelogin }
      let offset = Int(try cursor.u16BE())
      let length = Int(try cursor.u16BE())
      var value = TDSCursor(bytes, at: min(offset, bytes.count))
      switch Option(rawValue: token) {
      case .version:
        prelogin.version = Version(
          major: try value.u8(), minor: try value.u8(), build: try value.u16BE(), subBuild: try value.u16BE())
      case .encryption:
        let code = try value.u8()
        guard let encryption = Encryption(rawValue: code) else {
          throw MalformedTDS(at: offset, "\(code) says nothing about encryption")
        }
        prelogin.encryption = encryption
      case .instance:
        let name = try value.array(length).prefix { $0 != 0 }
        prelogin.instance = String(decoding: name, as: UTF8.self)
      case .mars: prelogin.mars = length > 0 ? try value.u8() != 0 : false
      case .threadID, .traceID, .federatedAuthentication, .nonce, nil:
        prelogin.others[token] = try value.array(length)
      }
    }
  }
}

extension TDSWriter {
  package mutating func prelogin(_ prelogin: Prelogin) {
    var values: [(UInt8, [UInt8])] = [
      (Prelogin.Option.version.rawValue, Prelogin.bytes(of: prelogin.version)),
      (Prelogin.Option.encryption.rawValue, [prelogin.encryption.rawValue]),
    ]
    if let instance = prelogin.instance {
      values.append((Prelogin.Option.instance.rawValue, Array(instance.utf8) + [0]))
    }
    if let mars = prelogin.mars { values.append((Prelogin.Option.mars.rawValue, [mars ? 1 : 0])) }
    values += prelogin.others.map { ($0.key, $0.value) }
    // In order of their tokens; the version comes first because it must.
    values.sort { $0.0 < $1.0 }
    var offset = values.count * 5 + 1
    for (token, value) in values {
      u8(token)
      u16BE(UInt16(offset))
      u16BE(UInt16(value.count))
      offset += value.count
    }
    u8(0xFF)
    for (_, value) in values { bytes(value) }
  }
}

extension Prelogin {
  fileprivate static func bytes(of version: Version) -> [UInt8] {
    let numbers = [version.build, version.subBuild].flatMap {
      [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)]
    }
    return [version.major, version.minor] + numbers
  }

  /// The reply that all clients of tds.md's list go on with: no encryption, one request at a time.
  package static let reply = Prelogin(
    instance: "", mars: false, others: [Option.threadID.rawValue: []])
}
