import CPostgres
import Databases
import Foundation

/// A `postgres://` URL, split into what libpq connects with and what may be printed.
struct PostgresURL: Sendable {
  /// libpq's parameters in its order, without the password.
  let parameters: [Parameter]
  let password: String?
  let schema: String
  /// The URL without secrets.
  let name: String
  /// `host:port/database/schema`.
  let identity: String

  struct Parameter: Sendable, Equatable {
    var keyword: String
    var value: String
  }

  /// Says what is wrong with the URL without quoting it: a password may be anywhere in a broken one.
  struct Malformed: Error {
    let reason: String
  }

  static let form = "postgres://user@host:5432/database?schema=public"
  private static let secrets = ["password", "sslpassword"]

  /// `other` replaces the schema that the URL names.
  init(_ url: String, password: String?, schema other: String? = nil) throws(Malformed) {
    guard let scheme = ["postgres://", "postgresql://"].first(where: url.hasPrefix) else {
      throw Malformed(reason: "it does not begin with postgres://")
    }
    guard !url.utf8.contains(0) else { throw Malformed(reason: "it holds a NUL") }
    let parts = try URLParts(url.dropFirst(scheme.count))
    var schema = "public"
    var forLibpq: [Substring] = []
    var printable: [Substring] = []
    for item in parts.query {
      let key = item.upTo("=")
      if key == "schema" {
        schema = try PostgresURL.decoded(item.after(key))
        if other == nil { printable.append(item) }
      } else {
        forLibpq.append(item)
        if !PostgresURL.secrets.contains(where: { $0 == key }) { printable.append(item) }
      }
    }
    if let other {
      schema = other
      printable.append("schema=\(other)")
    }
    guard !schema.isEmpty else { throw Malformed(reason: "its schema is empty") }
    let user = parts.user.map { "\($0)@" } ?? ""
    name = "postgres://\(user)\(parts.hostAndPath)" + PostgresURL.query(printable)

    let userInfo = parts.userInfo.map { "\($0)@" } ?? ""
    var found = try PostgresURL.parsed(
      "postgres://\(userInfo)\(parts.hostAndPath)" + PostgresURL.query(forLibpq))
    try PostgresURL.checkPort(found)
    let inURL = found.first { $0.keyword == "password" }?.value
    found.removeAll { $0.keyword == "password" }
    parameters = found
    self.password = password ?? inURL
    self.schema = schema
    identity = PostgresURL.identity(found, schema: schema)
  }

  /// libpq looks at it only when it connects. Several hosts have several ports, and an empty one is the usual one.
  private static func checkPort(_ parameters: [Parameter]) throws(Malformed) {
    let ports = parameters.first { $0.keyword == "port" }?.value ?? ""
    for port in ports.split(separator: ",") {
      guard let number = Int(port), 1...65535 ~= number else {
        throw Malformed(reason: "its port is no number from 1 to 65535")
      }
    }
  }

  private static func query(_ items: [Substring]) -> String {
    items.isEmpty ? "" : "?" + items.joined(separator: "&")
  }

  private static func decoded(_ text: Substring) throws(Malformed) -> String {
    guard let decoded = String(text).removingPercentEncoding else {
      throw Malformed(reason: "its schema is not percent-encoded correctly")
    }
    return decoded
  }

  /// By libpq's own parser, so that every URL that psql takes means the same here.
  private static func parsed(_ url: String) throws(Malformed) -> [Parameter] {
    var complaint: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(url, &complaint) else {
      defer { PQfreemem(complaint) }
      throw Malformed(reason: reason(complaint.map { String(cString: $0) } ?? ""))
    }
    defer { PQconninfoFree(options) }
    return values(options)
  }

  private static func values(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [Parameter] {
    var found: [Parameter] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        found.append(Parameter(keyword: String(cString: keyword), value: String(cString: value)))
      }
      option += 1
    }
    return found
  }

  /// Passes on the name of an unknown parameter, and nothing else of libpq's message.
  private static func reason(_ complaint: String) -> String {
    let parts = complaint.split(separator: "\"")
    if complaint.hasPrefix("invalid URI query parameter"), parts.count >= 2,
      parts[1].utf8.allSatisfy({
        $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
      })
    {
      return "libpq knows no parameter \(parts[1])"
    }
    return "libpq cannot read it; special characters in a password have to be percent-encoded"
  }

  /// What the URL leaves out, libpq takes from the environment.
  private static func value(_ keyword: String, _ parameters: [Parameter]) -> String? {
    var defaults: [Parameter] = []
    if let options = PQconndefaults() {
      defaults = values(options)
      PQconninfoFree(options)
    }
    return (parameters + defaults).first { $0.keyword == keyword && !$0.value.isEmpty }?.value
  }

  private static func identity(_ parameters: [Parameter], schema: String) -> String {
    func value(_ keyword: String) -> String? { PostgresURL.value(keyword, parameters) }
    let host = value("host") ?? value("hostaddr") ?? "local"
    let database = value("dbname") ?? value("user") ?? ""
    return "\(host.lowercased()):\(value("port") ?? "5432")/\(database)/\(schema)"
  }

  /// A parameter of libpq's as it will be used.
  func value(_ keyword: String) -> String? { PostgresURL.value(keyword, parameters) }
}

/// The pieces of a URL after its scheme, cut as libpq cuts them: by bytes, since a `Character` could hide an @
/// behind a combining mark.
private struct URLParts {
  var userInfo: Substring?
  var hostAndPath: Substring
  var query: [Substring]

  var user: Substring? { userInfo.map { $0.upTo(":") } }

  init(_ text: Substring) throws(PostgresURL.Malformed) {
    var rest = text
    let beforeSlash = rest.upTo("/")
    let found = beforeSlash.upTo("@")
    if found.endIndex < beforeSlash.endIndex {
      userInfo = found
      rest = rest.after(found)
    }
    hostAndPath = rest.upTo("?")
    query = rest.after(hostAndPath).utf8.split(separator: UInt8(ascii: "&")).map { Substring($0) }
    // libpq would take a part of the password for the host's name, and messages would print it.
    guard !hostAndPath.utf8.contains(UInt8(ascii: "@")) else {
      throw PostgresURL.Malformed(
        reason: "an @ or / in the user's name or password has to be percent-encoded, as %40 or %2F")
    }
  }
}

extension Substring {
  fileprivate func upTo(_ delimiter: Unicode.Scalar) -> Substring {
    self[..<(unicodeScalars.firstIndex(of: delimiter) ?? endIndex)]
  }

  /// What follows a prefix of this and the delimiter after it.
  fileprivate func after(_ prefix: Substring) -> Substring {
    prefix.endIndex == endIndex ? self[endIndex...] : self[unicodeScalars.index(after: prefix.endIndex)...]
  }
}
