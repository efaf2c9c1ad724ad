import Foundation
import Rows
import Testing

@testable import StackOverflow

/// Fingerprints that were written down once: a generator that changes makes every stored fingerprint,
/// receipt and bug report about its rows worthless, so nobody shall change it unawares.
@Suite struct GoldenTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "testdata/stackoverflow")

  @Test(arguments: [("plain.txt", false), ("hostile.txt", true)])
  func `the rows of seed 2010 at scale 0.001 are the ones that were written down`(
    file: String, hostile: Bool
  ) throws {
    var source = try TestSource(hostile: hostile)
    var lines = [
      "# Fingerprints of \(StackOverflowOptions(scale: try Scale("0.001"), hostile: hostile).url)",
      "# table, number of rows, sum of the rows' XXH3-128 in hexadecimal",
    ]
    for table in StackOverflowTable.allCases.sorted(by: { $0.name < $1.name }) {
      let fingerprint = try source.fingerprint(table)
      lines.append("\(table.name) \(fingerprint.description.replacing(":", with: " "))")
    }
    let expected = try String(contentsOf: GoldenTests.folder.appending(path: file), encoding: .utf8)
    #expect(lines.joined(separator: "\n") + "\n" == expected)
  }
}
