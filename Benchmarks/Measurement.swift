import Foundation
import Runtime

/// A command that a benchmark ran, timed from its start to its end.
struct Measurement {
  var seconds: Double
  /// The largest resident set of the process, in bytes, of the children waited for so far in this run.
  var output: String
}

struct CommandFailed: Error, CustomStringConvertible {
  let description: String
}

/// Runs shell commands and takes their times.
enum Shell {
  @discardableResult
  static func run(_ script: String, in directory: String) throws -> Measurement {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "set -euo pipefail; " + script]
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    let time = SystemTime()
    let started = time.now
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let elapsed = time.now - started
    guard process.terminationStatus == 0 else {
      throw CommandFailed(description: "exit \(process.terminationStatus): \(script)\n\(output)")
    }
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    return Measurement(seconds: seconds, output: output)
  }

  /// Runs the two alternately, so that both meet the same noise, and takes the median of each.
  static func sideBySide(
    rounds: Int, in directory: String, prepare: String = "true", limit: String, ours: String
  ) throws -> (limit: Double, ours: Double) {
    var times: (limit: [Double], ours: [Double]) = ([], [])
    for _ in 0..<rounds {
      try run(prepare, in: directory)
      times.limit.append(try run(limit, in: directory).seconds)
      try run(prepare, in: directory)
      times.ours.append(try run(ours, in: directory).seconds)
    }
    return (median(times.limit), median(times.ours))
  }

  /// The median of 5,000 calls, in microseconds.
  static func microseconds(_ call: () throws -> Void) throws -> Double {
    let time = SystemTime()
    var times: [Double] = []
    for _ in 0..<5_000 {
      let started = time.now
      try call()
      times.append((time.now - started) / .microseconds(1))
    }
    return median(times)
  }

  static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// One line of the result: what was measured, beside what it must reach.
struct Figure {
  var name: String
  var value: Double
  var unit: String
  var goal: String
  var reaches: Bool
  var detail: String

  static func ratio(_ name: String, limit: Double, ours: Double, atMost goal: Double) -> Figure {
    Figure(
      name: name, value: ours / limit, unit: "x", goal: "at most \(goal) x", reaches: ours / limit <= goal,
      detail: String(format: "%.2f s against %.2f s", ours, limit))
  }

  var line: String {
    let figure = String(format: "%8.2f %@", value, unit)
    return
      "\(reaches ? "ok  " : "MISS") \(name.padding(toLength: 44, withPad: " ", startingAt: 0)) \(figure)  (\(goal); \(detail))"
  }
}
