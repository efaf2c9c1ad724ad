import Databases
import PostgresDatabase
import Replication
import Runtime
import SQLiteDatabase
import TestSupport
import Verification

/// An empty database of its own.
func emptyDatabase() async throws -> (endpoint: PostgresEndpoint, url: String) {
  let url = try await PostgresServer.shared.database()
  return (try PostgresEndpoint(url: url) { ConnectionThread(name: "postgres") }, url)
}

func verify(
  _ source: any Endpoint, _ target: any Endpoint, unitBytes: Int = 64 << 20,
  _ change: (inout VerificationOptions) -> Void = { _ in }
) async throws -> VerificationReport {
  var options = VerificationOptions()
  options.unitBytes = unitBytes
  change(&options)
  return try await Verification(source: source, target: target, options: options, time: SystemTime()).run()
}
