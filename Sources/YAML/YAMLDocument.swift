import CYAML

/// Reads YAML by libyaml into nodes that know where they stand.
package enum YAMLDocument {
  /// What a plan or profile may hold at most: aliases can make a short text large.
  private static let maximumNodes = 100_000
  private static let maximumDepth = 64

  /// - Parameters:
  ///   - text: One YAML document.
  ///   - file: What errors call it.
  package static func parse(_ text: String, file: String) throws(YAMLError) -> YAMLNode {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else {
      throw YAMLError(
        file: file, position: YAMLPosition(line: 1, column: 1), message: "there is no memory to read it")
    }
    defer { yaml_parser_delete(&parser) }
    var bytes = Array(text.utf8)
    return try read(&bytes, &parser, file)
  }

  private static func read(
    _ bytes: inout [UInt8], _ parser: inout yaml_parser_t, _ file: String
  ) throws(YAMLError) -> YAMLNode {
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    defer { buffer.deallocate() }
    _ = buffer.initialize(from: bytes)
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(&parser, buffer.baseAddress, bytes.count)
    var document = try load(&parser, file)
    defer { yaml_document_delete(&document) }
    guard let root = yaml_document_get_root_node(&document) else {
      throw YAMLError(file: file, position: YAMLPosition(line: 1, column: 1), message: "the file is empty")
    }
    var reader = NodeReader(file: file, nodesLeft: maximumNodes)
    let node = try reader.node(root, &document, depth: maximumDepth)
    var second = try load(&parser, file)
    defer { yaml_document_delete(&second) }
    if let root = yaml_document_get_root_node(&second) {
      throw YAMLError(
        file: file, position: YAMLPosition(root.pointee.start_mark),
        message: "only one document is expected in a file")
    }
    return node
  }

  private static func load(
    _ parser: inout yaml_parser_t, _ file: String
  ) throws(YAMLError) -> yaml_document_t {
    var document = yaml_document_t()
    guard yaml_parser_load(&parser, &document) == 1 else {
      let problem = parser.problem.map { String(cString: $0) } ?? "it is no YAML"
      let context = parser.context.map { " (" + String(cString: $0) + ")" } ?? ""
      throw YAMLError(
        file: file, position: YAMLPosition(parser.problem_mark), message: problem + context)
    }
    return document
  }
}

extension YAMLPosition {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}

/// Copies libyaml's nodes.
private struct NodeReader {
  let file: String
  var nodesLeft: Int

  mutating func node(
    _ pointer: UnsafeMutablePointer<yaml_node_t>, _ document: inout yaml_document_t, depth: Int
  ) throws(YAMLError) -> YAMLNode {
    let raw = pointer.pointee
    let position = YAMLPosition(raw.start_mark)
    nodesLeft -= 1
    guard nodesLeft >= 0, depth > 0 else {
      throw YAMLError(
        file: file, position: position, message: "the document is too large, or nested too deeply")
    }
    let content: YAMLNode.Content
    switch raw.type {
    case YAML_SCALAR_NODE:
      let bytes = UnsafeBufferPointer(start: raw.data.scalar.value, count: raw.data.scalar.length)
      content = .scalar(
        String(decoding: bytes, as: UTF8.self), isQuoted: raw.data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
    case YAML_SEQUENCE_NODE: content = .sequence(try items(raw, &document, depth))
    default: content = .mapping(try entries(raw, &document, depth))
    }
    return YAMLNode(content: content, position: position, file: file)
  }

  private mutating func items(
    _ raw: yaml_node_t, _ document: inout yaml_document_t, _ depth: Int
  ) throws(YAMLError) -> [YAMLNode] {
    var items: [YAMLNode] = []
    var next = raw.data.sequence.items.start
    while let item = next, item < raw.data.sequence.items.top {
      if let child = yaml_document_get_node(&document, item.pointee) {
        items.append(try node(child, &document, depth: depth - 1))
      }
      next = item + 1
    }
    return items
  }

  private mutating func entries(
    _ raw: yaml_node_t, _ document: inout yaml_document_t, _ depth: Int
  ) throws(YAMLError) -> [YAMLEntry] {
    var entries: [YAMLEntry] = []
    var next = raw.data.mapping.pairs.start
    while let pair = next, pair < raw.data.mapping.pairs.top {
      if let key = yaml_document_get_node(&document, pair.pointee.key),
        let value = yaml_document_get_node(&document, pair.pointee.value)
      {
        let name = try node(key, &document, depth: depth - 1)
        let text = try name.string("a key")
        guard !entries.contains(where: { $0.key == text }) else {
          throw name.error("the key '\(text)' is there twice")
        }
        entries.append(
          YAMLEntry(key: text, position: name.position, value: try node(value, &document, depth: depth - 1)))
      }
      next = pair + 1
    }
    return entries
  }
}
