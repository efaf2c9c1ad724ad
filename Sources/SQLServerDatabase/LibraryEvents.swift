import CFreeTDS
import Databases
import Glibc
import Runtime

/// What the server and db-lib said about one connection.
///
/// db-lib's handlers are two functions for the whole process. They find a connection's events by its user data, and,
/// while it is being opened and has none yet, by the thread. Used by the connection's thread only, but for the
/// interrupter.
final class LibraryEvents {
  /// What db-lib says itself.
  struct Complaint {
    var number: Int32
    var text: String
  }

  let interrupter = SQLServerInterrupter()
  private(set) var messages: [ServerText] = []
  private(set) var complaints: [Complaint] = []
  /// Seconds that a statement may be silent; 0 for any time.
  var patience = 0
  /// Seconds of silence since the statement was sent, and since it was to be cancelled.
  private var silence = 0
  private var silenceSinceAttention: Int?
  /// Its time-out is the connection's own, and final.
  private var isOpening = false
  /// The statement was cancelled because it was silent for too long.
  private(set) var ranOutOfTime = false

  /// Seconds that a server has to acknowledge that a statement is cancelled.
  var patienceWithAttention = 10

  /// Forgets what was said, before a statement.
  func begin() {
    messages.removeAll(keepingCapacity: true)
    complaints.removeAll(keepingCapacity: true)
    silence = 0
    silenceSinceAttention = nil
    ranOutOfTime = false
  }

  /// The first error counts: others follow from it. db-lib's return codes do not tell of an error that comes
  /// behind rows.
  var error: ServerText? { messages.first { $0.severity > 10 } }
  var hasError: Bool { error != nil }
  /// The server hangs up, though db-lib notices only with the next statement.
  var endsSession: Bool { messages.contains { $0.severity >= 20 } }
  /// A text that had to be converted and could not be.
  var brokeText: Bool { complaints.contains { 2401...2404 ~= $0.number } }

  fileprivate func add(_ message: ServerText) { messages.append(message) }

  /// Returns what db-lib is to do.
  fileprivate func hear(_ complaint: Complaint) -> Int32 {
    guard complaint.number == SYBETIME, !isOpening else {
      complaints.append(complaint)
      return INT_CANCEL
    }
    // `isOver` has said so. The first time db-lib is to send an attention; without its answer, that is all.
    guard silenceSinceAttention == nil else {
      complaints.append(complaint)
      return INT_CANCEL
    }
    ranOutOfTime = isTooLong
    silenceSinceAttention = silence
    return INT_TIMEOUT
  }

  private var isTooLong: Bool { patience > 0 && silence >= patience }

  /// Whether a statement is to end that is silent. Called every second while it is.
  fileprivate func isOver() -> Bool {
    silence += 1
    if let since = silenceSinceAttention { return silence - since >= patienceWithAttention }
    return isTooLong || interrupter.wasAsked
  }

  /// Lets db-lib ask every second, instead of a time-out: after a second time-out in a row FreeTDS 1.3 gives the
  /// connection up, whatever its error handler says.
  func watch(_ process: OpaquePointer) { dbsetinterrupt(process, isSilenceOver, endSilence) }

  /// Starts db-lib, once for the process.
  static let isLibraryReady: Bool = {
    guard dbinit() == SUCCEED else { return false }
    _ = dberrhandle(hearComplaint)
    _ = dbmsghandle(hearMessage)
    return true
  }()

  /// Runs `body` with these events as those of any connection that is being opened on this thread.
  func whileOpening<Value>(_ body: () -> Value) -> Value {
    pthread_setspecific(openingKey, Unmanaged.passUnretained(self).toOpaque())
    isOpening = true
    defer {
      pthread_setspecific(openingKey, nil)
      isOpening = false
    }
    return body()
  }
}

/// What a server says: an error or a piece of information.
struct ServerText {
  var number: Int32
  var state: Int32
  var severity: Int32
  var text: String
  var procedure: String
  var line: Int32
}

/// Asks the connection to cancel what it waits for, within a second.
final class SQLServerInterrupter: Interrupter, Sendable {
  private let asked = Guarded(false)
  func interrupt() { asked.withLock { $0 = true } }
  func forget() { asked.withLock { $0 = false } }
  var wasAsked: Bool { asked.withLock { $0 } }
}

private let openingKey: pthread_key_t = {
  var key = pthread_key_t()
  pthread_key_create(&key, nil)
  return key
}()

private func events(_ process: OpaquePointer?) -> LibraryEvents? {
  // A connection that is being opened exists, but has no user data yet.
  let data = process.flatMap { dbgetuserdata($0) }.map { UnsafeMutableRawPointer($0) }
  guard let data = data ?? pthread_getspecific(openingKey) else { return nil }
  return Unmanaged<LibraryEvents>.fromOpaque(data).takeUnretainedValue()
}

private func string(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }

// File-scope functions: closures would inherit the isolation of whoever makes them.
private func hearComplaint(
  _ process: OpaquePointer?, _ severity: Int32, _ number: Int32, _ systemError: Int32,
  _ text: UnsafeMutablePointer<CChar>?, _ systemText: UnsafeMutablePointer<CChar>?
) -> Int32 {
  events(process)?.hear(.init(number: number, text: string(text))) ?? INT_CANCEL
}

private func isSilenceOver(_ process: UnsafeMutableRawPointer?) -> Int32 {
  events(process.map { OpaquePointer($0) })?.isOver() == true ? 1 : 0
}

/// What follows is a time-out, which `hear` answers.
private func endSilence(_ process: UnsafeMutableRawPointer?) -> Int32 { INT_CANCEL }

private func hearMessage(
  _ process: OpaquePointer?, _ number: DBINT, _ state: Int32, _ severity: Int32,
  _ text: UnsafeMutablePointer<CChar>?, _ server: UnsafeMutablePointer<CChar>?,
  _ procedure: UnsafeMutablePointer<CChar>?, _ line: Int32
) -> Int32 {
  events(process)?.add(
    ServerText(
      number: number, state: state, severity: severity, text: string(text), procedure: string(procedure),
      line: line))
  return 0
}
