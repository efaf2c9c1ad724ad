import Databases
import Foundation

/// A `sqlserver://` URL, split into what FreeTDS connects with and what may be printed.
struct SQLServerURL: Sendable {
  let host: String
  let port: UInt16
  let user: String
  let password: String
  let database: String
  let options: SQLServerOptions
  /// The URL without its password.
  let name: String
  /// `host:port/database/schema`.
  let identity: String

  /// Says what is wrong with the URL without quoting it: a password may be anywhere in a broken one.
  struct Malformed: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  static let form = "sqlserver://user@host:1433/database?schema=dbo"
  private static let schemes = ["sqlserver://", "mssql://"]

  /// `password` and `schema` replace those that the URL names.
  init(_ url: String, password: String? = nil, schema other: String? = nil) throws(Malformed) {
    guard let scheme = SQLServerURL.schemes.first(where: url.hasPrefix) else {
      throw Malformed("it does not begin with sqlserver://")
    }
    let text = url.dropFirst(scheme.count)
    let (beforeQuery, query) = SQLServerURL.cut(text, at: "?")
    let (authority, path) = SQLServerURL.cut(beforeQuery, at: "/")
    let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count <= 2 else {
      throw Malformed("an @ in the user's name or password has to be percent-encoded, as %40")
    }
    let userInfo = parts.count == 2 ? SQLServerURL.cut(parts[0], at: ":") : ("", nil)
    user = try SQLServerURL.decoded(userInfo.0)
    let inURL = try SQLServerURL.decoded(userInfo.1 ?? "")
    self.password = password ?? inURL
    (host, port) = try SQLServerURL.address(parts[parts.count - 1])
    guard let path, !path.isEmpty else { throw Malformed("it names no database") }
    guard !path.contains("/") else { throw Malformed("a / in the database's name has to be written %2F") }
    database = try SQLServerURL.decoded(path)
    var options = SQLServerOptions(isLoopback: SQLServerURL.isLoopback(host))
    var printable: [Substring] = []
    for item in (query ?? "").split(separator: "&") {
      let (key, value) = SQLServerURL.cut(item, at: "=")
      try options.set(String(key), try SQLServerURL.decoded(value ?? ""))
      if key != "schema" || other == nil { printable.append(item) }
    }
    if let other {
      options.schema = other
      printable.append("schema=\(other)")
    }
    try options.check()
    for text in [host, user, self.password, database, options.schema] where text.utf8.contains(0) {
      throw Malformed("it holds a NUL")
    }
    self.options = options
    let who = userInfo.0.isEmpty ? "" : "\(userInfo.0)@"
    name =
      "sqlserver://\(who)\(parts[parts.count - 1])/\(path)"
      + (printable.isEmpty ? "" : "?" + printable.joined(separator: "&"))
    identity = "\(host.lowercased()):\(port)/\(database)/\(options.schema)"
  }

  /// What is before the first `delimiter`, and what is behind it if there is one.
  private static func cut(_ text: Substring, at delimiter: Unicode.Scalar) -> (Substring, Substring?) {
    guard let index = text.unicodeScalars.firstIndex(of: delimiter) else { return (text, nil) }
    return (text[..<index], text[text.unicodeScalars.index(after: index)...])
  }

  private static func decoded(_ text: Substring) throws(Malformed) -> String {
    guard let decoded = String(text).removingPercentEncoding else {
      throw Malformed("it is not percent-encoded correctly")
    }
    return decoded
  }

  private static func address(_ text: Substring) throws(Malformed) -> (String, UInt16) {
    var host = text
    var port: Substring?
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { throw Malformed("its host cannot be understood") }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else {
      (host, port) = cut(text, at: ":")
    }
    let name = try decoded(host)
    guard !name.isEmpty else { throw Malformed("it names no host") }
    guard !name.contains("\\") else {
      throw Malformed("an instance is named by its port, as host:1433, and not as host\\instance")
    }
    guard name.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "#") }) else {
      throw Malformed("its host cannot be understood")
    }
    guard let port, !port.isEmpty else { return (name, 1433) }
    guard let number = UInt16(port), number > 0 else {
      throw Malformed("its port is no number from 1 to 65535")
    }
    return (name, number)
  }

  static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }
}

