// swift-tools-version: 6.2
import PackageDescription

/// What tests run all day long: optimised in a debug build, too. Overflow and preconditions are checked still.
let optimised: Set = [
  "Runtime", "Rows", "Databases", "SQLiteDatabase", "PostgresDatabase", "StackOverflow", "ModelDatabase",
  "FaultInjection", "WireProtocols", "Replication", "Verification", "Simulation", "TDS", "SQLServerDatabase",
  "SQLServerSimulator",
]

/// The one place where settings are chosen; every Swift target gets the same, but for the optimised.
func withSettings(_ targets: [Target]) -> [Target] {
  for target in targets where target.type != .system {
    target.swiftSettings = [
      .swiftLanguageMode(.v6),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("MemberImportVisibility"),
      // An async function runs where its caller runs: a call within an engine is no hop.
      .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
      .treatAllWarnings(as: .error),
      // Drivers append values one call each to batches that Rows defines.
      .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    ]
    // Its joins hand closures to each other: the compiler would copy each for each other, without an end.
    if target.name == "SQLServerSimulator" {
      target.swiftSettings?.append(.unsafeFlags(["-Xllvm", "-sil-disable-pass=closure-specialize"]))
    }
    if optimised.contains(target.name) {
      target.swiftSettings?.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
    }
  }
  return targets
}

func library(_ name: String, _ dependencies: Target.Dependency..., data: String? = nil) -> Target {
  // Data becomes code: a binary needs no files beside it.
  .target(name: name, dependencies: dependencies, resources: data.map { [.embedInCode($0)] } ?? [])
}

func tests(_ name: String, _ dependencies: Target.Dependency...) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"])
}

