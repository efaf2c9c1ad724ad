import Testing
import YAML

/// docker-compose.yml, which nothing here can run.
@Suite struct ComposeFileTests {
  private static let keys = ["image", "environment", "ports", "healthcheck"]

  @Test func `every server has an image with a version, a port on loopback and a health check`() throws {
    let file = try YAMLDocument.parse(try Repository.text("docker-compose.yml"), file: "docker-compose.yml")
    let services = try file.mapping("the file", keys: ["services"]).required("services")
    guard case .mapping(let entries) = services.content else { throw services.error("no services") }
    #expect(entries.map(\.key) == ["sqlserver", "postgres", "mysql", "mariadb"])
    for entry in entries {
      let service = try entry.value.mapping(entry.key, keys: Self.keys)
      let image = try service.required("image").string("image")
      #expect(image.contains(":"), "\(image) is whatever is newest")
      for port in try service.required("ports").list("ports") {
        #expect(try port.string("port").hasPrefix("127.0.0.1:"))
      }
      let check = try service.required("healthcheck").mapping(
        "healthcheck", keys: ["test", "interval", "timeout", "retries"])
      #expect(try check.required("test").list("test").count == 2)
    }
  }

  @Test func `the Makefile's URL is that of the server that is started`() throws {
    let compose = try Repository.text("docker-compose.yml")
    let makefile = try Repository.text("Makefile")
    #expect(makefile.contains("sqlserver://sa:Proofload-Test-1@127.0.0.1:21433/"))
    #expect(compose.contains("MSSQL_SA_PASSWORD: Proofload-Test-1"))
    #expect(compose.contains("127.0.0.1:21433:1433"))
  }
}
