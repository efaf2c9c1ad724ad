import Glibc
import Runtime
import Testing

/// How many seeds a property is tried with: few in `make test`, many in `make prove`.
func seeds(_ few: Int, prove many: Int) -> [Seed] {
  let count = getenv("PROOFLOAD_PROVE") == nil ? few : many
  return (0..<count).map { Seed(UInt64($0)) }
}

/// Lets other tasks run until the condition holds; fails after ten seconds.
func eventually(
  _ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let time = SystemTime()
  let deadline = time.now + .seconds(10)
  while !condition() {
    try #require(time.now < deadline, "it never came to pass", sourceLocation: sourceLocation)
    await Task.yield()
  }
}

/// The error that a call throws, for comparing.
func thrown(_ body: () async throws -> Void) async -> (any Error)? {
  do {
    try await body()
    return nil
  } catch {
    return error
  }
}
