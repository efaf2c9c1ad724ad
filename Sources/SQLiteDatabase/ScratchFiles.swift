import Databases
import Foundation
import Glibc

/// Database files of our own beside somebody's database: in a directory that goes away with them.
///
/// While they are in use a lock says so; without it they were left over by a process that died.
package final class ScratchFiles: Sendable {
  package let directory: String
  package let paths: [String]
  private let fence: FileFence

  private static let infix = "-proofload-prove-"
  private static let job = "scratch"

  /// Makes the directory. `id` is of letters and digits, and nobody else's.
  package init(beside database: String, id: String, count: Int) throws(DatabaseError) {
    let directory = "\(database)\(ScratchFiles.infix)\(id)"
    self.directory = directory
    paths = (1...count).map { "\(directory)/\($0).db" }
    guard mkdir(directory, 0o700) == 0 else {
      throw ScratchFiles.failure(directory, "create the directory", String(cString: strerror(errno)))
    }
    do throws(FileFence.Failure) {
      fence = try FileFence(database: ScratchFiles.lock(directory), job: ScratchFiles.job)
    } catch {
      throw ScratchFiles.failure(directory, "lock the directory", "\(error)")
    }
  }

  private static func lock(_ directory: String) -> String { "\(directory)/scratch" }

  private static func failure(_ directory: String, _ verb: String, _ reason: String) -> DatabaseError {
    DatabaseError(
      engine: .sqlite, errorClass: .configuration, message: reason,
      remedy: "Let this user write beside the target, where the scratch files are to be.",
      place: ErrorPlace(endpoint: "sqlite:\(directory)", operation: verb))
  }

  /// No database again.
  package func clear(_ path: String) {
    precondition(paths.contains(path), "only files of our own are removed")
    for suffix in ["", "-journal", "-wal", "-shm", "-proofload.lock"] { unlink(path + suffix) }
  }

  package func remove() { try? FileManager.default.removeItem(atPath: directory) }

  /// Removes what others have left over, and returns its name.
  package static func removeLeftovers(beside database: String) -> [String] {
    let parent = DatabaseFile.directory(of: database)
    let prefix = URL(fileURLWithPath: database).lastPathComponent + infix
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    return names.filter { $0.hasPrefix(prefix) }.map { "\(parent)/\($0)" }.filter { directory in
      // Whoever uses it holds its lock.
      guard (try? FileFence(database: lock(directory), job: job)) != nil else { return false }
      return (try? FileManager.default.removeItem(atPath: directory)) != nil
    }
  }
}
