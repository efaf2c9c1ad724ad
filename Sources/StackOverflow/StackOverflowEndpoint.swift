import Databases

/// The generator as a source: tables of StackOverflow2010's shape that exist nowhere, and are the same on
/// every machine and in every order of reading.
package struct StackOverflowEndpoint: Endpoint {
  package let options: StackOverflowOptions
  private let executor: @Sendable () -> any SerialExecutor

  /// - Parameter executor: makes the executor that a connection runs on.
  package init(
    seed: UInt64 = 2010, scale: Scale = .hundredth, hostile: Bool = false,
    executor: @escaping @Sendable () -> any SerialExecutor
  ) {
    options = StackOverflowOptions(seed: seed, scale: scale, hostile: hostile)
    self.executor = executor
  }

  /// - Parameter url: as `stackoverflow:?scale=0.01&seed=2010&hostile`; what is left out has these values.
  package init(url: String, executor: @escaping @Sendable () -> any SerialExecutor) throws(DatabaseError) {
    options = try StackOverflowOptions(url: url)
    self.executor = executor
  }

  package var engine: Engine { .stackOverflow }
  package var name: String { options.url }
  package var identity: String { options.url }
  package var capabilities: Capabilities { Capabilities(parallelWriters: 1, sharesSnapshots: true) }

  package func connect(_ access: Access) async throws(DatabaseError) -> any Connection {
    guard access == .read else {
      throw StackOverflowDriver.readOnly(endpoint: name, operation: "open for writing", table: nil)
    }
    let options = options
    return try await DriverConnection.open(on: executor()) { () throws(DatabaseError) in
      StackOverflowDriver(options)
    }
  }
}
