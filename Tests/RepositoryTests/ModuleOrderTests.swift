import Testing

@Suite struct ModuleOrderTests {
  @Test func `imports run downwards`() throws {
    for source in try Repository.sources() {
      for violation in ModuleOrder.violations(in: source) { Issue.record("\(violation)") }
    }
  }

  @Test func `dependencies in the manifest run downwards`() throws {
    let manifest = SwiftSource(path: "Package.swift", text: try Repository.text("Package.swift"))
    let targets = ModuleOrder.targets(in: manifest)
    #expect(targets.count >= 10)
    for (name, dependencies) in targets {
      for dependency in dependencies {
        if let objection = ModuleOrder.objection(to: dependency, in: name) { Issue.record("\(objection)") }
      }
    }
  }

  @Test(arguments: [
    ("Rows", "Databases"), ("Runtime", "Rows"), ("Rows", "Runtime"), ("SQLiteDatabase", "PostgresDatabase"),
    ("PostgresDatabase", "SQLiteDatabase"), ("Replication", "SQLiteDatabase"),
    ("Verification", "PostgresDatabase"), ("Replication", "Verification"), ("StackOverflow", "Replication"),
    ("Reports", "SQLiteDatabase"), ("Reports", "proofload"), ("Replication", "CSQLite"),
    ("proofload", "CPostgres"), ("Brandnew", "Rows"),
  ])
  func `a planted import that runs upwards or sideways is found`(module: String, imported: String) {
    let source = SwiftSource(path: "Sources/\(module)/A.swift", text: "import Glibc\nimport \(imported)\n")
    #expect(ModuleOrder.violations(in: source).contains { $0.line == 2 })
    let manifest = SwiftSource(path: "Package.swift", text: #"library("\#(module)", "\#(imported)"),"#)
    let target = ModuleOrder.targets(in: manifest)[0]
    #expect(target.dependencies.contains { ModuleOrder.objection(to: $0, in: target.name) != nil })
  }

  @Test(arguments: [
    ("Databases", "Rows"), ("SQLiteDatabase", "CSQLite"), ("Verification", "Replication"),
    ("proofload", "SQLiteDatabase"), ("Runtime", "Glibc"), ("Replication", "Synchronization"),
  ])
  func `an import that runs downwards is free`(module: String, imported: String) {
    #expect(ModuleOrder.objection(to: imported, in: module) == nil)
  }

  @Test(arguments: [
    ("import Rows", "Rows"), ("@testable import Rows", "Rows"),
    ("package import struct Rows.RowBatch", "Rows"),
    ("  private import Rows", "Rows"),
  ])
  func `every form of an import is seen`(line: String, module: String) {
    #expect(ModuleOrder.importedModule(line) == module)
  }

  @Test func `every form of a target is seen, and comments are not`() {
    let manifest = SwiftSource(
      path: "Package.swift",
      text: """
        func library(_ name: String, _ dependencies: Target.Dependency...) -> Target {
          .target(name: name, dependencies: dependencies)
        }
        // library("Comment", "Rows"),
        library("Runtime"),
        library("Databases", "Runtime", "Rows"),
        .executableTarget(
          name: "proofload",
          dependencies: [
            "Reports", // "Nothing",
            "Rows",
          ]),
        .target(name: "TestSupport", dependencies: ["Rows"], path: "Tests/TestSupport"),
        .testTarget(name: "RowsTests", dependencies: ["Rows"]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3"),
        """)
    let targets = ModuleOrder.targets(in: manifest)
    #expect(targets.map(\.name) == ["Runtime", "Databases", "proofload"])
    #expect(targets.map(\.dependencies) == [[], ["Runtime", "Rows"], ["Reports", "Rows"]])
  }
}
