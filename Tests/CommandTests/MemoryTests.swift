import Foundation
import Runtime
import TestSupport
import Testing

@Suite(.blocks) struct MemoryTests {
  @Test func `a table larger than the memory that a run may take is copied`() async throws {
    let line = try CommandLine()
    let generated = try line.run("generate --to sqlite:source.db --tables Posts --scale 0.04 --quiet")
    #expect(generated.code == 0)
    let source = line.file("source.db")
    let size = try FileManager.default.attributesOfItem(atPath: source)[.size] as? Int ?? 0
    #expect(size > 128 << 20)

    let copy = try line.start([
      "replicate", "--from", "sqlite:source.db", "--to", "sqlite:target.db", "--quiet",
    ])
    var peak = 0
    // The kernel's high-water mark only grows, so the last look before the end is the one that counts.
    while copy.process.isRunning {
      let status = (try? String(contentsOfFile: "/proc/\(copy.process.pid)/status", encoding: .utf8)) ?? ""
      let mark = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      peak = max(peak, mark.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
      usleep(200)
    }
    #expect(try copy.wait().code == 0)
    #expect(peak > 0 && peak <= 128 << 10, "\(peak) KiB")
    #expect(try sqlite("SELECT count(*) FROM Posts", at: line.file("target.db")) == [["149168"]])
  }
}