/// What stands behind the question mark of a URL.
package struct SQLServerOptions: Sendable, Equatable {
  /// As FreeTDS's setting of the same name.
  package enum Encryption: String, Sendable, CaseIterable {
    /// Never: the password travels in clear.
    case off
    /// If the server can.
    case request
    /// Or no connection.
    case require
  }

  package var schema = "dbo"
  package var encryption: Encryption
  /// A file of certificates that the server's is checked with; without one it is not checked.
  package var authorities: String?
  /// Whether the certificate has to name the host.
  package var checksHost = true
  /// Reads see rows that were never committed, and wait for nobody.
  package var readsUncommitted = false
  /// Types that are read as their text, and as their bytes.
  package var asText: Set<String> = []
  package var asBytes: Set<String> = []
  /// Seconds that a lock is waited for.
  package var lockTimeout = 10
  /// Seconds that a statement may be silent; 0 for any time.
  package var timeout = 0
  package var connectTimeout = 10
  /// Announces that nothing will be written, so that an availability group's listener may choose a secondary.
  package var isReadIntent = false
  package var packetSize = 4096

  package init(isLoopback: Bool) { encryption = isLoopback ? .request : .require }

  /// The types that have no form of their own here.
  static let convertible = ["sql_variant", "hierarchyid", "geometry", "geography"]

  mutating func set(_ key: String, _ value: String) throws(SQLServerURL.Malformed) {
    switch key {
    case "schema": schema = value
    case "encryption":
      guard let found = Encryption(rawValue: value) else {
        throw SQLServerURL.Malformed("encryption is off, request or require")
      }
      encryption = found
    case "ca": authorities = value
    case "check-host": checksHost = try SQLServerOptions.flag(key, value)
    case "nolock": readsUncommitted = try SQLServerOptions.flag(key, value)
    case "as-text": asText = try SQLServerOptions.types(key, value)
    case "as-bytes": asBytes = try SQLServerOptions.types(key, value)
    case "lock-timeout": lockTimeout = try SQLServerOptions.seconds(key, value)
    case "timeout": timeout = try SQLServerOptions.seconds(key, value)
    case "connect-timeout": connectTimeout = try SQLServerOptions.seconds(key, value)
    case "packet-size":
      guard let size = Int(value), 512...32767 ~= size else {
        throw SQLServerURL.Malformed("packet-size is a number from 512 to 32767")
      }
      packetSize = size
    case "intent":
      guard value == "readonly" || value == "readwrite" else {
        throw SQLServerURL.Malformed("intent is readonly or readwrite")
      }
      isReadIntent = value == "readonly"
    default:
      // The value might be a password.
      throw SQLServerURL.Malformed(
        key.utf8.allSatisfy { 0x61...0x7A ~= $0 || $0 == 0x2D }
          ? "there is no parameter \(key)" : "it has an unknown parameter")
    }
  }

  func check() throws(SQLServerURL.Malformed) {
    guard !schema.isEmpty else { throw SQLServerURL.Malformed("its schema is empty") }
    if let authorities {
      guard !authorities.isEmpty, authorities.utf8.allSatisfy({ $0 >= 0x20 }) else {
        throw SQLServerURL.Malformed("ca is the path of a file")
      }
      guard encryption != .off else {
        throw SQLServerURL.Malformed("a certificate is checked only where there is encryption")
      }
    }
  }

  private static func flag(_ key: String, _ value: String) throws(SQLServerURL.Malformed) -> Bool {
    switch value {
    case "yes": return true
    case "no": return false
    default: throw SQLServerURL.Malformed("\(key) is yes or no")
    }
  }

  private static func seconds(_ key: String, _ value: String) throws(SQLServerURL.Malformed) -> Int {
    guard let seconds = Int(value), 0...86_400 ~= seconds else {
      throw SQLServerURL.Malformed("\(key) is a number of seconds from 0 to 86400")
    }
    return seconds
  }

  private static func types(_ key: String, _ value: String) throws(SQLServerURL.Malformed) -> Set<String> {
    let names = value.split(separator: ",").map(String.init)
    guard !names.isEmpty, names.allSatisfy(convertible.contains) else {
      throw SQLServerURL.Malformed("\(key) is a list of \(convertible.joined(separator: ", "))")
    }
    return Set(names)
  }
}