let package = Package(
  name: "proofload",
  products: [.executable(name: "proofload", targets: ["proofload"])],
  targets: withSettings([
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    // FreeTDS has no file for pkg-config.
    .systemLibrary(name: "CFreeTDS", providers: [.apt(["freetds-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

    library("Runtime"),
    library("Rows", "CXXHash"),
    library("YAML", "CYAML"),
    library("TDS", "Rows", "Runtime"),
    library("Databases", "Runtime", "Rows", "YAML", data: "Errors/Catalog"),
    library("SQLiteDatabase", "Databases", "Rows", "Runtime", "CSQLite"),
    library("PostgresDatabase", "Databases", "Rows", "Runtime", "CPostgres"),
    library("SQLServerDatabase", "TDS", "Databases", "Rows", "Runtime", "CFreeTDS"),
    library("StackOverflow", "Databases", "Rows", "Runtime"),
    library("ModelDatabase", "Databases", "Rows", "Runtime"),
    library("FaultInjection", "Databases", "Rows", "Runtime", "YAML", data: "Presets"),
    library("WireProtocols", "TDS", "FaultInjection", "Databases", "Runtime"),
    library("SQLServerSimulator", "TDS", "ModelDatabase", "FaultInjection", "Rows", "Runtime"),
    library("Replication", "Databases", "Rows", "Runtime", "YAML", data: "Retry/Profiles"),
    library("Verification", "Replication", "Databases", "Rows", "Runtime"),
    library(
      "Simulation", "Reports", "Verification", "Replication", "ModelDatabase", "FaultInjection", "Databases",
      "Rows", "Runtime"),
    library("Reports", "Verification", "Replication", "FaultInjection", "Databases", "Rows", "Runtime"),
    .executableTarget(
      name: "proofload",
      dependencies: [
        "Reports", "Simulation", "Verification", "Replication", "WireProtocols", "FaultInjection",
        "StackOverflow", "SQLServerSimulator", "SQLServerDatabase", "SQLiteDatabase", "PostgresDatabase",
        "Databases", "Rows", "Runtime", "YAML",
      ]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "Verification", "Replication", "StackOverflow", "SQLServerDatabase", "SQLiteDatabase",
        "PostgresDatabase", "Databases", "Rows", "Runtime",
      ],
      path: "Benchmarks"),

    .target(
      name: "TestSupport",
      dependencies: [
        "SQLServerSimulator", "SQLServerDatabase", "SQLiteDatabase", "PostgresDatabase", "Databases", "Rows",
        "Runtime", "CSQLite",
      ],
      path: "Tests/TestSupport"),
    .target(
      name: "ReplicationClaims",
      dependencies: [
        "Verification", "Replication", "FaultInjection", "TestSupport", "Databases", "Rows", "Runtime",
      ],
      path: "Tests/ReplicationClaims"),
    .target(
      name: "DriverConformance", dependencies: ["TestSupport", "Databases", "Rows", "Runtime"],
      path: "Tests/DriverConformance"),
    tests("RepositoryTests", "YAML"),
    tests("RuntimeTests", "Runtime"),
    tests("RowsTests", "Rows"),
    tests("YAMLTests", "YAML"),
    tests("TDSTests", "TDS", "Runtime"),
    tests("DatabasesTests", "Databases", "YAML"),
    tests("SQLiteDatabaseTests", "SQLiteDatabase", "DriverConformance"),
    tests(
      "SQLServerDatabaseTests", "SQLServerDatabase", "SQLServerSimulator", "DriverConformance",
      "WireProtocols", "FaultInjection", "TDS", "Databases", "Rows", "Runtime"),
    tests("PostgresDatabaseServerTests", "PostgresDatabase", "DriverConformance"),
    tests("StackOverflowTests", "StackOverflow", "Databases", "Rows", "Runtime"),
    tests("ModelDatabaseTests", "ModelDatabase", "DriverConformance", "Databases", "Rows", "Runtime"),
    tests(
      "FaultInjectionTests", "FaultInjection", "SQLiteDatabase", "Replication", "ReplicationClaims",
      "ModelDatabase", "DriverConformance", "Databases", "Rows", "Runtime", "YAML"),
    tests(
      "FaultInjectionServerTests", "FaultInjection", "SQLServerDatabase", "PostgresDatabase",
      "SQLiteDatabase", "Replication", "ReplicationClaims", "Databases", "Rows", "Runtime"),
    tests("WireProtocolsTests", "WireProtocols", "TDS", "FaultInjection", "Databases", "Runtime"),
    tests(
      "WireProtocolsServerTests", "WireProtocols", "FaultInjection", "SQLServerDatabase", "PostgresDatabase",
      "SQLiteDatabase", "Replication", "ReplicationClaims", "Databases", "Rows", "Runtime"),
    tests("SQLServerSimulatorTests", "SQLServerSimulator", "TDS", "ModelDatabase", "Runtime"),
    tests(
      "SimulationTests", "ReplicationClaims", "SQLiteDatabase", "Simulation", "Verification", "Replication",
      "ModelDatabase", "FaultInjection",
      "Databases", "Rows", "Runtime"),
    tests(
      "ReplicationTests", "ReplicationClaims", "Replication", "FaultInjection", "StackOverflow",
      "SQLiteDatabase", "Databases", "YAML"),
    tests(
      "ReplicationServerTests", "ReplicationClaims", "Replication", "FaultInjection", "StackOverflow",
      "SQLServerSimulator", "SQLServerDatabase", "SQLiteDatabase", "PostgresDatabase", "Databases",
      "Runtime"),
    tests("VerificationTests", "Verification", "StackOverflow", "SQLiteDatabase"),
    tests("VerificationServerTests", "Verification", "StackOverflow", "SQLiteDatabase", "PostgresDatabase"),
    tests("ReportsTests", "Reports", "Verification", "Replication", "Databases", "Rows", "Runtime"),
    tests("CommandTests", "ReplicationClaims", "SQLiteDatabase", "Databases", "Runtime"),
    tests("CommandServerTests", "ReplicationClaims", "PostgresDatabase", "Runtime"),
  ])
)
