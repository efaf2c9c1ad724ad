/// What passed through a proxy, from its beginning to its end.
package struct ProxyReceipt: Encodable, Sendable {
  package var listen: String
  package var upstream: String
  package var connections: Int
  /// Faults that struck.
  package var faults: Int
  package var bytesToServer: Int
  package var bytesToClient: Int

  package init(
    listen: String, upstream: String, connections: Int, faults: Int, bytesToServer: Int, bytesToClient: Int
  ) {
    self.listen = listen
    self.upstream = upstream
    self.connections = connections
    self.faults = faults
    self.bytesToServer = bytesToServer
    self.bytesToClient = bytesToClient
  }
}
