// swift-tools-version: 6.2
import PackageDescription

/// The one place where settings are chosen; every Swift target gets the same.
func withSettings(_ targets: [Target]) -> [Target] {
  for target in targets where target.type != .system {
    target.swiftSettings = [
      .swiftLanguageMode(.v6),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .treatAllWarnings(as: .error),
      // Drivers append values one call each to batches that Rows defines.
      .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    ]
  }
  return targets
}

func library(_ name: String, _ dependencies: Target.Dependency...) -> Target {
  .target(name: name, dependencies: dependencies)
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

    library("Runtime"),
    library("Rows", "CXXHash"),
    library("Databases", "Runtime", "Rows"),
    library("SQLiteDatabase", "Databases", "Rows", "Runtime", "CSQLite"),
    library("PostgresDatabase", "Databases", "Rows", "Runtime", "CPostgres"),
    library("StackOverflow", "Databases", "Rows", "Runtime"),
    library("Replication", "Databases", "Rows", "Runtime"),
    library("Verification", "Replication", "Databases", "Rows", "Runtime"),
    library("Reports", "Verification", "Replication", "Databases", "Rows", "Runtime"),
    .executableTarget(
      name: "proofload",
      dependencies: [
        "Reports", "Verification", "Replication", "StackOverflow", "SQLiteDatabase", "PostgresDatabase",
        "Databases", "Rows", "Runtime",
      ]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "Verification", "Replication", "StackOverflow", "SQLiteDatabase", "PostgresDatabase", "Databases",
        "Rows", "Runtime",
      ],
      path: "Benchmarks"),

    .target(
      name: "TestSupport",
      dependencies: ["SQLiteDatabase", "PostgresDatabase", "Databases", "Rows", "Runtime", "CSQLite"],
      path: "Tests/TestSupport"),
    .target(
      name: "ReplicationClaims",
      dependencies: ["Replication", "TestSupport", "Databases", "Rows", "Runtime"],
      path: "Tests/ReplicationClaims"),
    .target(
      name: "DriverConformance", dependencies: ["TestSupport", "Databases", "Rows", "Runtime"],
      path: "Tests/DriverConformance"),
    tests("RepositoryTests"),
    tests("RuntimeTests", "Runtime"),
    tests("RowsTests", "Rows"),
    tests("DatabasesTests", "Databases"),
    tests("SQLiteDatabaseTests", "SQLiteDatabase", "DriverConformance"),
    tests("PostgresDatabaseServerTests", "PostgresDatabase", "DriverConformance"),
    tests("StackOverflowTests", "StackOverflow", "Databases", "Rows", "Runtime"),
    tests("ReplicationTests", "ReplicationClaims", "Replication", "StackOverflow", "SQLiteDatabase"),
    tests(
      "ReplicationServerTests", "ReplicationClaims", "Replication", "StackOverflow", "SQLiteDatabase",
      "PostgresDatabase"),
    tests("VerificationTests", "Verification", "StackOverflow", "SQLiteDatabase"),
    tests("VerificationServerTests", "Verification", "StackOverflow", "SQLiteDatabase", "PostgresDatabase"),
    tests("ReportsTests", "Reports", "Verification", "Replication", "Databases", "Rows", "Runtime"),
    tests("CommandTests", "SQLiteDatabase", "Databases", "Runtime"),
    tests("CommandServerTests", "PostgresDatabase", "Runtime"),
  ])
)
