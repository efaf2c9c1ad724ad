import Databases
import Foundation
import Replication
import YAML

/// The retry policy that a command line asks for.
enum RetryArguments {
  static func policy(
    _ arguments: Arguments, source: Engine, target: Engine
  ) throws(UsageError) -> RetryPolicy {
    var policy = RetryPolicy.standard
    if let name = try arguments.text("retry-policy") {
      if let known = RetryPolicy.named(name) { policy = known } else { policy = try file(name) }
      if let mismatch = policy.mismatch(source: source, target: target) {
        throw UsageError(mismatch, remedy: "Choose another --retry-policy, or leave it out.")
      }
    }
    for limit in try arguments.list("retry-limit") { try apply(limit, to: &policy.limits) }
    return policy
  }

  private static func file(_ path: String) throws(UsageError) -> RetryPolicy {
    guard let data = FileManager.default.contents(atPath: path) else {
      let names = RetryPolicy.all.map(\.name)
      let guess = EditDistance.nearest(to: path, among: names).map { "Did you mean \($0)? " } ?? ""
      throw UsageError(
        "there is no retry policy '\(path)', and no file of that name",
        remedy: "\(guess)The policies are: \(names.joined(separator: ", ")).")
    }
    do throws(YAMLError) {
      return try RetryPolicy.load(String(decoding: data, as: UTF8.self), file: path)
    } catch {
      throw UsageError("\(error)", remedy: "docs/retry-policies.md describes the file.")
    }
  }

  private static func apply(_ text: String, to limits: inout RetryLimits) throws(UsageError) {
    if let attempts = Int(text), (1...1_000_000).contains(attempts) {
      limits.attempts = attempts
    } else if let unit = ["s": 1, "m": 60, "h": 3600][String(text.suffix(1))],
      let number = Int(text.dropLast()), (1...1_000_000).contains(number)
    {
      limits.time = .seconds(number * unit)
    } else {
      throw UsageError(
        "--retry-limit is '\(text)', and must be a number of attempts or a time",
        remedy: "Write it like 5, 90s, 10m or 2h, or both: 5,10m.")
    }
  }
}
