import Foundation
import Runtime
import TestSupport
import Testing

@Suite(.blocks) struct ChildProcessTests {
  @Test func `a child inherits no descriptors but its input, output and errors`() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let directory = try TemporaryDirectory()
    let output = directory.file("descriptors")
    _ = try ChildProcess(["/bin/ls", "/proc/self/fd"], output: output).wait()
    let listed = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
    // The fourth is the directory that ls lists.
    #expect(listed == ["0", "1", "2", "3"])
  }
}
