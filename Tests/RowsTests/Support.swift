import Foundation
import Rows
import Testing

/// SplitMix64: enough randomness for property tests, the same everywhere.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int(next() % UInt64(choices.count))]
  }
  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

enum Repository {
  static func text(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}

/// Files in testdata/encoding, one JSON object a line.
enum Vectors {
  static func read<Vector: Decodable>(_ name: String, as type: Vector.Type) throws -> [Vector] {
    let text = try Repository.text("testdata/encoding/" + name)
    return try text.split(separator: "\n").map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
  }
}

extension ColumnType {
  /// Reads what `description` prints.
  init?(spelling: String) {
    let parts = spelling.split { "(,)".contains($0) }.map(String.init)
    let numbers = parts.dropFirst().compactMap { Int($0) }
    switch (parts.first ?? "", numbers.count) {
    case ("bool", 0): self = .bool
    case ("int16", 0): self = .int16
    case ("int32", 0): self = .int32
    case ("int64", 0): self = .int64
    case ("float32", 0): self = .float32
    case ("float64", 0): self = .float64
    case ("decimal", 2): self = .decimal(precision: numbers[0], scale: numbers[1])
    case ("numeric", 0): self = .numeric(trailingZeros: parts.count == 1)
    case ("text", _): self = .text(maxLength: numbers.first)
    case ("fixedtext", 1): self = .fixedText(length: numbers[0])
    case ("bytes", _): self = .bytes(maxLength: numbers.first)
    case ("uuid", 0): self = .uuid
    case ("date", 0): self = .date
    case ("time", 1): self = .time(precision: numbers[0])
    case ("timestamp", 1): self = .timestamp(precision: numbers[0])
    case ("timestamptz", 1): self = .timestampTZ(precision: numbers[0])
    case ("json", 0): self = .json
    default: return nil
    }
    guard description == spelling else { return nil }
  }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

func bytes(hexadecimal text: String) -> [UInt8] {
  var rest = text[...]
  var result: [UInt8] = []
  while let byte = UInt8(rest.prefix(2), radix: 16) {
    result.append(byte)
    rest = rest.dropFirst(2)
  }
  return result
}

/// A row of values as text, nil for NULL.
func encodedRow(_ values: [(String?, ColumnType)]) throws -> [UInt8] {
  var builder = RowBatchBuilder(columnCount: values.count, budget: 0)
  builder.beginRow()
  for (value, type) in values {
    guard let value else {
      builder.appendNull()
      continue
    }
    try Array(value.utf8).withUnsafeBytes { bytes in
      try FieldEncoder.append(text: bytes, type: type, to: &builder)
    }
  }
  builder.endRow()
  let batch = builder.take()
  return batch.map { Array($0.row(0)) } ?? []
}

func render(_ field: [UInt8], as type: ColumnType) throws -> String {
  try field.withUnsafeBytes { bytes in try FieldText.render(bytes, as: type) }
}

/// The rule that a value of a type breaks; nil if it breaks none.
func brokenRule(_ text: [UInt8], type: ColumnType) -> String? {
  var builder = RowBatchBuilder(columnCount: 1, budget: 0)
  builder.beginRow()
  do {
    try text.withUnsafeBytes { bytes in
      try FieldEncoder.append(text: bytes, type: type, to: &builder)
    }
    return nil
  } catch let error as BadValue {
    return error.rule
  } catch {
    return "\(error)"
  }
}

extension RowBatchBuilder {
  /// `#require` cannot take from a value that is not copyable.
  mutating func batch() throws -> RowBatch {
    let batch = take()
    return try #require(batch)
  }
}
