/// Who may import whom: downwards only, so that an engine can be exchanged and the core be simulated.
enum ModuleOrder {
  /// Each module may import those of lower levels. A new module gets a line here.
  private static let levels = [
    "Runtime": 0, "Rows": 0, "YAML": 0,
    "Databases": 1, "TDS": 1,
    "SQLiteDatabase": 2, "PostgresDatabase": 2, "SQLServerDatabase": 2, "StackOverflow": 2,
    "ModelDatabase": 2,
    "FaultInjection": 2, "Replication": 2,
    "WireProtocols": 3, "Verification": 3,
    "Reports": 4, "SQLServerSimulator": 4,
    "Simulation": 5,
    "proofload": 6,
  ]

  /// Engines are behind the seam: only the command line picks one.
  private static let engines = ["SQLiteDatabase", "PostgresDatabase", "SQLServerDatabase"]

  /// The C library that each of these modules wraps, and that nobody else sees.
  private static let libraries = [
    "CXXHash": "Rows", "CSQLite": "SQLiteDatabase", "CPostgres": "PostgresDatabase",
    "CYAML": "YAML", "CFreeTDS": "SQLServerDatabase",
  ]

  /// Why `module` must not import `imported`; nil if it may. Modules of the system are free.
  static func objection(to imported: String, in module: String) -> String? {
    guard let level = levels[module] else {
      return "\(module) has no place in ModuleOrder.swift: give it a level"
    }
    if let owner = libraries[imported] {
      return owner == module ? nil : "\(module) imports \(imported): only \(owner) may"
    }
    guard let importedLevel = levels[imported] else { return nil }
    if importedLevel >= level { return "\(module) imports \(imported): imports run downwards only" }
    if engines.contains(imported), module != "proofload" {
      return
        "\(module) imports \(imported): an engine is known to proofload only, everybody else uses Databases"
    }
    return nil
  }

  /// What the `import` lines of a file in Sources break.
  static func violations(in source: SwiftSource) -> [Violation] {
    let parts = source.path.split(separator: "/")
    guard parts.count > 2, parts[0] == "Sources" else { return [] }
    return source.code.enumerated().compactMap { index, line in
      guard let imported = importedModule(line) else { return nil }
      return objection(to: imported, in: String(parts[1])).map {
        Violation(path: source.path, line: index + 1, message: $0)
      }
    }
  }

  /// `import struct Rows.RowBatch` and `@testable import Rows` import Rows.
  static func importedModule(_ line: String) -> String? {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard let position = words.firstIndex(of: "import") else { return nil }
    let modifiers = ["package", "public", "internal", "private", "fileprivate"]
    guard words[..<position].allSatisfy({ $0.hasPrefix("@") || modifiers.contains(String($0)) }) else {
      return nil
    }
    let kinds = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
    let rest = words[(position + 1)...].drop { kinds.contains(String($0)) }
    return rest.first?.split(separator: ".").first.map(String.init)
  }

  /// The targets that Package.swift declares, with their dependencies. System libraries and tests are not
  /// among them: the former depend on nothing, the latter on anything.
  static func targets(in manifest: SwiftSource) -> [(name: String, dependencies: [String])] {
    let code = Array(manifest.withoutComments)
    let declarations = ["library", ".target", ".executableTarget"].flatMap { calls(of: $0, in: code) }
    return declarations.compactMap { declaration in
      let strings = quoted(declaration.arguments)
      // Modules have the default path, Sources/NAME; what supports tests and benchmarks has another.
      guard let name = strings.first, !declaration.arguments.contains("path:") else { return nil }
      if !declaration.arguments.contains("dependencies:") { return (name, Array(strings.dropFirst())) }
      let list = declaration.arguments.drop { $0 != "[" }.prefix { $0 != "]" }
      return (name, quoted(String(list)))
    }
  }

  private static func quoted(_ text: String) -> [String] {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }
}
