import Testing

/// What a run of `proofload prove --json` says.
package struct ProofFigures {
  package let tried: Int
  package let right: Int
  package let wrong: Int
  package let byRerun: Int
  package let possible: Int
  /// What was tried, by the fault's name.
  package let byFault: [String: Int]
  /// Reasons and names of what was not right.
  package let findings: [String]
  package let isSourceUnchanged: Bool
  package let scratch: String
  package let seconds: Double

  package init(_ result: CommandLine.Result) throws {
    let proof = try #require(try result.json()["proof"] as? [String: Any], "\(result.everything)")
    let counts = try #require(proof["counts"] as? [String: Int])
    func count(_ key: String) throws -> Int { try #require(counts[key]) }
    (right, wrong, byRerun) = (try count("right"), try count("wrong"), try count("rightByRerun"))
    tried = try right + wrong + byRerun + count("unreached")
    possible = try #require(proof["possible"] as? Int)
    let cells = try #require(proof["cells"] as? [[String: Any]])
    byFault = try cells.reduce(into: [:]) { found, cell in
      let counts = try #require(cell["counts"] as? [String: Int])
      found[try #require(cell["fault"] as? String), default: 0] += counts.values.reduce(0, +)
    }
    let bad = ["wrong", "unreached"].flatMap { proof[$0] as? [[String: String]] ?? [] }
    findings = bad.map { "\($0["name"] ?? ""): \($0["reason"] ?? "")" }
    isSourceUnchanged = try #require(proof["isSourceUnchanged"] as? Bool)
    scratch = try #require(proof["scratch"] as? String)
    seconds = try #require(proof["seconds"] as? Double)
  }
}
