/// What is wrong with a command line, and what would be right.
struct UsageError: Error, Equatable {
  let message: String
  let remedy: String?

  init(_ message: String, remedy: String? = nil) {
    self.message = message
    self.remedy = remedy
  }
}
