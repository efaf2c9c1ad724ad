import Foundation
import Glibc

/// How a server goes down.
package enum ServerDeath: String, Sendable, CaseIterable {
  /// In order: sessions are ended, what they had not committed is rolled back, a checkpoint is written.
  case fast
  /// At once: sessions are told that the server crashed, and the next start recovers from its log.
  case immediate
  /// `kill -9` of the server and every one of its sessions in the same instant: nobody is told anything.
  case killed
}

extension PrivateServer {
  /// Takes the server down, and returns when all of its processes have ended. `start` brings it back.
  package func end(_ death: ServerDeath) throws {
    let postmaster = try postmaster()
    switch death {
    case .fast: kill(postmaster, SIGINT)
    case .immediate: kill(postmaster, SIGQUIT)
    case .killed:
      // Stopped first: a server that sees its sessions die one by one would tell the others.
      kill(postmaster, SIGSTOP)
      let family = PrivateServer.children(of: postmaster) + [postmaster]
      for process in family { kill(process, SIGKILL) }
      for process in family { try waitForEnd(of: process) }
      removeSharedMemory()
      return
    }
    try waitForEnd(of: postmaster)
  }

  package func restart(after death: ServerDeath) throws {
    try end(death)
    try start()
  }

  /// A server that is killed leaves the segment of shared memory behind by which another would notice it. Its
  /// number is the last of line 7 of postmaster.pid.
  private func removeSharedMemory() {
    let lines = try? String(contentsOfFile: "\(directory)/data/postmaster.pid", encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard let lines, lines.count > 6, let last = lines[6].split(separator: " ").last,
      let segment = Int32(last)
    else { return }
    shmctl(segment, IPC_RMID, nil)
  }

  private func postmaster() throws -> pid_t {
    let lines = try? String(contentsOfFile: "\(directory)/data/postmaster.pid", encoding: .utf8)
      .split(separator: "\n")
    guard let pid = lines?.first.flatMap({ pid_t($0) }) else {
      throw StartError(description: "no server is running in \(directory)")
    }
    return pid
  }

  private static func children(of parent: pid_t) -> [pid_t] {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.compactMap { pid_t($0) }.filter { ProcessStatus($0)?.parent == parent }
  }

  /// At most half a minute. A zombie has ended: who reaps it, and when, is somebody else's business.
  private func waitForEnd(of process: pid_t) throws {
    for _ in 0..<30_000 {
      guard let status = ProcessStatus(process), status.state != "Z" else { return }
      usleep(1_000)
    }
    throw StartError(description: "the server process \(process) of \(directory) does not end")
  }
}

/// What the kernel says of a process, in `/proc/PID/stat`.
private struct ProcessStatus {
  let state: Substring
  let parent: pid_t

  init?(_ pid: pid_t) {
    // The program's name, in parentheses, may hold anything.
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let fields = text.lastIndex(of: ")").map({ text[text.index(after: $0)...].split(separator: " ") }),
      fields.count > 1, let parent = pid_t(fields[1])
    else { return nil }
    state = fields[0]
    self.parent = parent
  }
}
