import Foundation
import Testing

/// scripts/setup among commands that only write down how they were called.
@Suite struct SetupTests {
  private static let everything = [
    "libsqlite3-dev", "libpq-dev", "libxxhash-dev", "libyaml-dev", "freetds-dev", "freetds-bin",
    "pkgconf pkg-config",
    "postgresql-client-15 postgresql-client",
    "sqlite3", "python3-venv", "pgloader", "postgresql-15",
  ]

  /// - Returns: What setup printed, its exit code, and the calls that would have changed the system.
  private func setup(
    installed: [String], user: Int = 0, knownToApt: Bool = true
  ) async throws -> (result: CommandRunner.Result, calls: [String]) {
    var outcome: (CommandRunner.Result, [String])?
    try await CommandRunner.withTemporaryDirectory { directory in
      let calls = directory.appending(path: "calls")
      let packages = installed.map { "installed \($0)" } + ["config-files libreadline-dev"]
      let commands = [
        "swift": "exit 0",
        "id": "echo \(user)",
        "sudo": "exit 1",
        "dpkg-query": "cat <<'END'\n\(packages.joined(separator: "\n"))\nEND",
        "apt-get": "echo \"apt-get $*\" >> '\(calls.path)'",
        "apt-cache": "exit \(knownToApt ? 0 : 100)",
        "sed": "echo \"sed $*\" >> '\(calls.path)'",
      ]
      for (name, body) in commands.sorted(by: { $0.key < $1.key }) {
        let file = directory.appending(path: name)
        try "#!/bin/sh\n\(body)\n".write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
      }
      let script = Repository.root.appending(path: "scripts/setup").path
      let result = try await CommandRunner.run(
        "'\(script)' < /dev/null", in: directory, path: "\(directory.path):/usr/bin:/bin")
      let written = (try? String(contentsOf: calls, encoding: .utf8)) ?? ""
      outcome = (result, written.split(separator: "\n").map(String.init))
    }
    return try #require(outcome)
  }

  @Test func `it does and says nothing when everything is there`() async throws {
    let (result, calls) = try await setup(installed: SetupTests.everything)
    #expect(result.exitCode == 0)
    #expect(result.output == "")
    #expect(calls == [])
  }

  @Test func `it installs what is missing, by name, after one update`() async throws {
    let there = SetupTests.everything.filter { $0 != "sqlite3" && $0 != "libpq-dev" }
    let (result, calls) = try await setup(installed: there)
    #expect(result.exitCode == 0)
    #expect(result.output.contains("missing: libpq-dev sqlite3"))
    #expect(
      calls == ["apt-get update", "apt-get install -y --no-install-recommends libpq-dev sqlite3"])
  }

  @Test func `a server is installed without one being started`() async throws {
    let there = SetupTests.everything.filter { $0 != "postgresql-15" }
    let (result, calls) = try await setup(installed: there)
    #expect(result.exitCode == 0)
    let common = calls.firstIndex { $0.hasSuffix("postgresql-common") }
    let setting = calls.firstIndex { $0.hasPrefix("sed") && $0.contains("create_main_cluster = false") }
    let server = calls.firstIndex { $0.hasSuffix(" postgresql-15") }
    #expect(try #require(common) < #require(setting))
    #expect(try #require(setting) < #require(server))
  }

  @Test func `where Debian has another version, its own is installed`() async throws {
    let there = SetupTests.everything.filter { $0 != "postgresql-15" }
    let (_, calls) = try await setup(installed: there, knownToApt: false)
    #expect(calls.last == "apt-get install -y --no-install-recommends postgresql")
  }

  @Test func `any version of the server will do`() async throws {
    let there = SetupTests.everything.filter { $0 != "postgresql-15" } + ["postgresql-17"]
    #expect(try await setup(installed: there).calls == [])
  }

  @Test func `without root it says what root has to do, and fails`() async throws {
    let (result, calls) = try await setup(installed: [], user: 1000)
    #expect(result.exitCode == 1)
    let told = result.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("setup:   ") }
    let commands = [
      "apt-get update",
      "apt-get install -y --no-install-recommends libsqlite3-dev libpq-dev libxxhash-dev libyaml-dev freetds-dev freetds-bin pkg-config"
        + " postgresql-client sqlite3 python3-venv pgloader",
      "apt-get install -y --no-install-recommends postgresql-common",
      "sed -i 's/^#create_main_cluster = true$/create_main_cluster = false/'"
        + " /etc/postgresql-common/createcluster.conf",
      "apt-get install -y --no-install-recommends postgresql-15",
    ]
    let expected: [String] = commands.map { "setup:   \($0)" }
    #expect(told == expected)
    #expect(calls == [])
  }
}
