import Foundation
import TestSupport
import Testing

@Suite(.blocks) struct DemoTests {
  private let command: TestSupport.CommandLine

  init() throws { command = try TestSupport.CommandLine() }

  @Test func `it runs to its end, twice, and leaves a receipt`() throws {
    for _ in 0..<2 {
      let result = try command.run("demo --rows 20000")
      #expect(result.code == 0, "\(result.everything)")
      #expect(result.errors.isEmpty)
      #expect(result.output.contains("Everything turned out as told"))
      #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(result.output)")
    }
    let data = try Data(contentsOf: URL(filePath: command.file("proofload-demo/demo.receipt.json")))
    let receipt = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let steps = (receipt["demo"] as? [String: Any])?["steps"] as? [[String: Any]]
    #expect(steps?.count == 10)
    #expect(receipt["seed"] as? Int == 2010)
  }

  @Test func `as JSON it is one object`() throws {
    let result = try command.run("demo --rows 20000 --json --dir d")
    #expect(result.code == 0)
    #expect(try result.json()["outcome"] as? String == "done")
  }

  @Test func `it does not touch a directory that is not its own`() throws {
    let file = command.file("d/source.db")
    try FileManager.default.createDirectory(atPath: command.file("d"), withIntermediateDirectories: false)
    try "precious".write(toFile: file, atomically: false, encoding: .utf8)
    let result = try command.run("demo --rows 20000 --dir d")
    #expect(result.code == 2)
    #expect(result.errors.contains("is not the demonstration's own"))
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
    #expect(try FileManager.default.contentsOfDirectory(atPath: command.file("d")) == ["source.db"])
  }
}
