import Databases
import Rows
import Runtime
import StackOverflow
import Testing

@Suite struct EndpointTests {
  private func endpoint(_ url: String) throws -> StackOverflowEndpoint {
    try StackOverflowEndpoint(url: url) { ConnectionThread(name: "generator") }
  }

  @Test func `an endpoint is named by its whole URL`() throws {
    let endpoint = try endpoint("stackoverflow:?hostile")
    #expect(endpoint.name == "stackoverflow:?scale=0.01&seed=2010&hostile")
    #expect(endpoint.identity == endpoint.name)
    #expect(endpoint.engine.description == "stackoverflow")
    #expect(endpoint.capabilities.sharesSnapshots)
  }

  @Test func `two connections read the same rows`() async throws {
    let endpoint = try endpoint("stackoverflow:?scale=0.001")
    var fingerprints: [Fingerprint] = []
    for _ in 0..<2 {
      let connection = try await endpoint.connect(.read)
      let users = try #require(try await connection.tables().first { $0.name.name == "Users" })
      let columns = users.columns.map { TransferColumn(schema: $0, type: $0.type!) }
      let read = RangeRead(rows: TableRange(table: users.name), columns: columns)
      fingerprints.append(try await connection.fingerprint(of: read))
      await connection.close()
    }
    #expect(fingerprints[0].rows == 299)
    #expect(fingerprints[0] == fingerprints[1])
  }

  @Test func `it cannot be opened as a target`() async throws {
    let endpoint = try endpoint("stackoverflow:")
    let error = await #expect(throws: DatabaseError.self) { try await endpoint.connect(.write) }
    #expect(error?.errorClass == .readOnly)
    #expect(error?.remedy != nil)
  }
}
