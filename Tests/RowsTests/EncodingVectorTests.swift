import Rows
import Testing

/// The files that docs/encoding.md hands to third parties.
@Suite struct EncodingVectorTests {
  struct Value: Decodable {
    let type: String
    let value: String?
    let bytes: String?
    let hash: String
    let prints: String?
  }

  struct Rejected: Decodable {
    let type: String
    let value: String?
    let valueHex: String?
    let rule: String
  }

  @Test func `every vector encodes to its bytes and prints as its text`() throws {
    let vectors = try Vectors.read("values.jsonl", as: Value.self)
    #expect(vectors.count >= 290)
    for vector in vectors {
      let type = try #require(ColumnType(spelling: vector.type), "\(vector.type)")
      guard let value = vector.value else {
        #expect(vector.bytes == nil)
        continue
      }
      let encoded = try FieldEncoder.encode(text: value, type: type)
      #expect(hexadecimal(encoded) == vector.bytes, "\(vector.type) \(value)")
      let text = try render(encoded, as: type)
      #expect(
        text.unicodeScalars.elementsEqual((vector.prints ?? value).unicodeScalars), "\(vector.type) \(value)")
      #expect(try FieldEncoder.encode(text: text, type: type) == encoded, "\(vector.type) \(value)")
    }
  }

  @Test func `every vector's hash is that of a row of one column`() throws {
    for vector in try Vectors.read("values.jsonl", as: Value.self) {
      let type = try #require(ColumnType(spelling: vector.type))
      let row = try encodedRow([(vector.value, type)])
      let hash = row.withUnsafeBytes { Fingerprint.hash($0) }
      #expect(
        Fingerprint(rows: 1, sum: hash).description == "1:" + vector.hash,
        "\(vector.type) \(vector.value ?? "NULL")")
    }
  }

  @Test func `the vectors cover every type`() throws {
    let types = Set(try Vectors.read("values.jsonl", as: Value.self).map { $0.type.prefix { $0 != "(" } })
    let names = [
      "bool", "int16", "int32", "int64", "float32", "float64", "decimal", "numeric", "text", "fixedtext",
      "bytes", "uuid", "date", "time", "timestamp", "timestamptz", "json",
    ]
    for name in names { #expect(types.contains(name[...]), "\(name)") }
  }

  @Test func `every value beyond a limit is rejected with its rule`() throws {
    let vectors = try Vectors.read("rejected.jsonl", as: Rejected.self)
    #expect(vectors.count >= 190)
    for vector in vectors {
      let type = try #require(ColumnType(spelling: vector.type))
      let value = vector.value.map { Array($0.utf8) } ?? bytes(hexadecimal: vector.valueHex ?? "")
      #expect(
        brokenRule(value, type: type) == vector.rule,
        "\(vector.type) \(vector.value ?? vector.valueHex ?? "")")
    }
  }
}
