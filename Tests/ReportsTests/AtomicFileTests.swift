import Foundation
import Reports
import Testing

@Suite struct AtomicFileTests {
  private let directory: String

  init() throws {
    directory = FileManager.default.temporaryDirectory.path + "/proofload-reports-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  @Test func `a file is replaced as a whole, and nothing else is left`() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/a.json"
    try AtomicFile.write("first and longer", to: path)
    try AtomicFile.write("second", to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "second")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["a.json"])
  }

  @Test func `a missing directory is named before any work is done`() {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    #expect {
      try AtomicFile.checkWritable(directory + "/no/a.json")
    } throws: { error in
      (error as? AtomicFile.Failure)?.message.contains("\(directory)/no does not exist") == true
    }
  }

  @Test func `a directory is no file`() {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    #expect(throws: AtomicFile.Failure.self) { try AtomicFile.checkWritable(directory) }
  }
}
