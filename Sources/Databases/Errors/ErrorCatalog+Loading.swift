import YAML

extension ErrorCatalog {
  /// The catalogs of all engines, in the order of their names.
  package static let all: [ErrorCatalog] = [
    builtIn("mysql", PackageResources.mysql_yml), builtIn("postgres", PackageResources.postgres_yml),
    builtIn("sqlite", PackageResources.sqlite_yml), builtIn("sqlserver", PackageResources.sqlserver_yml),
  ]

  /// Nil for an engine whose errors have no numbers: the generator.
  package static func of(_ engine: Engine) -> ErrorCatalog? { all.first { $0.engine == engine } }

  private static func builtIn(_ engine: String, _ bytes: [UInt8]) -> ErrorCatalog {
    do {
      return try load(
        String(decoding: bytes, as: UTF8.self), file: "\(engine).yml", engine: Engine(rawValue: engine))
    } catch {
      // It is part of the program, and a test reads them all.
      fatalError("\(error)")
    }
  }

  /// Reads a catalog: a mapping of `title`, `provenance`, `codes`, `rolls-back` and `errors`.
  static func load(_ text: String, file: String, engine: Engine) throws(YAMLError) -> ErrorCatalog {
    let root = try YAMLDocument.parse(text, file: file)
      .mapping("a catalog", keys: ["title", "provenance", "codes", "rolls-back", "errors"])
    let rollback: Rollback = try root.required("rolls-back").choice("what an error rolls back")
    let codes: CodeForm = try root.required("codes").choice("the form of the codes")
    var entries: [ErrorFacts] = []
    for item in try root.required("errors").list("the errors") {
      let found = try facts(item, codes, rollback)
      for entry in found where entries.contains(where: { $0.pattern == entry.pattern }) {
        throw item.error("\(entry.pattern) is there twice")
      }
      entries += found
    }
    return ErrorCatalog(
      engine: engine, title: try root.required("title").string("the title"),
      provenance: try root.required("provenance").string("the provenance"), codes: codes, entries: entries)
  }

  /// One entry, or one for each of several codes that mean the same.
  private static func facts(
    _ node: YAMLNode, _ codes: CodeForm, _ rollback: Rollback
  ) throws(YAMLError) -> [ErrorFacts] {
    let entry = try node.mapping(
      "an error",
      keys: ["code", "sqlstate", "class", "meaning", "rolls-back", "outcome", "remedy", "retry-after"])
    var facts = ErrorFacts(
      pattern: CodePattern(""), errorClass: try entry.required("class").choice("the class"),
      meaning: try entry.required("meaning").string("the meaning"), rollback: rollback,
      outcome: .didNotHappen)
    facts.sqlState = try entry["sqlstate"]?.string("the SQLSTATE")
    facts.remedy = try entry["remedy"]?.string("the remedy")
    facts.retryAfter = try entry["retry-after"]?.duration("the wait that a server asks for")
    if let node = entry["rolls-back"] { facts.rollback = try node.choice("what it rolls back") }
    if let node = entry["outcome"] { facts.outcome = try node.choice("the outcome") }
    var all: [ErrorFacts] = []
    for code in try entry.required("code").oneOrMore {
      facts.pattern = try codes.pattern(code)
      all.append(facts)
    }
    return all
  }
}

extension CodeForm {
  /// A code or pattern of this form.
  package func pattern(_ node: YAMLNode) throws(YAMLError) -> CodePattern {
    let text = try node.string("a code")
    guard accepts(pattern: text) else {
      throw node.error("'\(text)' is no code; it has to be \(description)")
    }
    return CodePattern(text)
  }
}
