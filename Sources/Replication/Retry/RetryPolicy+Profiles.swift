import Databases

/// The policies that Proofload brings with it, one data file each in Profiles.
extension RetryPolicy {
  package static let all: [RetryPolicy] = [
    builtIn("default", PackageResources.default_yml), builtIn("none", PackageResources.none_yml),
    builtIn("scripts", PackageResources.scripts_yml), builtIn("efcore", PackageResources.efcore_yml),
    builtIn("sqlclient", PackageResources.sqlclient_yml),
    builtIn("sqlclient-open", PackageResources.sqlclient_open_yml),
    builtIn("jdbc", PackageResources.jdbc_yml), builtIn("azure-docs", PackageResources.azure_docs_yml),
    builtIn("npgsql", PackageResources.npgsql_yml), builtIn("aws", PackageResources.aws_yml),
    builtIn("mysqlconnector", PackageResources.mysqlconnector_yml),
    builtIn("uber", PackageResources.uber_yml),
  ]

  package static let standard = all[0]
  package static let none = all[1]

  package static func named(_ name: String) -> RetryPolicy? { all.first { $0.name == name } }

  /// Why the policy is no choice for a job: it has nothing to say about either engine. Nil if it has.
  ///
  /// Errors of the other engine of a job are decided by their class.
  package func mismatch(source: Engine, target: Engine) -> String? {
    guard !knows(source) && !knows(target) else { return nil }
    let own = lists.keys.map(\.rawValue).sorted().joined(separator: " and ")
    let fitting = RetryPolicy.all.filter { $0.knows(source) || $0.knows(target) }.map(\.name)
    let ends = source == target ? "\(source)" : "\(source) or \(target)"
    return "the retry policy '\(name)' names errors of \(own) only, and says nothing about \(ends); "
      + "these do: " + fitting.joined(separator: ", ")
  }

  private static func builtIn(_ name: String, _ bytes: [UInt8]) -> RetryPolicy {
    do {
      return try load(String(decoding: bytes, as: UTF8.self), file: "\(name).yml")
    } catch {
      // It is part of the program, and a test reads them all.
      fatalError("\(error)")
    }
  }
}
