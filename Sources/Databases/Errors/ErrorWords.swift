/// Classes by the words of a message: only for what has no number, no SQLSTATE and no status to go by.
enum ErrorWords {
  /// What scripts match on; servers and drivers say it in English only.
  private static let words: [(text: String, errorClass: ErrorClass)] = [
    ("read-only", .readOnly), ("readonly", .readOnly), ("connection already closed", .connectionLost),
    ("adminshutdown", .connectionLost), ("server closed", .connectionLost),
    ("terminating connection", .connectionLost),
  ]

  static func errorClass(_ message: String) -> ErrorClass? {
    let message = message.lowercased()
    return words.first { message.contains($0.text) }?.errorClass
  }
}
